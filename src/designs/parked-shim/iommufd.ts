import { F_OP } from '../../kernel/language/vfs';
import type { CallBody, ObjectType, Routine } from '../../kernel/language/design';
import {
  alloc,
  eq,
  fail,
  fallible,
  fdInstall,
  forEach,
  free,
  live,
  mutexLock,
  mutexUnlock,
  NULL,
  addressOf,
  refDec,
  ret,
  staticBranch,
  store,
  branch,
} from '../../kernel/language/primitives';
import { attachDevice, detachDevice } from '../shared/iommufd/attach';
import { clearShortterm, initIoas, SHORTTERM_USERS } from '../shared/iommufd/shortterm';
import type { ShorttermUse } from '../shared/iommufd/shortterm';
import {
  iommufdCtx,
  iommufdDevice,
  iommufdGroup,
  iommufdHwpt,
  iommufdIoas,
} from '../shared/iommufd/objects';
import { REVIEW_MAIL, kernelFacts } from '../shared/citations';
import { asDerived } from './bind';

const IOMMUFD_CITE = 'drivers/iommu/iommufd/main.c and ioas.c, v6.6';

/** The iommufd objects; files of these kinds are iommufd contexts. */
export function iommufdObjects(
  fileKinds: readonly ('iommufd' | 'container')[],
  shortterm: ShorttermUse,
  hwptAlloc = false,
): readonly ObjectType[] {
  const hwpt = iommufdHwpt(hwptAlloc ? shortterm : undefined);
  return [iommufdCtx, iommufdIoas(shortterm), hwpt, iommufdGroup]
    .map((type): ObjectType => ({ ...type, fileKinds }))
    .concat(iommufdDevice(shortterm));
}

/** open(2) of /dev/iommu. */
export const openIommufd: Routine = {
  name: 'iommufd_fops_open',
  cite: IOMMUFD_CITE,
  steps: [
    {
      id: 'IOPEN.1',
      title: 'allocate the context',
      confidence: 'SRC',
      ops: [fallible('kzalloc', 'ENOMEM', 'no memory'), alloc('ctx'), store('ctx.vfio_ioas', NULL)],
    },
    { id: 'IOPEN.2', title: 'install the fd', confidence: 'SRC', ops: [fdInstall(), ret()] },
  ],
};

/** open(2) of /dev/vfio/vfio: a container is an iommufd context with a compat ioas. */
export const openShimContainer: Routine = {
  name: 'vfio_fops_open',
  cite: `${kernelFacts('Parked fops: objects')}; ${REVIEW_MAIL}`,
  steps: [
    {
      id: 'COPEN.1',
      title: 'allocate an iommufd context with a compat ioas',
      confidence: 'DERIVED',
      ops: [
        fallible('kzalloc', 'ENOMEM', 'no memory'),
        alloc('ctx'),
        alloc('ioas'),
        ...initIoas(SHORTTERM_USERS, 'ioas'),
        store('ctx.vfio_ioas', addressOf('ioas')),
      ],
    },
    { id: 'COPEN.2', title: 'install the fd', confidence: 'DERIVED', ops: [fdInstall(), ret()] },
  ],
};

/** f_op->release of a context: destroys its objects, then the context. Bound devices hold the file, so none is left. */
export const releaseIommufd = (shortterm: ShorttermUse, hwptAlloc = false): Routine => ({
  name: 'iommufd_fops_release',
  cite: IOMMUFD_CITE,
  steps: [
    {
      id: 'IREL.1',
      title: 'destroy the remaining objects and the context',
      confidence: 'SRC',
      ops: [
        ...(hwptAlloc
          ? [
              forEach('hwpt', 'file', 'table', [
                branch(live('table'), [
                  branch(eq('table.published', 1), [
                    store('table.users', 0),
                    ...clearShortterm(shortterm, 'table'),
                    store('table.published', 0),
                    refDec('table.ioas.users'),
                    free('table'),
                  ]),
                ]),
              ]),
            ]
          : []),
        forEach('ioas', 'file', 'left', [
          branch(live('left'), [
            branch(eq('left.published', 1), [
              store('left.users', 0),
              ...clearShortterm(shortterm, 'left'),
              store('left.published', 0),
              free('left'),
            ]),
          ]),
        ]),
        store('ctx.vfio_ioas', NULL),
        free('ctx'),
        ret(),
      ],
    },
  ],
});

/** IOMMU_IOAS_ALLOC. */
export const ioasAlloc = (shortterm: ShorttermUse): Routine => ({
  name: 'iommufd_ioas_alloc_ioctl',
  cite: IOMMUFD_CITE,
  steps: [
    {
      id: 'IOAS.1',
      title: 'allocate an ioas and its id',
      confidence: 'SRC',
      ops: [
        fallible('iommufd_ioas_alloc', 'ENOMEM', 'no memory', { at: 'ctx' }),
        alloc('ioas/ioas'),
        ...initIoas(shortterm, 'ioas/ioas'),
        ret(),
      ],
    },
  ],
});

const failIfParked = branch(eq('file.f_op', F_OP.parked), [
  fail('EINVAL', 'the parked fops can only bind', { at: 'file' }),
]);

/** ATTACH_IOMMUFD_PT through normal fops, under the device lock. */
export const attachIoas: Routine = {
  name: 'vfio_device_ioctl_attach_pt',
  cite: `drivers/vfio/device_cdev.c, v6.6, with the lock of ${kernelFacts('Parked fops: objects')}`,
  steps: [
    {
      id: 'ATTACH.1',
      title: 'the VFS calls the handler of the file',
      confidence: 'DERIVED',
      ops: [
        failIfParked,
        fallible('copy_from_user', 'EFAULT', 'the argument cannot be read', { at: 'file' }),
      ],
    },
    {
      id: 'ATTACH.3',
      title: 'lock the device',
      confidence: 'DERIVED',
      ops: [mutexLock('device.lock')],
    },
    ...attachDevice({
      shortterm: SHORTTERM_USERS,
      stepId: 'ATTACH.4',
      ioas: {
        name: 'ioas',
        wrap: (ops) => [staticBranch({ arg: 'ioas', kinds: ['iommufd'] }, ops)],
      },
      idev: 'device.iommu_dev',
      attachedFlag: 'device.iommufd_attached',
      devicePointer: 'iommu_dev',
      onError: 'ATTACH.6',
      next: 'ATTACH.6',
    }).map(asDerived),
    {
      id: 'ATTACH.6',
      title: 'unlock the device',
      confidence: 'DERIVED',
      ops: [mutexUnlock('device.lock'), ret()],
    },
  ],
};

/** DETACH_IOMMUFD_PT through normal fops; succeeds if the device is not attached. */
export const detachIoas: Routine = {
  name: 'vfio_device_ioctl_detach_pt',
  cite: `drivers/vfio/device_cdev.c, v6.6, with the lock of ${kernelFacts('Parked fops: objects')}`,
  steps: [
    {
      id: 'DETACH.1',
      title: 'the VFS calls the handler of the file',
      confidence: 'DERIVED',
      ops: [
        failIfParked,
        fallible('copy_from_user', 'EFAULT', 'the argument cannot be read', { at: 'file' }),
      ],
    },
    {
      id: 'DETACH.3',
      title: 'lock the device; done if not attached',
      confidence: 'DERIVED',
      ops: [
        mutexLock('device.lock'),
        branch(eq('device.iommufd_attached', 0), [mutexUnlock('device.lock'), ret()]),
      ],
    },
    ...detachDevice({ prefix: 'DETACH.4:', idev: 'device.iommu_dev', next: 'DETACH.5' }).map(
      asDerived,
    ),
    {
      id: 'DETACH.5',
      title: 'clear iommufd_attached, unlock the device',
      confidence: 'DERIVED',
      ops: [store('device.iommufd_attached', 0), mutexUnlock('device.lock'), ret()],
    },
  ],
};

/** What a file returns for a call that it does not support. */
export function rejectCommand(id: string, errno: 'ENOTTY' | 'EINVAL', why: string): Routine {
  return {
    name: 'ioctl',
    cite: kernelFacts('Parked fops: calls'),
    steps: [{ id, title: why, confidence: 'DERIVED', ops: [fail(errno, why, { at: 'file' })] }],
  };
}

/** A call that these kinds of file support; others return -ENOTTY. */
export function supportedOn(byKind: Exclude<CallBody, Routine>['byKind'], id: string): CallBody {
  return { byKind, other: rejectCommand(id, 'ENOTTY', 'the file does not support this command') };
}
