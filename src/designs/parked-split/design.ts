import { processExitRoutine } from '../../kernel/language/vfs';
import type { Design, ObjectType } from '../../kernel/language/design';
import { iommufdDevice } from '../shared/iommufd/objects';
import { iommuDestroy } from '../shared/iommufd/destroy';
import { SHORTTERM_USERS } from '../shared/iommufd/shortterm';
import { meta } from './meta';
import { probeDriver, removeDriver } from '../shared/kernelDriver';
import { groupStatusByDrivers } from '../shared/groupStatus';
import { ioasMap, ioasUnmap, type1Map, type1Unmap } from '../shared/iommufd/map';
import { PARENT_DEVICE } from '../shared/parentDevice';
import { bindIommufd } from '../parked-shim/bind';
import {
  attachIoas,
  detachIoas,
  ioasAlloc,
  iommufdObjects,
  supportedOn,
  openIommufd,
  releaseIommufd,
} from '../parked-shim/iommufd';
import { callsWithoutKvm, deviceIo, hotReset, mapDevice, reset } from '../parked-shim/deviceIo';
import { cdev, vfioGlobal } from '../parked-shim/objects';
import { openCdev } from '../parked-shim/open';
import { registerDevice, unregisterDevice } from '../parked-shim/register';
import { releaseDevice } from '../parked-shim/release';
import { splitDriverRules } from './driverRules';
import { SPLIT_OPTIONS, parseSplitOptions } from './options';
import {
  openContainer,
  openGroup,
  releaseContainer,
  releaseGroup,
  setContainer,
  setIommu,
  unsetContainer,
} from './container';
import { getDeviceFd, releaseGroupDevice } from './deviceFd';
import { extraBindSteps, extraReleaseSteps } from './extraState';
import { splitDevice, splitGroup, splitIommuGroup, vfioContainer } from './objects';
import { splitPropertyInputs } from './propertyInputs';

/** struct iommufd_device: only cdev files bind here. */
const cdevIdev: ObjectType = { ...iommufdDevice(SHORTTERM_USERS), fileKinds: ['cdev'] };

/** D3: parked fops with type1 separate from iommufd. Never posted as code. */
export const design: Design = {
  id: meta.id,
  title: meta.title,
  revision: 1,
  about:
    'What the reply of September 2021 asks about: parked fops for the cdev, while the legacy container keeps its own type1 driver and its group path never records an iommu context. Something else must then keep the two paths apart: extra state per device or per group, or a DMA owner claim by type1 as well. Reconstructed from the mails: it was never posted as code.',
  options: SPLIT_OPTIONS,
  model: (options) => {
    const choice = parseSplitOptions(options);
    return {
      objects: [
        vfioGlobal,
        splitGroup(choice),
        splitDevice(choice),
        cdev,
        PARENT_DEVICE,
        vfioContainer,
        splitIommuGroup(),
        ...iommufdObjects(['iommufd'], SHORTTERM_USERS).filter((o) => o.type !== cdevIdev.type),
        cdevIdev,
      ],
      calls: {
        open_cdev: openCdev,
        open_group: openGroup(choice),
        open_container: openContainer,
        open_iommufd: openIommufd,
        bind_iommufd: supportedOn(
          {
            cdev: bindIommufd(
              { ...choice, anyDomain: !choice.type1ClaimsOwner },
              extraBindSteps(choice.extraState),
            ),
          },
          'BIND.1',
        ),
        ioas_alloc: supportedOn({ iommufd: ioasAlloc(SHORTTERM_USERS) }, 'IOAS.1'),
        attach_ioas: supportedOn({ cdev: attachIoas }, 'ATTACH.1'),
        detach_ioas: supportedOn({ cdev: detachIoas }, 'DETACH.1'),
        iommu_destroy: supportedOn(
          { iommufd: iommuDestroy(['cdev'], SHORTTERM_USERS) },
          'DESTROY.1',
        ),
        set_container: supportedOn({ group: setContainer(choice) }, 'SETC.1'),
        set_iommu: supportedOn({ container: setIommu }, 'SETI.1'),
        unset_container: supportedOn({ group: unsetContainer(choice) }, 'UNSETC.1'),
        get_device_fd: supportedOn({ group: getDeviceFd(choice) }, 'GDF.1'),
        device_io: deviceIo,
        reset,
        mmap: mapDevice,
        ...callsWithoutKvm('the mails do not say what KVM does in this design'),
        process_exit: processExitRoutine(),
        register_device: registerDevice(choice),
        unregister_device: unregisterDevice(choice),
        probe_driver: probeDriver(splitDriverRules(choice)),
        ioas_map: supportedOn({ iommufd: ioasMap(SHORTTERM_USERS) }, 'IOMAP.1'),
        ioas_unmap: supportedOn({ iommufd: ioasUnmap(SHORTTERM_USERS) }, 'IOUNMAP.1'),
        map_dma: supportedOn({ container: type1Map('v5.14') }, 'MAP.1'),
        unmap_dma: supportedOn({ container: type1Unmap('v5.14') }, 'UNMAP.1'),
        hwpt_alloc: supportedOn({}, 'HWPT.1'),
        group_status: supportedOn({ group: groupStatusByDrivers }, 'GSTAT.1'),
        hot_reset: hotReset(true),
        remove_driver: removeDriver(splitDriverRules(choice)),
      },
      releases: {
        cdev: releaseDevice('cdev', extraReleaseSteps(choice.extraState)),
        device: releaseGroupDevice(choice),
        group: releaseGroup(choice),
        container: releaseContainer,
        iommufd: releaseIommufd(SHORTTERM_USERS),
      },
      parkedFileKinds: choice.groupFdStartsParked ? ['cdev', 'device'] : ['cdev'],
      privateData: {
        cdev: 'vfio_device',
        device: 'vfio_device',
        group: 'vfio_group',
        container: 'vfio_container',
        iommufd: 'iommufd_ctx',
      },
      propertyInputs: splitPropertyInputs(choice),
    };
  },
};
