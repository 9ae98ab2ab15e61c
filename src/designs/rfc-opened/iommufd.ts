import type { CallBody, Routine } from '../../kernel/language/design';
import {
  alloc,
  fail,
  fallible,
  fdInstall,
  forEach,
  free,
  live,
  mutexLock,
  mutexUnlock,
  refDec,
  ret,
  store,
  branch,
} from '../../kernel/language/primitives';
import { rfcPatch } from '../shared/citations';
import { putIoas } from './ioas';

const CITE = `drivers/iommu/iommufd/iommufd.c; ${rfcPatch(1)}; ${rfcPatch(7)}`;

/** open(2) of /dev/iommu. */
export const openIommufd: Routine = {
  name: 'iommufd_fops_open',
  cite: CITE,
  steps: [
    {
      id: 'IOPEN.1',
      title: 'allocate the context; the file holds its one reference',
      ops: [fallible('kzalloc', 'ENOMEM', 'no memory'), alloc('ctx'), store('ctx.refs', 1)],
    },
    { id: 'IOPEN.2', title: 'install the fd', ops: [fdInstall(), ret()] },
  ],
};

/** f_op->release of an iommufd; bound devices and attached address spaces keep the context. */
export const releaseIommufd: Routine = {
  name: 'iommufd_fops_release',
  cite: `${CITE}; ${rfcPatch(11)}`,
  steps: [
    {
      id: 'IREL.1',
      title: 'put every address space',
      ops: [
        mutexLock('ctx.lock'),
        forEach('ioas', 'file', 'left', [branch(live('left'), [putIoas('left', 'ctx')])]),
        mutexUnlock('ctx.lock'),
      ],
    },
    { id: 'IREL.2', title: 'put the context', ops: [refDec('ctx.refs', [free('ctx')]), ret()] },
  ],
};

/** What a file returns for a command that it does not support. */
function rejectCommand(id: string, errno: 'ENOTTY' | 'EINVAL', why: string, cite: string): Routine {
  return {
    name: 'unlocked_ioctl',
    cite,
    steps: [{ id, title: why, ops: [fail(errno, why, { at: 'file' })] }],
  };
}

const UNKNOWN_COMMAND = 'the file does not support this command';

/** A call that these kinds of file support. Other device and group files return -ENOTTY, containers and iommufds -EINVAL. */
export function supportedOn(byKind: Exclude<CallBody, Routine>['byKind'], id: string): CallBody {
  const container = rejectCommand(
    id,
    'EINVAL',
    'the container has no driver to pass this command to',
    'drivers/vfio/vfio.c, vfio_fops_unl_ioctl, v5.14',
  );
  return {
    byKind: { iommufd: rejectCommand(id, 'EINVAL', UNKNOWN_COMMAND, CITE), container, ...byKind },
    other: rejectCommand(
      id,
      'ENOTTY',
      UNKNOWN_COMMAND,
      'drivers/vfio/vfio.c and drivers/vfio/pci/vfio_pci.c, v5.14',
    ),
  };
}
