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
import { REPLY_MAIL, kernelFacts } from '../shared/citations';
import { OPENED_BY } from './options';
import type { ExtraState } from './options';

const cite = `${kernelFacts('Type1 kept separate')}; ${REPLY_MAIL}`;
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

/** Steps of the extra state in bind. */
export function extraBindSteps(extraState: ExtraState): ExtraBindSteps {
  const busy = (to: string): Op =>
    fail('EBUSY', 'the device is already in use', { at: 'device', to });
  switch (extraState) {
    case 'none':
      return NO_EXTRA_BIND_STEPS;
    case 'perDevice':
      return {
        ...NO_EXTRA_BIND_STEPS,
        underLock: [
          extraStep('BIND.4b', 'mark the device as used by the cdev path', [
            branch(ne('device.opened_by', OPENED_BY.none), [busy('BIND.U1')]),
            store('device.opened_by', OPENED_BY.cdev),
            store('device.opened', 1),
          ]),
        ],
        undoUnderLock: [
          extraStep('BIND.U2', 'undo: mark the device as unused', [
            store('device.opened_by', OPENED_BY.none),
            store('device.opened', 0),
          ]),
        ],
      };
    case 'perDeviceUnlocked':
      return {
        ...NO_EXTRA_BIND_STEPS,
        beforeLock: [
          extraStep('BIND.2b', 'check that the device is unused, without a lock', [
            branch(ne('device.opened_by', OPENED_BY.none), [busy('BIND.U0')]),
          ]),
          extraStep('BIND.2c', 'mark the device as used by the cdev path, without a lock', [
            store('device.opened_by', OPENED_BY.cdev),
          ]),
        ],
        undoBeforeLock: [
          extraStep('BIND.U0b', 'undo: mark the device as unused', [
            store('device.opened_by', OPENED_BY.none),
          ]),
        ],
      };
    case 'perGroup':
      return {
        ...NO_EXTRA_BIND_STEPS,
        beforeLock: [
          extraStep(
            'BIND.2b',
            'mark the group as used by the cdev path',
            takeGroupUse('cdev', 'BIND.U0'),
          ),
        ],
        undoBeforeLock: [extraStep('BIND.U0b', 'undo: drop the use of the group', dropGroupUse())],
      };
  }
}

/** Steps of the extra state in the release of a bound cdev file. */
export function extraReleaseSteps(extraState: ExtraState): ExtraReleaseSteps {
  switch (extraState) {
    case 'none':
      return { underLock: [], afterUnlock: [] };
    case 'perDevice':
      return {
        underLock: [
          extraStep('REL.5', 'mark the device as unused', [
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
          extraStep('REL.6b', 'mark the device as unused, without a lock', [
            store('device.opened_by', OPENED_BY.none),
          ]),
        ],
      };
    case 'perGroup':
      return {
        underLock: [],
        afterUnlock: [extraStep('REL.6b', 'drop the use of the group', dropGroupUse())],
      };
  }
}

/** Steps of the extra state in GET_DEVICE_FD; a failure continues at `to`. */
export function extraGetDeviceFdSteps(extraState: ExtraState, to: string): readonly StepSpec[] {
  const taken = (then: readonly Op[]): Op =>
    branch(eq('device.opened_by', OPENED_BY.cdev), [
      ...then,
      fail('EBUSY', 'the device is in use through the cdev path', { at: 'device', to }),
    ]);
  switch (extraState) {
    case 'none':
      return [];
    case 'perDevice':
      return [
        extraStep('GDF.6', 'mark the device as used by the group path', [
          mutexLock('device.lock'),
          taken([mutexUnlock('device.lock')]),
          store('device.opened_by', OPENED_BY.group),
          increment('device.opened'),
          mutexUnlock('device.lock'),
        ]),
      ];
    case 'perDeviceUnlocked':
      return [
        extraStep('GDF.6a', 'check that the device is unused, without a lock', [taken([])]),
        extraStep('GDF.6b', 'mark the device as used by the group path, without a lock', [
          store('device.opened_by', OPENED_BY.group),
        ]),
      ];
    case 'perGroup':
      return [extraStep('GDF.6', 'count a user of the group path', takeGroupUse('group', to))];
  }
}

/** Undoes `extraGetDeviceFdSteps`: in its unwinding and in the release of a group device fd. */
export function dropDeviceUse(extraState: ExtraState, id: string): readonly StepSpec[] {
  switch (extraState) {
    case 'none':
      return [];
    case 'perDevice':
      return [
        extraStep(id, 'drop a use of the device', [
          mutexLock('device.lock'),
          decrement('device.opened'),
          branch(eq('device.opened', 0), [store('device.opened_by', OPENED_BY.none)]),
          mutexUnlock('device.lock'),
        ]),
      ];
    case 'perDeviceUnlocked':
      return [
        extraStep(id, 'the last user marks the device as unused, without a lock', [
          branch(eq('device.open_count', 0), [store('device.opened_by', OPENED_BY.none)]),
        ]),
      ];
    case 'perGroup':
      return [extraStep(id, 'drop a use of the group path', dropGroupUse())];
  }
}

/** Steps of the extra state in group open: takes `opened_lock` inside `group_lock`. */
export function extraOpenGroupSteps(extraState: ExtraState, to: string): readonly StepSpec[] {
  return extraState === 'perGroup'
    ? [extraStep('GOPEN.3b', 'mark the group as used by the group path', takeGroupUse('group', to))]
    : [];
}

/** Steps of the extra state in the release of a group file. */
export function extraReleaseGroupSteps(extraState: ExtraState): readonly StepSpec[] {
  return extraState === 'perGroup'
    ? [extraStep('GREL.3', 'drop the use of the group path', dropGroupUse())]
    : [];
}
