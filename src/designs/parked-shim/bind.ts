import { F_OP } from '../../kernel/language/vfs';
import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  driverOp,
  eq,
  fail,
  fallible,
  fget,
  fput,
  increment,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  addressOf,
  replaceFops,
  ret,
  comment,
  staticBranch,
  store,
  branch,
} from '../../kernel/language/primitives';
import { bindDevice, unbindDevice } from '../shared/iommufd/bind';
import { SHORTTERM_USERS } from '../shared/iommufd/shortterm';
import type { ContextRef } from '../shared/iommufd/bind';
import { REPLY_MAIL, REVIEW_MAIL, kernelFacts } from '../shared/citations';

/** Steps that a variant adds to the bind of the proposal. */
export interface ExtraBindSteps {
  /** After the iommufd lookup, before the device lock. */
  readonly beforeLock: readonly StepSpec[];
  /** Under the device lock, before the claim; on failure they go to `BIND.U1`. */
  readonly underLock: readonly StepSpec[];
  /** Undo `underLock` if a later step fails; entered at the first, they fall through to `BIND.U1`. */
  readonly undoUnderLock: readonly StepSpec[];
  /** Rows that undo 'before', after the lock is dropped. */
  readonly undoBeforeLock: readonly StepSpec[];
}

/** The proposal without additions. */
export const NO_EXTRA_BIND_STEPS: ExtraBindSteps = {
  beforeLock: [],
  underLock: [],
  undoUnderLock: [],
  undoBeforeLock: [],
};

/** The context of the argument; other kinds of file have failed before. */
const argumentContext: ContextRef = {
  name: 'iommufd',
  wrap: (ops) => [staticBranch({ arg: 'iommufd', kinds: ['iommufd'] }, ops)],
};

/** The bind ioctl of the parked fops: one bind per device, under its lock; success replaces the f_op of this file. */
export function bindIommufd(
  choice: { readonly perDeviceCheck: boolean; readonly anyDomain: boolean },
  extra: ExtraBindSteps,
): Routine {
  const undo = extra.undoUnderLock[0]?.id ?? 'BIND.U1';
  return {
    name: 'vfio_parked_ioctl_bind_iommufd',
    cite: `${kernelFacts('Parked fops: bind')}; ${REVIEW_MAIL}; ${REPLY_MAIL}`,
    steps: [
      {
        id: 'BIND.1',
        title: 'the VFS calls the parked handler, which copies the argument',
        confidence: 'DERIVED',
        ops: [
          branch(ne('file.f_op', F_OP.parked), [
            fail('ENOTTY', 'the normal fops have no bind command', { at: 'file' }),
          ]),
          fallible('copy_from_user', 'EFAULT', 'the argument cannot be read', { at: 'file' }),
        ],
      },
      {
        id: 'BIND.2',
        title: 'look up the iommufd',
        confidence: 'DERIVED',
        ops: [
          branch(eq('iommufd/fd.installed', 0), [
            fail('EBADF', 'the iommufd is not open', { at: 'file' }),
          ]),
          staticBranch(
            { arg: 'iommufd', kinds: ['iommufd'] },
            [],
            [fail('EBADFD', 'the file is not an iommufd', { at: 'iommufd/file' })],
          ),
          fget('iommufd/file'),
        ],
      },
      ...extra.beforeLock,
      {
        id: 'BIND.3',
        title: 'lock the device',
        confidence: 'DERIVED',
        ops: [mutexLock('device.lock')],
      },
      {
        id: 'BIND.4',
        title: 'check that no iommu context is recorded',
        confidence: 'DERIVED',
        ops: choice.perDeviceCheck
          ? [
              branch(ne('device.iommu_dev', NULL), [
                fail('EBUSY', 'the device is already bound', {
                  at: 'device',
                  to: 'BIND.U1',
                }),
              ]),
            ]
          : [comment('no check of device->iommu_dev: only the owner claim can fail')],
      },
      ...extra.underLock,
      ...bindDevice({
        shortterm: SHORTTERM_USERS,
        prefix: 'BIND.5:',
        ctx: argumentContext,
        idev: 'idev',
        skipDomainCheck: choice.anyDomain,
        onError: undo,
        next: 'BIND.6',
      }).map(asDerived),
      {
        id: 'BIND.6',
        title: 'record the iommu context in the device',
        confidence: 'DERIVED',
        ops: [store('device.iommu_dev', addressOf('idev'))],
      },
      {
        id: 'BIND.7a',
        title: 'pin the driver module',
        confidence: 'DERIVED',
        ops: [
          fallible('try_module_get', 'ENODEV', 'the driver module is going away', {
            at: 'device',
            to: 'BIND.U3:IUNBIND.2',
          }),
        ],
      },
      {
        id: 'BIND.7b',
        title: 'run the open op of the driver',
        confidence: 'DERIVED',
        ops: [
          fallible('open_device', 'EIO', 'open_device of the driver fails', {
            at: 'device',
            to: 'BIND.U3:IUNBIND.2',
          }),
          driverOp('open_device', { file: 'file', insideBind: true }),
          increment('device.open_count'),
        ],
      },
      {
        id: 'BIND.8',
        title: 'replace the fops of this file: parked to normal',
        confidence: 'DERIVED',
        ops: [replaceFops('file', 'normal')],
      },
      {
        id: 'BIND.9',
        title: 'unlock the device and return the device id',
        confidence: 'DERIVED',
        ops: [mutexUnlock('device.lock'), fput('iommufd/file'), ret()],
      },
      ...unbindDevice({
        shortterm: SHORTTERM_USERS,
        prefix: 'BIND.U3:',
        idev: 'idev',
        pointer: 'device.iommu_dev',
        detach: undefined,
        next: undo,
      }).map(asDerived),
      ...extra.undoUnderLock,
      {
        id: 'BIND.U1',
        title: 'undo: unlock the device',
        confidence: 'DERIVED',
        ops: [mutexUnlock('device.lock')],
      },
      ...extra.undoBeforeLock,
      {
        id: 'BIND.U0',
        title: 'undo: put the iommufd',
        confidence: 'DERIVED',
        ops: [fput('iommufd/file'), ret()],
      },
    ],
  };
}

/** A step of an upstream table in a design that was never posted as code. */
export function asDerived(step: StepSpec): StepSpec {
  return { ...step, confidence: 'DERIVED' };
}
