import type { StepSpec } from '../../kernel/language/design';
import {
  decrement,
  eq,
  fail,
  increment,
  mutexLock,
  mutexUnlock,
  ne,
  store,
  branch,
} from '../../kernel/language/primitives';
import type { Op } from '../../kernel/language/primitives';
import { NO_EXTRA_BIND_STEPS } from '../parked-shim/bind';
import type { ExtraBindSteps } from '../parked-shim/bind';
import type { ExtraReleaseSteps } from '../parked-shim/release';
import { REPLY_MAIL, domainSection } from '../shared/citations';
import { OPENED_BY } from './options';
import type { ExtraState } from './options';

const cite = `${domainSection('4.3')}; ${REPLY_MAIL}`;
const extraStep = (id: string, title: string, ops: readonly Op[]): StepSpec => ({
  id,
  title,
  cite,
  confidence: 'DERIVED',
  ops,
});

const dropGroupUse = (): readonly Op[] => [
  mutexLock('group.opened_lock'),
  decrement('group.opened_count'),
  branch(eq('group.opened_count', 0), [store('group.opened_by', OPENED_BY.none)]),
  mutexUnlock('group.opened_lock'),
];

const takeGroupUse = (as: 'group' | 'cdev', to: string): readonly Op[] => [
  mutexLock('group.opened_lock'),
  branch(eq('group.opened_by', as === 'group' ? OPENED_BY.cdev : OPENED_BY.group), [
    mutexUnlock('group.opened_lock'),
    fail('EBUSY', `the group is in use through the ${as === 'group' ? 'cdev' : 'group'} path`, {
      at: 'group',
      to,
    }),
  ]),
  store('group.opened_by', OPENED_BY[as]),
  increment('group.opened_count'),
  mutexUnlock('group.opened_lock'),
];

/** What bind does for the extra state. */
export function extraBindSteps(extraState: ExtraState): ExtraBindSteps {
  const busy = (to: string): Op =>
    fail('EBUSY', 'the device is already opened', { at: 'device', to });
  switch (extraState) {
    case 'none':
      return NO_EXTRA_BIND_STEPS;
    case 'perDevice':
      return {
        ...NO_EXTRA_BIND_STEPS,
        underLock: [
          extraStep('BIND.4b', 'take the device for the cdev path', [
            branch(ne('device.opened_by', OPENED_BY.none), [busy('BIND.U1')]),
            store('device.opened_by', OPENED_BY.cdev),
            store('device.opened', 1),
          ]),
        ],
        undoUnderLock: [
          extraStep('BIND.U2', 'undo: nobody has the device', [
            store('device.opened_by', OPENED_BY.none),
            store('device.opened', 0),
          ]),
        ],
      };
    case 'perDeviceUnlocked':
      return {
        ...NO_EXTRA_BIND_STEPS,
        beforeLock: [
          extraStep('BIND.2b', 'read who has the device, without a lock', [
            branch(ne('device.opened_by', OPENED_BY.none), [busy('BIND.U0')]),
          ]),
          extraStep('BIND.2c', 'write that the cdev path has it', [
            store('device.opened_by', OPENED_BY.cdev),
          ]),
        ],
        undoBeforeLock: [
          extraStep('BIND.U0b', 'undo: nobody has the device', [
            store('device.opened_by', OPENED_BY.none),
          ]),
        ],
      };
    case 'perGroup':
      return {
        ...NO_EXTRA_BIND_STEPS,
        beforeLock: [
          extraStep('BIND.2b', 'take the group for the cdev path', takeGroupUse('cdev', 'BIND.U0')),
        ],
        undoBeforeLock: [extraStep('BIND.U0b', 'undo: leave the group', dropGroupUse())],
      };
  }
}

/** What the release of a bound cdev file does for the extra state. */
export function extraReleaseSteps(extraState: ExtraState): ExtraReleaseSteps {
  switch (extraState) {
    case 'none':
      return { underLock: [], afterUnlock: [] };
    case 'perDevice':
      return {
        underLock: [
          extraStep('REL.5', 'nobody has the device', [
            store('device.opened_by', OPENED_BY.none),
            store('device.opened', 0),
          ]),
        ],
        afterUnlock: [],
      };
    case 'perDeviceUnlocked':
      return {
        underLock: [],
        afterUnlock: [
          extraStep('REL.6b', 'nobody has the device, written without a lock', [
            store('device.opened_by', OPENED_BY.none),
          ]),
        ],
      };
    case 'perGroup':
      return {
        underLock: [],
        afterUnlock: [extraStep('REL.6b', 'leave the group', dropGroupUse())],
      };
  }
}

/** What GET_DEVICE_FD does for the extra state, with the step that a refusal goes on with. */
export function extraGetDeviceFdSteps(extraState: ExtraState, to: string): readonly StepSpec[] {
  const taken = (then: readonly Op[]): Op =>
    branch(eq('device.opened_by', OPENED_BY.cdev), [
      ...then,
      fail('EBUSY', 'the device is opened through the cdev path', { at: 'device', to }),
    ]);
  switch (extraState) {
    case 'none':
      return [];
    case 'perDevice':
      return [
        extraStep('GDF.6', 'take the device for the group path', [
          mutexLock('device.lock'),
          taken([mutexUnlock('device.lock')]),
          store('device.opened_by', OPENED_BY.group),
          increment('device.opened'),
          mutexUnlock('device.lock'),
        ]),
      ];
    case 'perDeviceUnlocked':
      return [
        extraStep('GDF.6a', 'read who has the device, without a lock', [taken([])]),
        extraStep('GDF.6b', 'write that the group path has it', [
          store('device.opened_by', OPENED_BY.group),
        ]),
      ];
    case 'perGroup':
      return [
        extraStep('GDF.6', 'count one more user of the group path', takeGroupUse('group', to)),
      ];
  }
}

/** Takes back what `getDeviceGate` did: in its unwinding and in the release of a group device fd. */
export function dropDeviceUse(extraState: ExtraState, id: string): readonly StepSpec[] {
  switch (extraState) {
    case 'none':
      return [];
    case 'perDevice':
      return [
        extraStep(id, 'one user less of the device', [
          mutexLock('device.lock'),
          decrement('device.opened'),
          branch(eq('device.opened', 0), [store('device.opened_by', OPENED_BY.none)]),
          mutexUnlock('device.lock'),
        ]),
      ];
    case 'perDeviceUnlocked':
      return [
        extraStep(id, 'the last user leaves the device, without a lock', [
          branch(eq('device.open_count', 0), [store('device.opened_by', OPENED_BY.none)]),
        ]),
      ];
    case 'perGroup':
      return [extraStep(id, 'one user less of the group path', dropGroupUse())];
  }
}

/** What the open of a group does for the extra state: its own lock inside the group's. */
export function extraOpenGroupSteps(extraState: ExtraState, to: string): readonly StepSpec[] {
  return extraState === 'perGroup'
    ? [extraStep('GOPEN.3b', 'take the group for the group path', takeGroupUse('group', to))]
    : [];
}

/** What the release of a group file does for the extra state. */
export function extraReleaseGroupSteps(extraState: ExtraState): readonly StepSpec[] {
  return extraState === 'perGroup'
    ? [extraStep('GREL.3', 'leave the group path', dropGroupUse())]
    : [];
}
