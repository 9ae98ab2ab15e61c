import type { Call, World } from '../../kernel/language/world';

/** One device, two processes: the world of most tests of v6.6. */
export const ONE_DEVICE: World = {
  devices: [{ name: 'vfio0', group: '12' }],
  processes: ['a', 'b'],
};

/** The container of a group, or an iommufd in its place. */
export type ContainerOpenCall = 'open_container' | 'open_iommufd';

/** The cdev path up to the bind, with fd `fdN` and iommufd `ictxN`; `kvm` is added before the bind. */
export function cdevPathCalls(by: string, n: number, kvm?: string): Call[] {
  return [
    { by, call: 'open_cdev', device: 'vfio0', as: `fd${n}` },
    ...(kvm === undefined ? [] : [{ by, call: 'kvm_add' as const, fd: `fd${n}`, kvm }]),
    { by, call: 'open_iommufd', as: `ictx${n}` },
    { by, call: 'bind_iommufd', fd: `fd${n}`, iommufd: `ictx${n}` },
  ];
}

/** The group path up to the device fd: group `gN`, container or iommufd `cN`, device fd `dN`. */
export function groupPathCalls(by: string, n: number, mode: ContainerOpenCall): Call[] {
  return [
    { by, call: 'open_group', group: '12', as: `g${n}` },
    { by, call: mode, as: `c${n}` },
    { by, call: 'set_container', fd: `g${n}`, container: `c${n}` },
    { by, call: 'set_iommu', fd: `c${n}` },
    { by, call: 'get_device_fd', fd: `g${n}`, device: 'vfio0', as: `d${n}` },
  ];
}

/** Closes in this order. */
export function closeCalls(by: string, ...fds: string[]): Call[] {
  return fds.map((fd) => ({ by, call: 'close', fd }));
}
