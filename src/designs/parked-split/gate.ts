import type { StepSpec } from '../../kernel/design';
import {
  decrement,
  eq,
  fail,
  increment,
  mutexLock,
  mutexUnlock,
  ne,
  store,
  test,
} from '../../kernel/primitives';
import type { Op } from '../../kernel/primitives';
import { NO_GATE } from '../parked-shim/bind';
import type { BindGate } from '../parked-shim/bind';
import type { ReleaseGate } from '../parked-shim/release';
import { REPLY, section } from '../thread2021';
import { OPENED_BY } from './choice';
import type { ExtraState } from './choice';

const cite = `${section('4.3')}; ${REPLY}`;
const row = (id: string, title: string, ops: readonly Op[]): StepSpec => ({
  id,
  title,
  cite,
  confidence: 'DERIVED',
  ops,
});

const leaveGroup = (): readonly Op[] => [
  mutexLock('group.opened_lock'),
  decrement('group.opened_count'),
  test(eq('group.opened_count', 0), [store('group.opened_by', OPENED_BY.none)]),
  mutexUnlock('group.opened_lock'),
];

const enterGroup = (as: 'group' | 'cdev', to: string): readonly Op[] => [
  mutexLock('group.opened_lock'),
  test(eq('group.opened_by', as === 'group' ? OPENED_BY.cdev : OPENED_BY.group), [
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
export function bindGate(extraState: ExtraState): BindGate {
  const busy = (to: string): Op =>
    fail('EBUSY', 'the device is already opened', { at: 'device', to });
  switch (extraState) {
    case 'none':
      return NO_GATE;
    case 'perDevice':
      return {
        ...NO_GATE,
        locked: [
          row('BIND.4b', 'take the device for the cdev path', [
            test(ne('device.opened_by', OPENED_BY.none), [busy('BIND.U1')]),
            store('device.opened_by', OPENED_BY.cdev),
            store('device.opened', 1),
          ]),
        ],
        undoLocked: [
          row('BIND.U2', 'undo: nobody has the device', [
            store('device.opened_by', OPENED_BY.none),
            store('device.opened', 0),
          ]),
        ],
      };
    case 'perDeviceUnlocked':
      return {
        ...NO_GATE,
        before: [
          row('BIND.2b', 'read who has the device, without a lock', [
            test(ne('device.opened_by', OPENED_BY.none), [busy('BIND.U0')]),
          ]),
          row('BIND.2c', 'write that the cdev path has it', [
            store('device.opened_by', OPENED_BY.cdev),
          ]),
        ],
        undoBefore: [
          row('BIND.U0b', 'undo: nobody has the device', [
            store('device.opened_by', OPENED_BY.none),
          ]),
        ],
      };
    case 'perGroup':
      return {
        ...NO_GATE,
        before: [row('BIND.2b', 'take the group for the cdev path', enterGroup('cdev', 'BIND.U0'))],
        undoBefore: [row('BIND.U0b', 'undo: leave the group', leaveGroup())],
      };
  }
}

/** What the release of a bound cdev file does for the extra state. */
export function releaseGate(extraState: ExtraState): ReleaseGate {
  switch (extraState) {
    case 'none':
      return { locked: [], unlocked: [] };
    case 'perDevice':
      return {
        locked: [
          row('REL.5', 'nobody has the device', [
            store('device.opened_by', OPENED_BY.none),
            store('device.opened', 0),
          ]),
        ],
        unlocked: [],
      };
    case 'perDeviceUnlocked':
      return {
        locked: [],
        unlocked: [
          row('REL.6b', 'nobody has the device, written without a lock', [
            store('device.opened_by', OPENED_BY.none),
          ]),
        ],
      };
    case 'perGroup':
      return { locked: [], unlocked: [row('REL.6b', 'leave the group', leaveGroup())] };
  }
}

/** What GET_DEVICE_FD does for the extra state, with the step that a refusal goes on with. */
export function getDeviceGate(extraState: ExtraState, to: string): readonly StepSpec[] {
  const taken = (then: readonly Op[]): Op =>
    test(eq('device.opened_by', OPENED_BY.cdev), [
      ...then,
      fail('EBUSY', 'the device is opened through the cdev path', { at: 'device', to }),
    ]);
  switch (extraState) {
    case 'none':
      return [];
    case 'perDevice':
      return [
        row('GDF.6', 'take the device for the group path', [
          mutexLock('device.lock'),
          taken([mutexUnlock('device.lock')]),
          store('device.opened_by', OPENED_BY.group),
          increment('device.opened'),
          mutexUnlock('device.lock'),
        ]),
      ];
    case 'perDeviceUnlocked':
      return [
        row('GDF.6a', 'read who has the device, without a lock', [taken([])]),
        row('GDF.6b', 'write that the group path has it', [
          store('device.opened_by', OPENED_BY.group),
        ]),
      ];
    case 'perGroup':
      return [row('GDF.6', 'count one more user of the group path', enterGroup('group', to))];
  }
}

/** Takes back what `getDeviceGate` did: in its unwinding and in the release of a group device fd. */
export function leaveDevice(extraState: ExtraState, id: string): readonly StepSpec[] {
  switch (extraState) {
    case 'none':
      return [];
    case 'perDevice':
      return [
        row(id, 'one user less of the device', [
          mutexLock('device.lock'),
          decrement('device.opened'),
          test(eq('device.opened', 0), [store('device.opened_by', OPENED_BY.none)]),
          mutexUnlock('device.lock'),
        ]),
      ];
    case 'perDeviceUnlocked':
      return [
        row(id, 'the last user leaves the device, without a lock', [
          test(eq('device.open_count', 0), [store('device.opened_by', OPENED_BY.none)]),
        ]),
      ];
    case 'perGroup':
      return [row(id, 'one user less of the group path', leaveGroup())];
  }
}

/** What the open of a group does for the extra state: its own lock inside the group's. */
export function openGroupGate(extraState: ExtraState, to: string): readonly StepSpec[] {
  return extraState === 'perGroup'
    ? [row('GOPEN.3b', 'take the group for the group path', enterGroup('group', to))]
    : [];
}

/** What the release of a group file does for the extra state. */
export function releaseGroupGate(extraState: ExtraState): readonly StepSpec[] {
  return extraState === 'perGroup' ? [row('GREL.3', 'leave the group path', leaveGroup())] : [];
}
