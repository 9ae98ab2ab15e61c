import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  branch,
  comment,
  eq,
  fail,
  fallible,
  forEach,
  forEachFd,
  live,
  notOf,
  ret,
  staticBranch,
} from '../../kernel/language/primitives';
import type { Condition } from '../../kernel/language/primitives';

const CITE = 'drivers/vfio/pci/vfio_pci.c, VFIO_DEVICE_PCI_HOT_RESET, v5.14';

/**
 * VFIO_DEVICE_PCI_HOT_RESET of vfio-pci in v5.14: the caller must name groups in a ready container. A user of the device
 * node has none, so none of its resets succeeds. The use of the container during the reset is not modelled.
 */
export function hotResetByGroups(parts: {
  /** Steps before the handler of the driver. */
  readonly entry: readonly StepSpec[];
  /** True if the group `g/group` is in a container that is ready to use. */
  readonly ready: Condition;
}): Routine {
  return {
    name: 'vfio_pci_ioctl, VFIO_DEVICE_PCI_HOT_RESET',
    cite: CITE,
    steps: [
      ...parts.entry,
      {
        id: 'HRESET.1',
        title: 'copy the argument; check the number of group fds',
        ops: [
          fallible('copy_from_user', 'EFAULT', 'the argument cannot be read', { at: 'file' }),
          staticBranch('no-groups', [
            fail('EINVAL', 'a hot reset needs group fds', { at: 'file' }),
          ]),
          staticBranch('more-groups-than-devices', [
            fail('EINVAL', 'more group fds than devices', { at: 'file' }),
          ]),
        ],
      },
      {
        id: 'HRESET.2',
        title: 'look up each group: it must be in a container with a driver',
        cite: 'drivers/vfio/vfio.c, vfio_group_get_external_user, v5.14',
        ops: [
          forEachFd(
            'groups',
            ['group'],
            'g',
            [
              branch(eq('g/fd.installed', 0), [fail('EBADF', 'the group fd is not open')]),
              branch(notOf(parts.ready), [
                fail('EINVAL', 'the group is in no container that is ready', { at: 'g/group' }),
              ]),
            ],
            [
              branch(eq('g/fd.installed', 0), [fail('EBADF', 'the group fd is not open')]),
              fail('EINVAL', 'not a group file', { at: 'g/file' }),
            ],
          ),
        ],
      },
      {
        id: 'HRESET.3',
        title: 'check that every device of the bus is in one of these groups; reset the bus',
        ops: [
          forEach('device', 'devset', 'each', [
            branch(
              { files: 'groups', has: 'each' },
              [],
              [fail('EINVAL', 'no group fd for a device of the bus', { at: 'each' })],
            ),
            branch(
              live('each'),
              [],
              [fail('EINVAL', 'a device of the bus has no VFIO driver', { at: 'device' })],
            ),
          ]),
          fallible('down_write_trylock', 'EBUSY', 'another access holds memory_lock', {
            at: 'device',
          }),
          comment('pci_reset_bus(vdev->pdev)'),
          ret(),
        ],
      },
    ],
  };
}
