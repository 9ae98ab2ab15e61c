import { describe, expect, it } from 'vitest';
import { MODEL_LIMIT } from '../../kernel/language/errno';
import type { CallError } from '../../kernel/language/errno';
import type { Call, World } from '../../kernel/language/world';
import { startTestRun } from '../testing/testRun';
import type { TestRun } from '../testing/testRun';
import { design as upstream } from './design';

/** An errno of v6.6 and a run that ends with it: the last call returns the errno, all others succeed. */
interface ErrnoCase {
  readonly action: string;
  readonly errno: CallError | 0;
  readonly when: string;
  readonly calls: readonly Call[];
  readonly world?: World;
  /** Moves the run to the moment that matters, before everything is run to its end. */
  readonly setUp?: (d: TestRun) => TestRun;
  /** The call that returns the errno, where it is not the last. */
  readonly at?: number;
}

const ONE_DEVICE_WORLD: World = {
  devices: [{ name: 'vfio0', group: '12' }],
  processes: ['a', 'b'],
};
const unregistered: World = {
  ...ONE_DEVICE_WORLD,
  devices: [{ name: 'vfio0', group: '12', registered: false }],
};
const sibling: World = {
  ...ONE_DEVICE_WORLD,
  devices: [
    { name: 'vfio0', group: '12' },
    { name: 'nic0', group: '12', registered: false, kernelDriver: true },
  ],
};
const pair: World = {
  ...ONE_DEVICE_WORLD,
  devices: [
    { name: 'vfio0', group: '12' },
    { name: 'vfio1', group: '12' },
  ],
};
const apart: World = {
  ...ONE_DEVICE_WORLD,
  devices: [
    { name: 'vfio0', group: '12' },
    { name: 'vfio1', group: '13' },
  ],
};

const by = 'a';
const cdev: Call = { by, call: 'open_cdev', device: 'vfio0', as: 'fd' };
const iommufd: Call = { by, call: 'open_iommufd', as: 'ictx' };
const bind: Call = { by, call: 'bind_iommufd', fd: 'fd', iommufd: 'ictx' };
const bound: Call[] = [cdev, iommufd, bind];
const otherBound: Call[] = [
  { by: 'b', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
  { by: 'b', call: 'open_iommufd', as: 'ictx2' },
  { by: 'b', call: 'bind_iommufd', fd: 'fd2', iommufd: 'ictx2' },
];
const ioas: Call = { by, call: 'ioas_alloc', iommufd: 'ictx', as: 'ioas' };
const ioas2: Call = { by, call: 'ioas_alloc', iommufd: 'ictx', as: 'ioas2' };
const attach: Call = { by, call: 'attach_ioas', fd: 'fd', ioas: 'ioas' };
const detach: Call = { by, call: 'detach_ioas', fd: 'fd' };
const io: Call = { by, call: 'device_io', fd: 'fd' };
const group: Call = { by, call: 'open_group', group: '12', as: 'g' };
const container: Call = { by, call: 'open_container', as: 'c' };
const set: Call = { by, call: 'set_container', fd: 'g', container: 'c' };
const setIommu: Call = { by, call: 'set_iommu', fd: 'c' };
const get: Call = { by, call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'd' };
const legacy: Call[] = [group, container, set, setIommu];
const compat: Call[] = [group, iommufd, { ...set, container: 'ictx' }];
const unregister: Call = { by: 'driver', call: 'unregister_device', device: 'vfio0' };
const close = (fd: string): Call => ({ by, call: 'close', fd });
/** The last call fails at this step. */
const withFault = (calls: readonly Call[], fault: string): Call[] => [
  ...calls.slice(0, -1),
  { ...calls.at(-1)!, fault },
];
/** The group was closed in iommufd mode while its device fd lives. */
const leftOver: Call[] = [...compat, get, close('g')];

const OPEN = 'open of the device node';
const BIND = 'BIND';
const ATTACH = 'ATTACH';
const GOPEN = 'open of the group node';
const SET = 'SET_CONTAINER';
const GDF = 'GET_DEVICE_FD';

const errnoCases: readonly ErrnoCase[] = [
  {
    action: OPEN,
    errno: 'ENOENT',
    when: 'the device is not registered: there is no node',
    world: unregistered,
    calls: [cdev],
  },
  {
    action: OPEN,
    errno: 'ENOENT',
    when: 'the device was unregistered',
    calls: [unregister, cdev],
    setUp: (d) => d.runUntil('driver'),
  },
  {
    action: OPEN,
    errno: 'ENOENT',
    when: 'between cdev_add and device_add',
    world: unregistered,
    calls: [{ by: 'driver', call: 'register_device', device: 'vfio0' }, cdev],
    setUp: (d) => d.runUntil('driver', 'REG.10b').runUntil(by),
  },
  {
    action: OPEN,
    errno: 'ENXIO',
    when: 'a node made with mknod has the number of a device that is not registered',
    world: { ...unregistered, devices: [{ ...unregistered.devices[0]!, staleNode: true }] },
    calls: [cdev],
  },
  {
    action: GOPEN,
    errno: 'ENOENT',
    when: 'no device of the group is registered',
    world: unregistered,
    calls: [group],
  },
  { action: OPEN, errno: 'ENXIO', when: 'the module is going', calls: withFault([cdev], 'CHR.1') },
  {
    action: OPEN,
    errno: 'ENXIO',
    when: 'the module of the fops is going',
    calls: withFault([cdev], 'CHR.2'),
  },
  {
    action: OPEN,
    errno: 'ENODEV',
    when: 'between REG.10 and REG.11',
    world: unregistered,
    calls: [{ by: 'driver', call: 'register_device', device: 'vfio0' }, cdev],
    setUp: (d) => d.runUntil('driver', 'REG.11').runUntil(by),
  },
  {
    action: OPEN,
    errno: 'ENODEV',
    when: 'after UNREG.3, with the cdev pinned before',
    calls: [unregister, cdev],
    setUp: (d) => d.runUntil(by, 'OPEN.2').runUntil('driver'),
  },
  { action: OPEN, errno: 'ENOMEM', when: 'no device file', calls: withFault([cdev], 'OPEN.3') },
  {
    action: 'any call on an unbound fd',
    errno: 'EINVAL',
    when: 'read, write, mmap, ioctl',
    calls: [cdev, io],
  },
  {
    action: 'any call on an unbound fd',
    errno: 'EINVAL',
    when: 'ATTACH',
    calls: [cdev, iommufd, ioas, attach],
  },
  { action: 'any call on an unbound fd', errno: 'EINVAL', when: 'DETACH', calls: [cdev, detach] },
  {
    action: 'any ioctl on a bound fd',
    errno: 'EIO',
    when: 'the device does not resume',
    calls: withFault([...bound, io], 'GATE.2'),
  },
  {
    action: BIND,
    errno: 'EFAULT',
    when: 'the argument cannot be read',
    calls: withFault(bound, 'BIND.1'),
  },
  {
    action: BIND,
    errno: 'EFAULT',
    when: 'the id cannot be written',
    calls: withFault(bound, 'BIND.14'),
  },
  {
    action: BIND,
    errno: 'EINVAL',
    when: 'size, flags, negative fd',
    calls: withFault(bound, 'BIND.2'),
  },
  {
    action: BIND,
    errno: 'EINVAL',
    when: 'an fd out of a group',
    calls: [...compat, get, { ...bind, fd: 'd' }],
  },
  { action: BIND, errno: 'EINVAL', when: 'this fd is bound', calls: [...bound, bind] },
  {
    action: BIND,
    errno: 'EINVAL',
    when: 'another cdev fd is bound',
    calls: [...otherBound, ...bound],
    setUp: (d) => d.runUntil('b'),
  },
  {
    action: BIND,
    errno: 'EINVAL',
    when: 'open through the group path',
    calls: [
      ...leftOver,
      { ...cdev, by: 'b' },
      { ...iommufd, by: 'b', as: 'ictx2' },
      { ...bind, by: 'b', iommufd: 'ictx2' },
    ],
  },
  {
    action: BIND,
    errno: 'EINVAL',
    when: 'no cache coherency',
    calls: withFault(bound, 'BIND.12:IBIND.1'),
  },
  { action: BIND, errno: 'EBUSY', when: 'the group is open', calls: [group, ...bound] },
  {
    action: BIND,
    errno: 'EBADF',
    when: 'the iommufd is closed',
    calls: [cdev, iommufd, close('ictx'), bind],
  },
  {
    action: BIND,
    errno: 'EBADFD',
    when: 'no iommufd',
    calls: [cdev, container, { ...bind, iommufd: 'c' }],
  },
  {
    action: BIND,
    errno: 'EPERM',
    when: 'another iommufd owns the DMA',
    world: pair,
    calls: [...otherBound, { ...cdev, device: 'vfio1' }, iommufd, bind],
    setUp: (d) => d.runUntil('b'),
  },
  {
    action: BIND,
    errno: 'EPERM',
    when: 'a kernel driver of a sibling owns the DMA',
    world: sibling,
    calls: bound,
  },
  {
    action: BIND,
    errno: 'EPERM',
    when: 'MSI is not isolated',
    calls: withFault(bound, 'BIND.12:IBIND.3'),
  },
  {
    action: BIND,
    errno: 'ENODEV',
    when: 'the driver module is going',
    calls: withFault(bound, 'BIND.11'),
  },
  {
    action: BIND,
    errno: 'ENODEV',
    when: 'no IOMMU group',
    calls: withFault(bound, 'BIND.12:IBIND.2'),
  },
  {
    action: BIND,
    errno: 'ENOMEM',
    when: 'no blocking domain',
    calls: withFault(bound, 'BIND.12:IBIND.4'),
  },
  { action: BIND, errno: 'ENOMEM', when: 'no object', calls: withFault(bound, 'BIND.12:IBIND.5') },
  {
    action: BIND,
    errno: 'EIO',
    when: 'the driver value of open_device',
    calls: withFault(bound, 'BIND.13'),
  },
  {
    action: ATTACH,
    errno: 'EFAULT',
    when: 'the argument cannot be read',
    calls: withFault([...bound, ioas, attach], 'ATTACH.1'),
  },
  {
    action: ATTACH,
    errno: 'EFAULT',
    when: 'the id cannot be written',
    calls: withFault([...bound, ioas, attach], 'ATTACH.5'),
  },
  {
    action: ATTACH,
    errno: 'EINVAL',
    when: 'size or flags',
    calls: withFault([...bound, ioas, attach], 'ATTACH.2'),
  },
  {
    action: ATTACH,
    errno: 'ENOENT',
    when: 'the id was destroyed',
    calls: [...bound, ioas, { by, call: 'iommu_destroy', iommufd: 'ictx', object: 'ioas' }, attach],
  },
  {
    action: ATTACH,
    errno: MODEL_LIMIT,
    when: 'the id is of another iommufd',
    calls: [
      ...bound,
      { by, call: 'open_iommufd', as: 'ictx2' },
      { ...ioas, iommufd: 'ictx2' },
      attach,
    ],
  },
  {
    action: ATTACH,
    errno: 'EINVAL',
    when: 'the group has another page table',
    world: pair,
    calls: [
      ...bound,
      { ...cdev, device: 'vfio1', as: 'fd2' },
      { ...bind, fd: 'fd2' },
      ioas,
      ioas2,
      attach,
      { ...attach, fd: 'fd2', ioas: 'ioas2' },
    ],
  },
  {
    action: ATTACH,
    errno: 'EINVAL',
    when: 'the domain does not fit',
    calls: withFault([...bound, ioas, attach], 'ATTACH.4d'),
  },
  {
    action: ATTACH,
    errno: 'EADDRINUSE',
    when: 'a reserved region is mapped',
    calls: withFault([...bound, ioas, attach], 'ATTACH.4c'),
  },
  {
    action: ATTACH,
    errno: 'EADDRINUSE',
    when: 'reserved regions collide in the page table that replaces another',
    calls: withFault([...bound, ioas, ioas2, attach, { ...attach, ioas: 'ioas2' }], 'ATTACH.4c'),
  },
  {
    action: ATTACH,
    errno: 'ENOMEM',
    when: 'no domain',
    calls: withFault([...bound, ioas, attach], 'ATTACH.4b'),
  },
  {
    action: 'DETACH',
    errno: 'EFAULT',
    when: 'the argument cannot be read',
    calls: withFault([...bound, detach], 'DETACH.1'),
  },
  {
    action: 'DETACH',
    errno: 'EINVAL',
    when: 'size or flags',
    calls: withFault([...bound, detach], 'DETACH.2'),
  },
  { action: 'DETACH', errno: 0, when: 'not attached', calls: [...bound, detach] },
  {
    action: GOPEN,
    errno: 'ENOENT',
    when: 'the group is gone',
    calls: [unregister, group],
    setUp: (d) => d.runUntil('driver'),
  },
  {
    action: GOPEN,
    errno: 'ENODEV',
    when: 'the last device is being removed',
    calls: [unregister, group],
    setUp: (d) => d.runUntil(by, 'GOPEN.1').runUntil('driver'),
  },
  {
    action: GOPEN,
    errno: 'EBUSY',
    when: 'a cdev of the group is bound',
    calls: [...bound, { ...group, by: 'b' }],
  },
  {
    action: GOPEN,
    errno: 'EBUSY',
    when: 'a bind is under way',
    calls: [...bound, { ...group, by: 'b' }],
    setUp: (d) => d.runUntil(by, 'BIND.6').runUntil('b'),
  },
  {
    action: GOPEN,
    errno: 'EBUSY',
    when: 'the group is open',
    calls: [group, { ...group, by: 'b', as: 'g2' }],
  },
  {
    action: SET,
    errno: 'EFAULT',
    when: 'the argument cannot be read',
    calls: withFault([group, container, set], 'SETC.1'),
  },
  {
    action: SET,
    errno: 'EBADF',
    when: 'the container is closed',
    calls: [group, container, close('c'), set],
  },
  {
    action: SET,
    errno: 'EBADFD',
    when: 'neither container nor iommufd',
    calls: [group, cdev, { ...set, container: 'fd' }],
  },
  { action: SET, errno: 'EINVAL', when: 'has a container', calls: [...legacy, set] },
  { action: SET, errno: 'EINVAL', when: 'has an iommufd', calls: [...compat, container, set] },
  {
    action: SET,
    errno: 'ENODEV',
    when: 'the iommu_group is revoked',
    calls: [group, container, unregister, set],
    setUp: (d) => d.runUntil(by, 'SETC.1').runUntil('driver'),
  },
  {
    action: SET,
    errno: 'EPERM',
    when: 'a kernel driver of a sibling owns the DMA',
    world: sibling,
    calls: [group, container, set],
  },
  {
    action: SET,
    errno: 'EPERM',
    when: 'a device fd of an earlier iommufd session owns the DMA',
    calls: [...leftOver, { ...group, as: 'g2' }, container, { ...set, fd: 'g2' }],
  },
  {
    action: SET,
    errno: 'ENOMEM',
    when: 'no blocking domain',
    calls: withFault([group, container, set], 'SETC.5b'),
  },
  { action: SET, errno: 'ENOMEM', when: 'no compat ioas', calls: withFault(compat, 'SETC.6b') },
  {
    action: SET,
    errno: 'EINVAL',
    when: 'the driver value of attach_group',
    world: apart,
    calls: withFault(
      [...legacy, { by, call: 'open_group', group: '13', as: 'g2' }, { ...set, fd: 'g2' }],
      'SETC.5c',
    ),
  },
  {
    action: 'UNSET_CONTAINER',
    errno: 'EINVAL',
    when: 'nothing is set',
    calls: [group, { by, call: 'unset_container', fd: 'g' }],
  },
  {
    action: 'UNSET_CONTAINER',
    errno: 'EBUSY',
    when: 'a device fd uses the container',
    calls: [...legacy, get, { by, call: 'unset_container', fd: 'g' }],
  },
  {
    action: 'UNSET_CONTAINER',
    errno: 0,
    when: 'a device fd uses the iommufd, which no counter records',
    calls: [...compat, get, { by, call: 'unset_container', fd: 'g' }],
  },
  {
    action: GDF,
    errno: 'ENODEV',
    when: 'the device is in another group',
    world: apart,
    calls: [...legacy, { ...get, device: 'vfio1' }],
  },
  {
    action: GDF,
    errno: 'ENODEV',
    when: 'the device is being unregistered',
    calls: [...legacy, unregister, get],
    setUp: (d) => d.runUntil(by, 'GDF.1').runUntil('driver', 'UNREG.2').runUntil(by),
  },
  {
    action: GDF,
    errno: 'ENODEV',
    when: 'the driver module is going',
    calls: withFault([...legacy, get], 'GDF.8b'),
  },
  {
    action: GDF,
    errno: 'ENODEV',
    when: 'the compat ioas was destroyed',
    calls: withFault([...compat, get], 'GDF.9'),
  },
  {
    action: GDF,
    errno: 'ENODEV',
    when: 'no IOMMU group',
    calls: withFault([...compat, get], 'GDF.8:IBIND.2'),
  },
  { action: GDF, errno: 'EINVAL', when: 'neither container nor iommufd', calls: [group, get] },
  {
    action: GDF,
    errno: 'EINVAL',
    when: 'SET_IOMMU was forgotten',
    calls: [group, container, set, get],
  },
  {
    action: GDF,
    errno: 0,
    when: 'SET_IOMMU was forgotten, with an iommufd',
    calls: [...compat, get],
  },
  {
    action: GDF,
    errno: 'EINVAL',
    when: 'no cache coherency',
    calls: withFault([...compat, get], 'GDF.8:IBIND.1'),
  },
  {
    action: GDF,
    errno: 'EINVAL',
    when: 'the domain does not fit',
    calls: withFault([...compat, get], 'GDF.9d'),
  },
  {
    action: GDF,
    errno: 'EADDRINUSE',
    when: 'a reserved region is mapped',
    calls: withFault([...compat, get], 'GDF.9c'),
  },
  {
    action: GDF,
    errno: 'EPERM',
    when: 'a kernel driver of a sibling owns the DMA',
    world: sibling,
    calls: [...compat, get],
  },
  {
    action: GDF,
    errno: 'EPERM',
    when: 'MSI is not isolated',
    calls: withFault([...compat, get], 'GDF.8:IBIND.3'),
  },
  {
    action: GDF,
    errno: 'EMFILE',
    when: 'the fd table is full',
    calls: withFault([...legacy, get], 'GDF.3'),
  },
  {
    action: GDF,
    errno: 'ENFILE',
    when: 'no struct file',
    calls: withFault([...legacy, get], 'GDF.11'),
  },
  {
    action: GDF,
    errno: 'ENFILE',
    when: 'no struct file, with an iommufd',
    calls: withFault([...compat, get], 'GDF.11'),
  },
  {
    action: GDF,
    errno: 'ENOMEM',
    when: 'no device file',
    calls: withFault([...legacy, get], 'GDF.4'),
  },
  {
    action: GDF,
    errno: 'ENOMEM',
    when: 'no object',
    calls: withFault([...compat, get], 'GDF.8:IBIND.5'),
  },
  { action: GDF, errno: 'ENOMEM', when: 'no domain', calls: withFault([...compat, get], 'GDF.9b') },
  {
    action: GDF,
    errno: 'EFAULT',
    when: 'the name cannot be read',
    calls: withFault([...legacy, get], 'GDF.1'),
  },
  {
    action: GDF,
    errno: 'EIO',
    when: 'the driver value of open_device',
    calls: withFault([...legacy, get], 'GDF.8e'),
  },
  {
    action: GDF,
    errno: 'EIO',
    when: 'the driver value of open_device, with an iommufd',
    calls: withFault([...compat, get], 'GDF.8e'),
  },
  {
    action: 'open of the container',
    errno: 'ENOMEM',
    when: 'no memory',
    calls: withFault([container], 'COPEN.1'),
  },
  {
    action: 'SET_IOMMU',
    errno: 'EINVAL',
    when: 'no group is in the container',
    calls: [container, setIommu],
  },
  { action: 'SET_IOMMU', errno: 'EINVAL', when: 'already set', calls: [...legacy, setIommu] },
  {
    action: 'SET_IOMMU',
    errno: 'ENODEV',
    when: 'no driver supports the type',
    calls: withFault(legacy, 'SETI.3'),
  },
  {
    action: 'SET_IOMMU of an iommufd',
    errno: 'EINVAL',
    when: 'unknown type',
    calls: withFault([...compat, { ...setIommu, fd: 'ictx' }], 'SETI.C1'),
  },
  {
    action: 'SET_IOMMU of an iommufd',
    errno: 'ENODEV',
    when: 'no group has been set',
    calls: [iommufd, { ...setIommu, fd: 'ictx' }],
  },
  {
    action: 'other ioctl of the container',
    errno: 'EINVAL',
    when: 'before SET_IOMMU',
    calls: [container, { ...io, fd: 'c' }],
  },
  {
    action: 'open of /dev/iommu',
    errno: 'ENOMEM',
    when: 'no memory',
    calls: withFault([iommufd], 'IOPEN.1'),
  },
  {
    action: 'IOAS_ALLOC',
    errno: 'ENOMEM',
    when: 'no memory',
    calls: withFault([iommufd, ioas], 'IOAS.1'),
  },
  {
    action: 'IOMMU_DESTROY',
    errno: 'ENOENT',
    when: 'unknown',
    calls: [
      iommufd,
      ioas,
      { by, call: 'iommu_destroy', iommufd: 'ictx', object: 'ioas' },
      { by, call: 'iommu_destroy', iommufd: 'ictx', object: 'ioas' },
    ],
  },
  {
    action: 'IOMMU_DESTROY',
    errno: 'ENOENT',
    when: 'a device that was closed',
    calls: [...bound, close('fd'), { by, call: 'iommu_destroy', iommufd: 'ictx', object: 'fd' }],
  },
  {
    action: 'IOMMU_DESTROY',
    errno: MODEL_LIMIT,
    when: 'an id of another iommufd',
    calls: [
      iommufd,
      { by, call: 'open_iommufd', as: 'ictx2' },
      { ...ioas, iommufd: 'ictx2' },
      { by, call: 'iommu_destroy', iommufd: 'ictx', object: 'ioas' },
    ],
  },
  {
    action: 'IOMMU_DESTROY',
    errno: MODEL_LIMIT,
    when: 'a device that is bound to another iommufd',
    calls: [
      ...bound,
      { by, call: 'open_iommufd', as: 'ictx2' },
      { by, call: 'iommu_destroy', iommufd: 'ictx2', object: 'fd' },
    ],
  },
  {
    action: 'IOMMU_DESTROY',
    errno: 'EBUSY',
    when: 'a bound device',
    calls: [...bound, { by, call: 'iommu_destroy', iommufd: 'ictx', object: 'fd' }],
  },
  {
    action: 'IOMMU_DESTROY',
    errno: 'EBUSY',
    when: 'an ioas with a page table',
    calls: [...bound, ioas, attach, { by, call: 'iommu_destroy', iommufd: 'ictx', object: 'ioas' }],
  },
  {
    action: 'other ioctl on the group fd',
    errno: 'ENOTTY',
    when: 'always',
    calls: [group, { ...io, fd: 'g' }],
  },
  {
    action: 'ATTACH on a group-path fd',
    errno: 'ENOTTY',
    when: 'the driver does not know it',
    calls: [...compat, get, ioas, { ...attach, fd: 'd' }],
  },
  { action: 'close', errno: 0, when: 'always', calls: [...bound, close('fd')] },
  {
    action: 'unregister',
    errno: 0,
    when: 'once the last file is closed',
    calls: [...bound, unregister, close('fd')],
    at: 3,
  },
];

/**
 * Rows of the table that no run of the model comes to, with the reason:
 * - open: -EACCES, -EPERM, -EMFILE, -ENFILE. File modes and fd limits are the VFS's business, in front of every design.
 * - BIND -EBUSY, "not on its default domain, or a PASID in use": in the model the domain of a group leaves the default only through a claim.
 * - BIND -EBUSY, ids exhausted: the allocation fails in one way, with -ENOMEM.
 * - BIND -EPERM for a container: a group in a container is open, so BIND.4 answers -EBUSY first.
 * - BIND -ENOTTY: a kernel built without the cdev.
 * - ATTACH -EOPNOTSUPP: PASID, v6.15. ATTACH -EINVAL for an id that is neither ioas nor page table: the call can only name an ioas.
 * - the errors of devices without an IOMMU: noiommu.test.ts.
 * - SET_CONTAINER -EBUSY from the claim: as for BIND.
 * - GET_STATUS: the format has no such call.
 * - GET_DEVICE_FD, value of ops->match: no VF tokens.
 */
describe('the errno table of v6.6', () => {
  it.each(errnoCases)(
    '$action: $errno, $when',
    ({ errno, calls, world = ONE_DEVICE_WORLD, setUp: first, at = calls.length - 1 }) => {
      const d = startTestRun(upstream, {}, world, calls);
      first?.(d);
      d.runToEnd();
      expect(d.results()).toEqual(calls.map((_, i) => (i === at ? errno : 0)));
      expect([...d.violations]).toEqual([]);
    },
  );

  it('undoes all that a failing call did: the same call without the fault succeeds, and closing leaves nothing', () => {
    for (const { calls, world = ONE_DEVICE_WORLD, errno } of errnoCases.filter(
      (r) => r.calls.at(-1)?.fault !== undefined && r.calls.at(-1)?.as === undefined,
    )) {
      const again = { ...calls.at(-1)!, fault: undefined };
      const d = startTestRun(upstream, {}, world, [...calls, again]).runToEnd();
      expect([calls.at(-1)!.fault, ...d.results()]).toEqual([
        calls.at(-1)!.fault,
        ...calls.slice(0, -1).map(() => 0),
        errno,
        0,
      ]);
      expect([...d.violations]).toEqual([]);
    }
  });
});
