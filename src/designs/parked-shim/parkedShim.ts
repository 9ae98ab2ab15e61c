import type { Design } from '../../kernel/design';
import { iommuGroupType } from '../iommuGroup';
import { DESIGN_NAMES } from '../names';
import { PARENT } from '../parentDevice';
import { bindIommufd, NO_GATE } from './bind';
import {
  attachIoas,
  detachIoas,
  ioasAlloc,
  iommuDestroy,
  iommufdObjects,
  onlyFor,
  openIommufd,
  openShimContainer,
  releaseContext,
} from './context';
import { getDeviceFd, releaseGroup, setContainer, setIommu, unsetContainer } from './group';
import { deviceIo, kvmAdd } from './io';
import { cdev, vfioDevice, vfioGlobal, vfioGroup } from './objects';
import { openCdev, openGroup } from './open';
import { PARKED_OPTIONS, parkedChoice } from './options';
import { registerDevice, unregisterDevice } from './register';
import { releaseDevice } from './release';
import { shimViews } from './views';

/** D2: the proposal of the review, with type1 as a shim on iommufd. Never posted as code. */
export const parkedShim: Design = {
  ...DESIGN_NAMES.parkedShim,
  revision: 1,
  about:
    'The proposal of the review of September 2021: a device fd starts with parked fops that can only bind; a bind under the lock of the device records the iommu context and swaps the fops of that file. The legacy container is an iommufd context, so GET_DEVICE_FD runs the same sequence. Reconstructed from the mails: it was never posted as code.',
  options: PARKED_OPTIONS,
  model: (options) => {
    const choice = parkedChoice(options);
    return {
      objects: [
        vfioGlobal,
        vfioGroup,
        vfioDevice,
        cdev,
        PARENT,
        iommuGroupType(['iommufd_ctx']),
        ...iommufdObjects(['iommufd', 'container']),
      ],
      calls: {
        open_cdev: openCdev,
        open_group: openGroup,
        open_container: openShimContainer,
        open_iommufd: openIommufd,
        bind_iommufd: onlyFor(
          {
            cdev: bindIommufd({ ...choice, anyDomain: false }, NO_GATE),
            device: bindIommufd({ ...choice, anyDomain: false }, NO_GATE),
          },
          'BIND.1',
        ),
        ioas_alloc: onlyFor({ iommufd: ioasAlloc }, 'IOAS.1'),
        attach_ioas: onlyFor({ cdev: attachIoas, device: attachIoas }, 'ATTACH.1'),
        detach_ioas: onlyFor({ cdev: detachIoas, device: detachIoas }, 'DETACH.1'),
        iommu_destroy: onlyFor({ iommufd: iommuDestroy(['cdev', 'device']) }, 'DESTROY.1'),
        set_container: onlyFor({ group: setContainer }, 'SETC.1'),
        set_iommu: onlyFor({ container: setIommu, iommufd: setIommu }, 'SETI.1'),
        unset_container: onlyFor({ group: unsetContainer }, 'UNSETC.1'),
        get_device_fd: onlyFor({ group: getDeviceFd(choice) }, 'GDF.1'),
        device_io: deviceIo,
        kvm_add: kvmAdd,
        register_device: registerDevice(choice),
        unregister_device: unregisterDevice(choice),
      },
      releases: {
        cdev: releaseDevice('cdev'),
        device: releaseDevice('device'),
        group: releaseGroup,
        container: releaseContext,
        iommufd: releaseContext,
      },
      parked: ['cdev', 'device'],
      privateData: {
        cdev: 'vfio_device',
        device: 'vfio_device',
        group: 'vfio_group',
        container: 'iommufd_ctx',
        iommufd: 'iommufd_ctx',
      },
      views: shimViews,
    };
  },
};
