import { processExitRoutine } from '../../kernel/language/vfs';
import type { Design } from '../../kernel/language/design';
import { meta } from './meta';
import { probeDriver, removeDriver } from '../shared/kernelDriver';
import { groupStatusByDrivers } from '../shared/groupStatus';
import { type1Map, type1Unmap } from '../shared/iommufd/map';
import { PARENT_DEVICE } from '../shared/parentDevice';
import { callsWithoutKvm } from '../parked-shim/deviceIo';
import { bindIommufd, deviceIo, mapDevice, reset } from './bind';
import {
  openContainer,
  releaseContainer,
  releaseGroup,
  setContainer,
  setIommu,
  unsetContainer,
} from './container';
import { getDeviceFd } from './deviceFd';
import {
  attachIoasid,
  detachIoasid,
  ioasidAlloc,
  ioasidFree,
  ioasidMap,
  ioasidUnmap,
} from './ioas';
import { supportedOn, openIommufd, releaseIommufd } from './iommufd';
import {
  iommufdCtx,
  iommufdDevice,
  iommufdIoas,
  iommuGroup,
  vfioIommufdDevice,
} from './iommufdObjects';
import {
  deviceCdev,
  vfioContainer,
  vfioDevice,
  vfioGlobal,
  vfioGroup,
  vfioPciDevice,
  vfioPciReflck,
} from './objects';
import { openCdev, openGroup } from './open';
import { registerDevice, unregisterDevice } from './register';
import { releaseDevice } from './release';
import { RFC_DRIVER_RULES } from './driverRules';
import { hotReset } from './vfioPci';
import { rfcPropertyInputs } from './propertyInputs';

/** D1: the RFC as posted in September 2021, with its defects. */
export const design: Design = {
  id: meta.id,
  title: meta.title,
  revision: 1,
  about:
    'The RFC of September 2021: a device node beside the legacy group. Counters decide at open which path wins: group.opened and device.opened. The driver runs its open op at once, and a flag blocks reads, writes and mmaps until the bind. The defects of the patches are modelled; those that the reviewers did not name were found by reading, not run.',
  options: [],
  model: () => ({
    objects: [
      vfioGlobal,
      vfioGroup,
      vfioDevice,
      vfioPciDevice,
      deviceCdev,
      PARENT_DEVICE,
      vfioPciReflck,
      vfioContainer,
      iommuGroup,
      iommufdCtx,
      iommufdDevice,
      vfioIommufdDevice,
      iommufdIoas,
    ],
    calls: {
      open_cdev: openCdev,
      open_group: openGroup,
      open_container: openContainer,
      open_iommufd: openIommufd,
      bind_iommufd: supportedOn({ cdev: bindIommufd, device: bindIommufd }, 'BIND.1'),
      ioas_alloc: supportedOn({ iommufd: ioasidAlloc }, 'IOAS.1'),
      attach_ioas: supportedOn({ cdev: attachIoasid, device: attachIoasid }, 'ATTACH.1'),
      detach_ioas: supportedOn({ cdev: detachIoasid, device: detachIoasid }, 'DETACH.1'),
      iommu_destroy: supportedOn({ iommufd: ioasidFree }, 'FREE.1'),
      set_container: supportedOn({ group: setContainer }, 'SETC.1'),
      set_iommu: supportedOn({ container: setIommu }, 'SETI.1'),
      unset_container: supportedOn({ group: unsetContainer }, 'UNSETC.1'),
      get_device_fd: supportedOn({ group: getDeviceFd }, 'GDF.1a'),
      device_io: deviceIo,
      reset,
      mmap: mapDevice,
      ...callsWithoutKvm('KVM of v5.14 counts as a user of the container'),
      process_exit: processExitRoutine(),
      register_device: registerDevice,
      unregister_device: unregisterDevice,
      probe_driver: probeDriver(RFC_DRIVER_RULES),
      ioas_map: supportedOn({ iommufd: ioasidMap }, 'IOMAP.1'),
      ioas_unmap: supportedOn({ iommufd: ioasidUnmap }, 'IOUNMAP.1'),
      map_dma: supportedOn({ container: type1Map('v5.14') }, 'MAP.1'),
      unmap_dma: supportedOn({ container: type1Unmap('v5.14') }, 'UNMAP.1'),
      hwpt_alloc: supportedOn({}, 'HWPT.1'),
      group_status: supportedOn({ group: groupStatusByDrivers }, 'GSTAT.1'),
      hot_reset: supportedOn({ cdev: hotReset, device: hotReset }, 'HRESET.1'),
      remove_driver: removeDriver(RFC_DRIVER_RULES),
    },
    releases: {
      cdev: releaseDevice('cdev'),
      device: releaseDevice('device'),
      group: releaseGroup,
      container: releaseContainer,
      iommufd: releaseIommufd,
    },
    parkedFileKinds: [],
    privateData: {
      cdev: 'vfio_device',
      device: 'vfio_device',
      group: 'vfio_group',
      container: 'vfio_container',
      iommufd: 'iommufd_ctx',
    },
    propertyInputs: rfcPropertyInputs,
  }),
};
