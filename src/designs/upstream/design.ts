import { processExitRoutine } from '../../kernel/language/vfs';
import type { Design, DesignModel } from '../../kernel/language/design';
import { meta } from './meta';
import { CLAIMS_DEFAULT_DOMAIN, probeDriver, removeDriver } from '../shared/kernelDriver';
import {
  ioasMap,
  ioasUnmap,
  mapCompatDma,
  type1Map,
  type1Unmap,
  unmapCompatDma,
} from '../shared/iommufd/map';
import { PARENT_DEVICE } from '../shared/parentDevice';
import { ioasAlloc, openIommufd, releaseIommufd } from '../parked-shim/iommufd';
import { iommuDestroy } from '../shared/iommufd/destroy';
import { hwptAlloc } from '../shared/iommufd/hwptAlloc';
import { attachIoas, detachIoas } from './attach';
import { bindGroupDevice, bindIommufd } from './bind';
import { releaseCdev, releaseGroupDevice } from './release';
import {
  openContainer,
  releaseContainer,
  setContainer,
  setIommu,
  setIommuCompat,
  unsetContainer,
} from './container';
import { withVersion } from './citation';
import { getDeviceFd } from './deviceFd';
import { deviceIo, ioctlBody, mapDevice, reset } from './accessCheck';
import { exitVms, kvmAdd, kvmDel, kvmType, kvmVfioFileType, kvmVfioType, vmExit } from './kvm';
import {
  cdevFile,
  container,
  contextObjects,
  deviceCdev,
  groupDeviceFile,
  iommuGroup,
  vfioDevice,
  vfioDeviceSet,
  vfioGlobal,
  vfioGroup,
} from './objects';
import { groupStatus } from './groupStatus';
import { hotReset } from './hotReset';
import { openCdev, openGroup, releaseGroup } from './open';
import { linuxOf, LINUX_OPTION } from './linux';
import { registerDevice, unregisterDevice } from './register';
import { upstreamPropertyInputs } from './propertyInputs';

/** D4: Linux v6.6 to v7.0. The f_op of a file never changes; an access flag with release and acquire replaces the swap. */
export const design: Design = {
  id: meta.id,
  title: meta.title,
  titleWithOptions: 'Linux v{linux}',
  revision: 1,
  about:
    'What was merged in 2023: the device node gives no access, VFIO_DEVICE_BIND_IOMMUFD does. Each open file has its own access flag: the bind sets it last with a store-release, every call reads it first with a load-acquire. The group path and the cdev path exclude each other through two fields under one group lock, and the DMA of an IOMMU group has one owner, on every path, except after the close of a group file whose device fd stays open in iommufd mode (found by reading, not run).',
  options: [
    LINUX_OPTION,
    {
      id: 'kvm',
      title: 'Devices refer to a KVM',
      values: ['true', 'false'],
      effects: {
        true: 'A device refers to the KVM of its user',
        false: 'No device refers to a KVM',
      },
    },
    {
      id: 'kvmFix',
      title: 'BIND takes the KVM at the first open only (posted 2024-06-28, not merged)',
      values: ['false', 'true'],
      effects: {
        false: 'BIND takes the KVM each time that it runs, as merged',
        true: 'BIND takes the KVM at the first open only (posted 2024-06-28, not merged)',
      },
    },
  ],
  model: (options) => {
    const kvm = options['kvm'] === 'true';
    const linux = linuxOf(options);
    const kvmFix = options['kvmFix'] === 'true';
    const model: DesignModel = {
      objects: [
        vfioGlobal,
        vfioGroup(kvm),
        container,
        linux.vfToken ? { ...vfioDeviceSet, ownForVf: true as const } : vfioDeviceSet,
        vfioDevice(kvm),
        deviceCdev,
        cdevFile(kvm),
        groupDeviceFile(kvm),
        PARENT_DEVICE,
        iommuGroup(linux.resetBlocksGroup),
        ...contextObjects(linux.shortterm),
        kvmType,
        kvmVfioType,
        kvmVfioFileType,
      ],
      calls: {
        open_cdev: openCdev,
        open_group: openGroup,
        open_container: openContainer,
        open_iommufd: openIommufd,
        bind_iommufd: ioctlBody({
          cdev: bindIommufd(linux, kvm, kvmFix),
          device: bindGroupDevice(linux),
        }),
        ioas_alloc: ioctlBody({ iommufd: ioasAlloc(linux.shortterm) }),
        attach_ioas: ioctlBody({ cdev: attachIoas(linux) }),
        detach_ioas: ioctlBody({ cdev: detachIoas(linux) }),
        iommu_destroy: ioctlBody({
          iommufd: iommuDestroy(['cdev', 'device'], linux.shortterm, true),
        }),
        set_container: ioctlBody({ group: setContainer(linux) }),
        set_iommu: ioctlBody({ container: setIommu, iommufd: setIommuCompat }),
        unset_container: ioctlBody({ group: unsetContainer }),
        get_device_fd: ioctlBody({ group: getDeviceFd(linux, kvm) }),
        device_io: deviceIo,
        reset: reset(linux),
        mmap: mapDevice,
        kvm_add: kvmAdd(kvm),
        kvm_del: kvmDel(kvm),
        vm_exit: vmExit(kvm),
        process_exit: processExitRoutine(exitVms(kvm)),
        register_device: registerDevice,
        unregister_device: unregisterDevice,
        probe_driver: probeDriver(CLAIMS_DEFAULT_DOMAIN),
        ioas_map: ioctlBody({ iommufd: ioasMap(linux.shortterm) }),
        ioas_unmap: ioctlBody({ iommufd: ioasUnmap(linux.shortterm) }),
        map_dma: ioctlBody({ container: type1Map('v6.6'), iommufd: mapCompatDma(linux.shortterm) }),
        unmap_dma: ioctlBody({
          container: type1Unmap('v6.6'),
          iommufd: unmapCompatDma(linux.shortterm),
        }),
        hwpt_alloc: ioctlBody({ iommufd: hwptAlloc(linux.shortterm, linux.hwptAllocNoIoas) }),
        group_status: ioctlBody({ group: groupStatus }),
        hot_reset: ioctlBody({ cdev: hotReset, device: hotReset }),
        remove_driver: removeDriver(CLAIMS_DEFAULT_DOMAIN),
      },
      releases: {
        cdev: releaseCdev(linux, kvm),
        device: releaseGroupDevice(linux, kvm),
        group: releaseGroup,
        container: releaseContainer,
        iommufd: releaseIommufd(linux.shortterm, true),
      },
      parkedFileKinds: [],
      privateData: {
        cdev: 'vfio_device_file',
        device: 'vfio_device_file',
        group: 'vfio_group',
        container: 'vfio_container',
        iommufd: 'iommufd_ctx',
      },
      propertyInputs: upstreamPropertyInputs(linux, kvm),
    };
    return withVersion(model, linux.version);
  },
};
