import type { Routine, StepSpec } from '../../kernel/language/design';
import { branch, comment, fallible, ne, NULL, ret } from '../../kernel/language/primitives';
import type { Condition } from '../../kernel/language/primitives';
import { DRIVER } from './parentDevice';

/** What GET_STATUS tells: the values of `vfio_group_status.flags`, as screen text. */
export const STATUS = {
  viableInContainer: comment('status.flags = VIABLE | CONTAINER_SET'),
  inContainer: comment('status.flags = CONTAINER_SET'),
  viable: comment('status.flags = VIABLE'),
  none: comment('status.flags = 0'),
} as const;

const viable: Condition = {
  not: {
    exists: 'parent',
    as: 'sibling',
    matchOn: 'group',
    where: { cmp: 'eq', a: 'sibling.driver', b: DRIVER.kernel },
  },
};

/** The first steps of GET_STATUS, the same in every version. */
export const statusArgument: readonly StepSpec[] = [
  {
    id: 'GSTAT.1',
    title: 'copy the argument from user space',
    ops: [fallible('copy_from_user', 'EFAULT', 'the argument cannot be read', { at: 'group' })],
  },
  {
    id: 'GSTAT.2',
    title: 'check the size of the argument',
    ops: [fallible('check', 'EINVAL', 'short argsz', { at: 'group' })],
  },
];

/** VFIO_GROUP_GET_STATUS of v5.14: viable while no device of the group has a kernel driver; takes no lock of the group. */
export const groupStatusByDrivers: Routine = {
  name: 'vfio_group_fops_unl_ioctl, VFIO_GROUP_GET_STATUS',
  cite: 'drivers/vfio/vfio.c, vfio_group_fops_unl_ioctl, v5.14',
  steps: [
    ...statusArgument,
    {
      id: 'GSTAT.3',
      title: 'tell whether the group is viable and in a container',
      ops: [
        branch(
          viable,
          [branch(ne('group.container', NULL), [STATUS.viableInContainer], [STATUS.viable])],
          [branch(ne('group.container', NULL), [STATUS.inContainer], [STATUS.none])],
        ),
      ],
    },
    {
      id: 'GSTAT.4',
      title: 'copy the flags to user space',
      ops: [
        fallible('copy_to_user', 'EFAULT', 'the flags cannot be written', { at: 'group' }),
        ret(),
      ],
    },
  ],
};
