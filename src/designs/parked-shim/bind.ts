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
import type { ContextRef } from '../shared/iommufd/bind';
import { REPLY_MAIL, REVIEW_MAIL, domainSection } from '../shared/citations';

/** What a bind does besides the proposal's own steps; `undefined` for nothing. */
export interface ExtraBindSteps {
  /** Rows between fetching the iommufd and locking the device. */
  readonly beforeLock: readonly StepSpec[];
  /** Rows under the device's lock, in front of the claim; they go to `BIND.U1` when they refuse. */
  readonly underLock: readonly StepSpec[];
  /** Rows that undo `locked` when a later row fails; entered at the first, they fall through to `BIND.U1`. */
  readonly undoUnderLock: readonly StepSpec[];
  /** Rows that undo `before`, after the lock is dropped. */
  readonly undoBeforeLock: readonly StepSpec[];
}

/** No gate: the proposal as it stands. */
export const NO_EXTRA_BIND_STEPS: ExtraBindSteps = {
  beforeLock: [],
  underLock: [],
  undoUnderLock: [],
  undoBeforeLock: [],
};

/** The context of the argument; a file of another kind was refused before. */
const argumentContext: ContextRef = {
  name: 'iommufd',
  wrap: (ops) => [staticBranch({ arg: 'iommufd', kinds: ['iommufd'] }, ops)],
};

/** The bind ioctl of the parked fops: one per device, under its lock; success swaps the f_op of this file. */
export function bindIommufd(
  choice: { readonly perDeviceCheck: boolean; readonly anyDomain: boolean },
  gate: ExtraBindSteps,
): Routine {
  const undo = gate.undoUnderLock[0]?.id ?? 'BIND.U1';
  return {
    name: 'vfio_parked_ioctl_bind_iommufd',
    cite: `${domainSection('3.5')}; ${REVIEW_MAIL}; ${REPLY_MAIL}`,
    steps: [
      {
        id: 'BIND.1',
        title: 'the VFS calls the handler of the parked fops, which copies the argument',
        confidence: 'DERIVED',
        ops: [
          branch(ne('file.f_op', 0), [
            fail('ENOTTY', 'the normal fops have no bind command', { at: 'file' }),
          ]),
          fallible('copy_from_user', 'EFAULT', 'the argument cannot be read', { at: 'file' }),
        ],
      },
      {
        id: 'BIND.2',
        title: 'look the iommufd up',
        confidence: 'DERIVED',
        ops: [
          branch(eq('iommufd/fd.installed', 0), [
            fail('EBADF', 'the iommufd is not open', { at: 'file' }),
          ]),
          staticBranch(
            { arg: 'iommufd', kinds: ['iommufd'] },
            [],
            [fail('EBADFD', 'the file is no iommufd', { at: 'iommufd/file' })],
          ),
          fget('iommufd/file'),
        ],
      },
      ...gate.beforeLock,
      {
        id: 'BIND.3',
        title: 'lock the device',
        confidence: 'DERIVED',
        ops: [mutexLock('device.lock')],
      },
      {
        id: 'BIND.4',
        title: 'is an iommu context recorded?',
        confidence: 'DERIVED',
        ops: choice.perDeviceCheck
          ? [
              branch(ne('device.iommu_dev', NULL), [
                fail('EBUSY', 'the device is bound through another file', {
                  at: 'device',
                  to: 'BIND.U1',
                }),
              ]),
            ]
          : [comment('no check of device->iommu_dev: only the owner claim can refuse')],
      },
      ...gate.underLock,
      ...bindDevice({
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
          fallible('open_device', 'EIO', 'the driver refuses to open', {
            at: 'device',
            to: 'BIND.U3:IUNBIND.2',
          }),
          driverOp('open_device', { file: 'file', insideBind: true }),
          increment('device.open_count'),
        ],
      },
      {
        id: 'BIND.8',
        title: 'swap the fops of this file: parked to normal',
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
        prefix: 'BIND.U3:',
        idev: 'idev',
        pointer: 'device.iommu_dev',
        detach: undefined,
        next: undo,
      }).map(asDerived),
      ...gate.undoUnderLock,
      {
        id: 'BIND.U1',
        title: 'undo: unlock the device',
        confidence: 'DERIVED',
        ops: [mutexUnlock('device.lock')],
      },
      ...gate.undoBeforeLock,
      {
        id: 'BIND.U0',
        title: 'undo: put the iommufd',
        confidence: 'DERIVED',
        ops: [fput('iommufd/file'), ret()],
      },
    ],
  };
}

/** A row of an upstream table inside a design that was only proposed. */
export function asDerived(step: StepSpec): StepSpec {
  return { ...step, confidence: 'DERIVED' };
}
