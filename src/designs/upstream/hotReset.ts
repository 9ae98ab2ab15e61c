import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  allOf,
  branch,
  comment,
  currentTask,
  downWriteTrylock,
  driverOp,
  eq,
  fail,
  fallible,
  fget,
  forEach,
  forEachFd,
  fput,
  goto,
  live,
  lookUp,
  mutexLock,
  mutexUnlock,
  ne,
  ret,
  staticBranch,
  upWrite,
  violationIf,
} from '../../kernel/language/primitives';
import type { Condition, Op } from '../../kernel/language/primitives';
import { accessCheck } from './accessCheck';
import { linuxCitation } from './citation';

const VFIO_PCI_CORE_C = 'drivers/vfio/pci/vfio_pci_core.c';
const DEV_SET_CITE = linuxCitation(VFIO_PCI_CORE_C, 'vfio_pci_dev_set_hot_reset');

const inSet: Condition = allOf(live('each'), eq('each.dev_set_list', 1));
/** For every device of the reset set. */
const forEachDevice = (...ops: readonly Op[]): Op => forEach('device', 'devset', 'each', ops);

/** vfio_iommufd_get_dev_id: bound to the iommufd of the caller (an id), or in a group with such a device (-ENOENT). */
const ownedByIommufd: Condition = {
  exists: 'idev',
  as: 'bound',
  matchOn: 'group',
  of: 'each',
  where: allOf(eq('bound.published', 1), eq('bound.ictx', 'device.iommufd_device.ictx')),
};

const failUnowned = (why: string): readonly Op[] => [
  fail('EINVAL', why, { at: 'each', to: 'HRESET.10' }),
];

const steps: readonly StepSpec[] = [
  ...accessCheck,
  {
    id: 'HRESET.1',
    title: 'copy the argument from user space',
    ops: [
      driverOp('ioctl', { file: 'file' }),
      fallible('copy_from_user', 'EFAULT', 'the argument cannot be read', { at: 'file' }),
    ],
  },
  {
    id: 'HRESET.2',
    title: 'check size and flags of the argument',
    ops: [fallible('check', 'EINVAL', 'short argsz or unknown flags', { at: 'file' })],
  },
  {
    id: 'HRESET.3',
    title: 'a device opened through its cdev takes no group fds, any other needs them',
    ops: [
      staticBranch(
        'no-groups',
        [
          branch(eq('device.cdev_opened', 0), [
            fail('EINVAL', 'the device was not opened through its cdev', { at: 'device' }),
          ]),
        ],
        [
          branch(eq('device.cdev_opened', 1), [
            fail('EINVAL', 'the device was opened through its cdev', { at: 'device' }),
          ]),
        ],
      ),
    ],
  },
  {
    id: 'HRESET.4',
    title: 'check that the slot or the bus can be reset',
    ops: [
      fallible('pci_probe_reset_slot and pci_probe_reset_bus', 'ENODEV', 'neither can be reset', {
        at: 'device',
      }),
    ],
  },
  {
    id: 'HRESET.5',
    title: 'look up the group fds and take a reference on each file',
    cite: linuxCitation(VFIO_PCI_CORE_C, 'vfio_pci_ioctl_pci_hot_reset_groups'),
    ops: [
      staticBranch('more-groups-than-devices', [
        fail('EINVAL', 'more group fds than devices', { at: 'dev_set' }),
      ]),
      forEachFd(
        'groups',
        ['group'],
        'g',
        [branch(eq('g/fd.installed', 0), [fail('EBADF', 'the group fd is not open')])],
        [
          branch(eq('g/fd.installed', 0), [fail('EBADF', 'the group fd is not open')]),
          fail('EINVAL', 'not a group file', { at: 'g/file' }),
        ],
      ),
      forEachFd('groups', ['group'], 'g', [fget('g/file')]),
    ],
  },
  {
    id: 'HRESET.6',
    title: 'lock the reset set',
    cite: DEV_SET_CITE,
    ops: [mutexLock('dev_set.lock')],
  },
  {
    id: 'HRESET.7',
    title: 'check that every device of the bus is in the reset set',
    cite: linuxCitation(VFIO_PCI_CORE_C, 'vfio_pci_dev_set_resettable'),
    ops: [
      lookUp(
        'device.dev_set_list',
        'list_for_each_entry(each, &dev_set->device_list, dev_set_list)',
        'devset',
      ),
      forEachDevice(
        branch(
          inSet,
          [],
          [
            fail('EINVAL', 'a device of the bus has no VFIO driver', {
              at: 'dev_set',
              to: 'HRESET.11',
            }),
          ],
        ),
      ),
    ],
  },
  {
    id: 'HRESET.8',
    title: 'for each device: check that the caller owns it, then try to take memory_lock',
    cite: `${DEV_SET_CITE}; ${linuxCitation('drivers/vfio/iommufd.c', 'vfio_iommufd_get_dev_id')}`,
    ops: [
      fallible('down_write_trylock', 'EBUSY', 'a page fault or another access holds memory_lock', {
        at: 'device',
        to: 'HRESET.10',
      }),
      forEachDevice(
        staticBranch(
          'no-groups',
          [branch(ownedByIommufd, [], failUnowned('another context may own a device of the set'))],
          [
            branch(
              { files: 'groups', has: 'each' },
              [],
              failUnowned('no group fd for a device of the set'),
            ),
          ],
        ),
        downWriteTrylock('each.memory_lock', [
          fail('EBUSY', 'another access holds memory_lock', { at: 'each', to: 'HRESET.10' }),
        ]),
      ),
    ],
  },
  {
    id: 'HRESET.9',
    title: 'reset the bus; its devices must not be in probe or remove',
    cite: `${DEV_SET_CITE}; ${linuxCitation('drivers/pci/pci.c', '__pci_reset_bus')}`,
    ops: [
      forEachDevice(
        branch(ne('each.dev.mutex', 0), [
          fail('EAGAIN', 'a bus device is locked', { at: 'each.dev', to: 'HRESET.10' }),
        ]),
      ),
      forEachDevice(
        violationIf(
          {
            exists: 'idev',
            as: 'other',
            matchOn: 'device',
            of: 'each',
            where: allOf(eq('other.published', 1), ne('other.ictx', 'device.iommufd_device.ictx')),
          },
          'resets a device of another owner',
          'each',
        ),
      ),
      comment('pci_bridge_secondary_bus_reset(bus->self)'),
      goto('HRESET.10'),
    ],
  },
  {
    id: 'HRESET.10',
    title: 'unlock the memory_lock of each device',
    cite: DEV_SET_CITE,
    ops: [
      forEachDevice(branch(eq('each.memory_lock', currentTask), [upWrite('each.memory_lock')])),
    ],
  },
  {
    id: 'HRESET.11',
    title: 'unlock the reset set',
    cite: DEV_SET_CITE,
    ops: [mutexUnlock('dev_set.lock')],
  },
  {
    id: 'HRESET.12',
    title: 'put the group files',
    cite: linuxCitation(VFIO_PCI_CORE_C, 'vfio_pci_ioctl_pci_hot_reset_groups'),
    ops: [forEachFd('groups', ['group'], 'g', [fput('g/file')]), ret()],
  },
];

/** HRESET: VFIO_DEVICE_PCI_HOT_RESET resets all devices of a bus, if the caller owns each of them. */
export const hotReset: Routine = {
  name: 'vfio_pci_ioctl_pci_hot_reset',
  cite: linuxCitation(VFIO_PCI_CORE_C, 'vfio_pci_ioctl_pci_hot_reset'),
  steps,
};
