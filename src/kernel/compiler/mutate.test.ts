import { describe, expect, it } from 'vitest';
import { compile } from './compile';
import type { Design, Routine, StepSpec } from '../language/design';
import { callResult, isEnabled, initialState, nextStep, step } from '../machine/machine';
import { mutate, stepNames } from './mutate';
import { makeMutation, parseMutation } from '../language/mutation';
import type { Mutation } from '../language/mutation';
import {
  cmpxchg,
  eq,
  fail,
  fdInstall,
  goto,
  increment,
  mutexLock,
  mutexUnlock,
  ret,
  storeRelease,
  branch,
} from '../language/primitives';
import type { Call, World } from '../language/world';
import { callsOf } from '../testing/callsOf';

const makeStep = (id: string, ops: StepSpec['ops']): StepSpec => ({ id, title: id, ops });
const open: Routine = {
  name: 'open',
  cite: 'a test',
  steps: [
    makeStep('OPEN.1', [mutexLock('device.lock')]),
    makeStep('OPEN.2', [
      branch(eq('device.count', 2), [fail('EBUSY', 'twice', { to: 'OPEN.5' })]),
      increment('device.count'),
    ]),
    makeStep('OPEN.3', [storeRelease('device.ready', 1), goto('OPEN.4')]),
    makeStep('OPEN.4', [fdInstall(), mutexUnlock('device.lock'), ret()]),
    makeStep('OPEN.5', [mutexUnlock('device.lock')]),
    makeStep('OPEN.6', [cmpxchg('device.ready', 1, 0, [goto('OPEN.7')])]),
    makeStep('OPEN.7', [ret()]),
  ],
};
const design: Design = {
  id: 'toy',
  revision: 1,
  title: 'toy',
  about: '',
  options: [],
  model: () => ({
    objects: [
      {
        type: 'device',
        role: 'device',
        per: 'device',
        name: '{device}',
        about: '',
        fields: { lock: { kind: 'mutex' }, count: { kind: 'int', hi: 2 }, ready: { kind: 'bool' } },
      },
    ],
    calls: callsOf({
      open_cdev: open,
    }),
    releases: {},
    parkedFileKinds: [],
    privateData: {},
    propertyInputs: {
      normalAccess: {},
      bound: {},
      ownerContext: {},
      unregisterDelays: [],
      counters: [],
    },
  }),
};
const world: World = { devices: [{ name: 'vfio0', group: '1' }], processes: ['qemu'] };
const calls: Call[] = [1, 2, 3].map((n) => ({
  by: 'qemu',
  call: 'open_cdev',
  device: 'vfio0',
  as: `fd${n}`,
}));

/** Executed steps, results and final values of three opens. */
function outcome(...mutations: Mutation[]) {
  const changed = mutate(design, {}, mutations);
  if (!changed.ok) return changed.message;
  const program = compile(changed.design, {}, world, calls);
  const state = initialState(program);
  const executed: string[] = [];
  while (isEnabled(program, state, 0)) {
    executed.push(nextStep(program, state, 0)?.id.slice(5) ?? '');
    step(program, state, 0);
  }
  const value = (name: string): number | undefined =>
    state[program.fields.find((f) => f.name === name)?.index ?? -1];
  return {
    executed: executed.join(' '),
    results: program.calls.map((c) => callResult(program, state, c.index)),
    count: value('count'),
    ready: value('ready'),
  };
}

const at = (id: string): string => `toy/open_cdev/${id}`;

describe('mutations', () => {
  it('change nothing if there are none', () => {
    expect(outcome()).toEqual({
      executed: '1 2 3 4 1 2 3 4 1 2 5 6 7',
      results: [0, 0, 'EBUSY'],
      count: 2,
      ready: 0,
    });
  });

  it('disable a step but keep its label and its jump', () => {
    expect(outcome({ kind: 'without', step: at('OPEN.2') })).toEqual({
      executed: '1 2 3 4 1 2 3 4 1 2 3 4',
      results: [0, 0, 0],
      count: 0,
      ready: 1,
    });
    expect(outcome({ kind: 'without', step: at('OPEN.3') })).toMatchObject({
      executed: '1 2 3 4 1 2 3 4 1 2 5 6 7',
      ready: 0,
    });
    expect(outcome({ kind: 'without', step: at('OPEN.5') })).toMatchObject({
      executed: '1 2 3 4 1 2 3 4 1 2 5 6 7',
    });
    expect(outcome({ kind: 'without', step: at('OPEN.1') })).toMatchObject({
      executed: '1 2 3 4 1 2 3 4 1 2 5 6 7',
    });
  });

  it('disable one operation of a step', () => {
    expect(outcome({ kind: 'without', step: at('OPEN.2'), op: 'add' })).toMatchObject({
      results: [0, 0, 0],
      count: 0,
    });
    expect(outcome({ kind: 'without', step: at('OPEN.2'), op: 'fget' })).toBe(
      'toy/open_cdev/OPEN.2 has no operation fget; it has test, fail, add',
    );
  });

  it('swap adjacent steps, keeping labels and jumps in place', () => {
    expect(outcome({ kind: 'swap', a: at('OPEN.2'), b: at('OPEN.3') })).toMatchObject({
      executed: '1 3 2 4 1 3 2 4 1 3 2 5 6 7',
      results: [0, 0, 'EBUSY'],
    });
    expect(outcome({ kind: 'swap', a: at('OPEN.6'), b: at('OPEN.5') })).toMatchObject({
      executed: '1 2 3 4 1 2 3 4 1 2 6 5 7',
    });
    expect(outcome({ kind: 'swap', a: at('OPEN.2'), b: at('OPEN.5') })).toBe(
      'toy/open_cdev/OPEN.2 and toy/open_cdev/OPEN.5 are not adjacent: between them are OPEN.3, OPEN.4; swap one step at a time',
    );
    expect(outcome({ kind: 'swap', a: at('OPEN.2'), b: 'toy/open_group/N.1' })).toContain(
      'are not steps of one routine',
    );
    expect(
      outcome(
        { kind: 'swap', a: at('OPEN.2'), b: at('OPEN.3') },
        { kind: 'swap', a: at('OPEN.3'), b: at('OPEN.2') },
      ),
    ).toEqual(outcome());
  });

  it('split a read-modify-write and make a release plain', () => {
    expect(outcome({ kind: 'split', step: at('OPEN.6') })).toMatchObject({
      executed: '1 2 3 4 1 2 3 4 1 2 5 6 6w 7',
      ready: 0,
    });
    expect(outcome({ kind: 'split', step: at('OPEN.2') })).toBe(
      'toy/open_cdev/OPEN.2 has no cmpxchg and no inc_not_zero',
    );
    expect(outcome({ kind: 'plain', step: at('OPEN.3') })).toEqual(outcome());
    expect(outcome({ kind: 'plain', step: at('OPEN.4') })).toBe(
      'toy/open_cdev/OPEN.4 has no store-release and no load-acquire',
    );
  });

  it('suggest names for an unknown step', () => {
    expect(outcome({ kind: 'without', step: at('OPEN.8') })).toMatch(
      /^unknown step "toy\/open_cdev\/OPEN\.8" \(did you mean "toy\/open_cdev\/OPEN\.1" or /,
    );
    expect(outcome({ kind: 'swap', a: at('OPEN.1'), b: at('OPN.2') })).toContain(
      'unknown step "toy/open_cdev/OPN.2" (did you mean "toy/open_cdev/OPEN.2"',
    );
    expect(stepNames(design, {})).toContain('toy/unregister_device/N.1');
  });

  it('round-trip through their text', () => {
    const all: Mutation[] = [
      { kind: 'without', step: 'a/b/C.1' },
      { kind: 'without', step: 'a/b/C.1', op: 'fget' },
      { kind: 'swap', a: 'a/b/C', b: 'a/b/D' },
      { kind: 'plain', step: 'x' },
      { kind: 'split', step: 'x' },
    ];
    for (const m of all) {
      const [flag = '', value = ''] = makeMutation(m).slice(2).split(' ');
      expect(parseMutation(flag as Mutation['kind'], value)).toEqual(m);
    }
    for (const bad of [
      ['swap', 'a'],
      ['swap', 'a,b,c'],
      ['without', ''],
      ['without', 'a#'],
      ['plain', 'a#fget'],
    ] as const)
      expect(parseMutation(bad[0], bad[1])).toBeUndefined();
  });
});
