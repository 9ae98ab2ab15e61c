import { processExitRoutine } from '../../kernel/language/vfs';
import type { Design } from '../../kernel/language/design';
import { iommuGroupType } from '../shared/iommuGroup';
import { iommuDestroy } from '../shared/iommufd/destroy';
import { SHORTTERM_USERS } from '../shared/iommufd/shortterm';
import { meta } from './meta';
import { CLAIMS_DEFAULT_DOMAIN, probeDriver, removeDriver } from '../shared/kernelDriver';
import { groupStatusByDrivers } from '../shared/groupStatus';
import { ioasMap, ioasUnmap, mapCompatDma, unmapCompatDma } from '../shared/iommufd/map';
import { PARENT_DEVICE } from '../shared/parentDevice';
import { bindIommufd, NO_EXTRA_BIND_STEPS } from './bind';
import {
  attachIoas,
  detachIoas,
  ioasAlloc,
  iommufdObjects,
  supportedOn,
  openIommufd,
  openShimContainer,
  releaseIommufd,
} from './iommufd';
import { getDeviceFd, releaseGroup, setContainer, setIommu, unsetContainer } from './group';
import { callsWithoutKvm, deviceIo, hotReset, mapDevice, reset } from './deviceIo';
import { cdev, vfioDevice, vfioGlobal, vfioGroup } from './objects';
import { openCdev, openGroup } from './open';
import { PARKED_OPTIONS, parseParkedOptions } from './options';
import { registerDevice, unregisterDevice } from './register';
import { releaseDevice } from './release';
import { shimPropertyInputs } from './propertyInputs';

/** D2: the proposal of the review, with type1 as a shim on iommufd. Never posted as code. */
export const design: Design = {
  id: meta.id,
  title: meta.title,
  revision: 1,
  about:
    'The proposal of the review of September 2021: a device fd starts with parked fops that can only bind; a bind under the lock of the device records the iommu context and swaps the fops of that file. The legacy container is an iommufd context, so GET_DEVICE_FD runs the same sequence. Reconstructed from the mails: it was never posted as code.',
  options: PARKED_OPTIONS,
  model: (options) => {
    const choice = parseParkedOptions(options);
    return {
      objects: [
        vfioGlobal,
        vfioGroup,
        vfioDevice,
        cdev,
        PARENT_DEVICE,
        iommuGroupType(['iommufd_ctx']),
        ...iommufdObjects(['iommufd', 'container'], SHORTTERM_USERS),
      ],
      calls: {
        open_cdev: openCdev,
        open_group: openGroup,
        open_container: openShimContainer,
        open_iommufd: openIommufd,
        bind_iommufd: supportedOn(
          {
            cdev: bindIommufd({ ...choice, anyDomain: false }, NO_EXTRA_BIND_STEPS),
            device: bindIommufd({ ...choice, anyDomain: false }, NO_EXTRA_BIND_STEPS),
          },
          'BIND.1',
        ),
        ioas_alloc: supportedOn({ iommufd: ioasAlloc(SHORTTERM_USERS) }, 'IOAS.1'),
        attach_ioas: supportedOn({ cdev: attachIoas, device: attachIoas }, 'ATTACH.1'),
        detach_ioas: supportedOn({ cdev: detachIoas, device: detachIoas }, 'DETACH.1'),
        iommu_destroy: supportedOn(
          { iommufd: iommuDestroy(['cdev', 'device'], SHORTTERM_USERS) },
          'DESTROY.1',
        ),
        set_container: supportedOn({ group: setContainer }, 'SETC.1'),
        set_iommu: supportedOn({ container: setIommu, iommufd: setIommu }, 'SETI.1'),
        unset_container: supportedOn({ group: unsetContainer }, 'UNSETC.1'),
        get_device_fd: supportedOn({ group: getDeviceFd(choice) }, 'GDF.1'),
        device_io: deviceIo,
        reset,
        mmap: mapDevice,
        ...callsWithoutKvm('the mails do not say what KVM does in this design'),
        process_exit: processExitRoutine(),
        register_device: registerDevice(choice),
        unregister_device: unregisterDevice(choice),
        probe_driver: probeDriver(CLAIMS_DEFAULT_DOMAIN),
        ioas_map: supportedOn({ iommufd: ioasMap(SHORTTERM_USERS) }, 'IOMAP.1'),
        ioas_unmap: supportedOn({ iommufd: ioasUnmap(SHORTTERM_USERS) }, 'IOUNMAP.1'),
        map_dma: supportedOn(
          { container: mapCompatDma(SHORTTERM_USERS), iommufd: mapCompatDma(SHORTTERM_USERS) },
          'MAP.1',
        ),
        unmap_dma: supportedOn(
          { container: unmapCompatDma(SHORTTERM_USERS), iommufd: unmapCompatDma(SHORTTERM_USERS) },
          'UNMAP.1',
        ),
        hwpt_alloc: supportedOn({}, 'HWPT.1'),
        group_status: supportedOn({ group: groupStatusByDrivers }, 'GSTAT.1'),
        hot_reset: hotReset(false),
        remove_driver: removeDriver(CLAIMS_DEFAULT_DOMAIN),
      },
      releases: {
        cdev: releaseDevice('cdev'),
        device: releaseDevice('device'),
        group: releaseGroup,
        container: releaseIommufd(SHORTTERM_USERS),
        iommufd: releaseIommufd(SHORTTERM_USERS),
      },
      parkedFileKinds: ['cdev', 'device'],
      privateData: {
        cdev: 'vfio_device',
        device: 'vfio_device',
        group: 'vfio_group',
        container: 'iommufd_ctx',
        iommufd: 'iommufd_ctx',
      },
      propertyInputs: shimPropertyInputs,
    };
  },
};
