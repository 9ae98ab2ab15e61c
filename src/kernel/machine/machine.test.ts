import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../compiler/compile';
import type { Design, ObjectType, Routine } from '../language/design';
import {
  callResult,
  isEnabled,
  enabled,
  initialState,
  makeEventBuffer,
  readEvents,
  step,
  waiters,
  currentWait,
} from './machine';
import {
  alloc,
  complete,
  driverOp,
  eq,
  fail,
  fdInstall,
  free,
  increment,
  listAdd,
  listDel,
  mutexLock,
  mutexUnlock,
  addressOf,
  refDec,
  refIncNotZero,
  ret,
  store,
  branch as when,
  waitForCompletion,
} from '../language/primitives';
import type { Program } from '../compiler/program';
import type { Call } from '../language/world';
import { callsOf } from '../testing/callsOf';

const routine = (name: string, steps: Routine['steps']): Routine => ({
  name,
  cite: 'made for this test',
  steps,
});
/** A miniature: one refcounted device, a lock, an owner; bind under the lock, unregister waits for the files. */
const toy: Design = {
  id: 'toy',
  revision: 1,
  title: 'Toy',
  about: '',
  options: [],
  model: () => ({
    objects: [
      {
        type: 'dev',
        role: 'device',
        per: 'device',
        name: '{device}',
        about: '',
        fields: {
          refcount: { kind: 'refcount', hi: 9, init: 1 },
          lock: { kind: 'mutex' },
          users: { kind: 'int', hi: 9 },
          comp: { kind: 'completion', counter: 'refcount' },
          owner: { kind: 'pointer', types: ['file'], edge: 'pointer' },
        },
      },
      {
        type: 'priv',
        role: 'priv',
        per: 'file',
        fileKinds: ['cdev'],
        name: '{file}.priv',
        about: '',
        lifetime: {},
        fields: { on: { kind: 'bool' }, device: { kind: 'link', type: 'dev', edge: 'pointer' } },
      },
    ] satisfies ObjectType[] as ObjectType[],
    calls: callsOf({
      open_cdev: routine('open', [
        {
          id: 'O.1',
          title: '',
          ops: [refIncNotZero('device.refcount', [fail('ENODEV', 'going away', { at: 'device' })])],
        },
        { id: 'O.2', title: '', ops: [alloc('priv'), fdInstall(), ret()] },
      ]),
      bind_iommufd: routine('bind', [
        {
          id: 'B.1',
          title: '',
          ops: [
            mutexLock('priv.device.lock'),
            when(eq('device.users', 0), [], [fail('EBUSY', 'bound', { at: 'device', to: 'B.3' })]),
          ],
        },
        {
          id: 'B.2',
          title: '',
          ops: [
            increment('device.users'),
            store('device.owner', addressOf('file')),
            store('priv.on', 1),
          ],
        },
        { id: 'B.3', title: '', ops: [mutexUnlock('device.lock'), ret()] },
      ]),
      device_io: routine('io', [
        {
          id: 'IO.1',
          title: '',
          ops: [
            when(eq('device.owner.f_count', 0), [fail('EIO', 'x')]),
            driverOp('read', { file: 'file' }),
            ret(),
          ],
        },
      ]),
      unregister_device: routine('unreg', [
        { id: 'U.1', title: '', ops: [refDec('device.refcount', [complete('device.comp')])] },
        { id: 'U.2', title: '', ops: [waitForCompletion('device.comp'), ret()] },
      ]),
      open_iommufd: routine('ctx', [{ id: 'C.1', title: '', ops: [fdInstall(), ret()] }]),
    }),
    releases: {
      cdev: routine('release', [
        {
          id: 'R.1',
          title: '',
          ops: [
            when(eq('priv.on', 1), [
              store('device.owner', 0),
              { kind: 'add', field: 'device.users', by: -1 },
            ]),
            free('priv'),
          ],
        },
        {
          id: 'R.2',
          title: '',
          ops: [refDec('device.refcount', [complete('device.comp')]), ret()],
        },
      ]),
    },
    parkedFileKinds: [],
    privateData: { cdev: 'priv' },
    propertyInputs: {
      normalAccess: { cdev: eq('priv.on', 1) },
      bound: { cdev: eq('priv.on', 1) },
      ownerContext: {},
      unregisterDelays: [],
      counters: [
        {
          counter: 'dev.refcount',
          holders: [{ type: 'file', when: { live: 'file' }, countsOn: 'device', label: 'open' }],
        },
      ],
    },
  }),
};

const race: Call[] = [
  { by: 'a', call: 'open_cdev', device: 'd', as: 'fd1' },
  { by: 'a', call: 'open_iommufd', as: 'i1' },
  { by: 'a', call: 'bind_iommufd', fd: 'fd1', iommufd: 'i1' },
  { by: 'a', call: 'close', fd: 'fd1' },
  { by: 'b', call: 'open_cdev', device: 'd', as: 'fd2' },
  { by: 'b', call: 'open_iommufd', as: 'i2' },
  { by: 'b', call: 'bind_iommufd', fd: 'fd2', iommufd: 'i2' },
  { by: 'b', call: 'close', fd: 'fd2' },
  { by: 'driver', call: 'unregister_device', device: 'd' },
];
const world = { devices: [{ name: 'd', group: '1' }], processes: ['a', 'b'] };
const make = (calls: Call[] = race): Program => compile(toy, {}, world, calls);

function drive(
  program: Program,
  choices: readonly number[],
): { state: Int32Array; schedule: number[]; texts: string[] } {
  const state = initialState(program);
  const schedule: number[] = [];
  const texts: string[] = [];
  const buffer = makeEventBuffer();
  for (const c of choices) {
    const can = enabled(program, state);
    if (can.length === 0) break;
    const task = can[c % can.length]!;
    step(program, state, task, buffer);
    schedule.push(task);
    texts.push(JSON.stringify(readEvents(program, buffer)));
  }
  return { state, schedule, texts };
}

const choices = fc.array(fc.nat(7), { maxLength: 60 });

describe('the machine', () => {
  it('replays a schedule to the same state and the same events', () => {
    const program = make();
    fc.assert(
      fc.property(choices, (cs) => {
        const one = drive(program, cs);
        const state = initialState(program);
        const buffer = makeEventBuffer();
        const texts = one.schedule.map((t) => {
          step(program, state, t, buffer);
          return JSON.stringify(readEvents(program, buffer));
        });
        expect(state).toEqual(one.state);
        expect(texts).toEqual(one.texts);
      }),
    );
  });

  it('continues from a copy of a state like from the original', () => {
    const program = make();
    fc.assert(
      fc.property(choices, fc.nat(7), (cs, next) => {
        const { state } = drive(program, cs);
        const copy = state.slice();
        const can = enabled(program, state);
        if (can.length === 0) return;
        step(program, state, can[next % can.length]!);
        step(program, copy, can[next % can.length]!);
        expect(copy).toEqual(state);
      }),
    );
  });

  it('throws on stepping a blocked task, which has a current wait', () => {
    const program = make();
    fc.assert(
      fc.property(choices, (cs) => {
        const { state } = drive(program, cs);
        for (const t of program.tasks) {
          if (isEnabled(program, state, t.index)) continue;
          const before = state.slice();
          expect(() => step(program, state, t.index)).toThrow(/is not enabled/);
          expect(state).toEqual(before);
          const finished = state[t.pc] === t.steps.length;
          expect(currentWait(program, state, t.index) === undefined).toBe(finished);
        }
      }),
    );
  });

  it('lets one task at a time into a mutex, and keeps the waiters in order', () => {
    const program = make();
    const lock = program.fields.find((f) => f.title === 'd.lock')!.index;
    const state = initialState(program);
    const [a, b] = [0, 1];
    for (const t of [a, a, a, a]) step(program, state, t);
    for (const t of [b, b, b]) step(program, state, t);
    expect(state[lock]).toBe(a + 1);
    expect(waiters(program, state, lock)).toEqual([b]);
    expect(isEnabled(program, state, b)).toBe(false);
    step(program, state, a);
    step(program, state, a);
    expect(state[lock]).toBe(0);
    expect(isEnabled(program, state, b)).toBe(true);
  });

  it('runs the release at return to user, and unregister waits for it', () => {
    const program = make([race[0]!, race[3]!, race[8]!]);
    const state = initialState(program);
    const [a, driver] = [0, 1];
    step(program, state, a);
    step(program, state, a);
    step(program, state, driver);
    expect(isEnabled(program, state, driver)).toBe(false);
    expect(currentWait(program, state, driver)).toMatchObject({ kind: 'completion' });
    step(program, state, a);
    expect(program.tasks[a]!.steps[state[program.tasks[a]!.pc]!]!.id).toBe('R.1');
    step(program, state, a);
    step(program, state, a);
    step(program, state, driver);
    expect(enabled(program, state)).toEqual([]);
  });

  it('skips a call whose fd was never made', () => {
    const program = make([race[8]!, race[0]!, race[3]!]);
    const state = initialState(program);
    step(program, state, 1);
    step(program, state, 1);
    step(program, state, 0);
    expect(callResult(program, state, 1)).toBe('ENODEV');
    const buffer = makeEventBuffer();
    step(program, state, 0, buffer);
    expect(readEvents(program, buffer).map((e) => e.template.kind)).toEqual(['skip']);
    expect(enabled(program, state)).toEqual([]);
  });

  it('tightens counters to what this scenario can reach', () => {
    const program = make();
    const f = program.fields.find((x) => x.title === 'd.refcount')!;
    expect([f.lo, f.hi]).toEqual([0, 3]);
    expect(program.fields.find((x) => x.title === 'fd1.f_op')!.constant).toBe(true);
  });

  it('reports a NULL pointer and continues', () => {
    const program = make([race[0]!, { by: 'a', call: 'device_io', fd: 'fd1' }]);
    const state = initialState(program);
    const buffer = makeEventBuffer();
    for (const t of [0, 0, 0]) step(program, state, t, buffer);
    expect(readEvents(program, buffer).map((e) => e.template)).toContainEqual(
      expect.objectContaining({ kind: 'violation', property: 'memory' }),
    );
  });

  it('puts no reference of an fd that it did not find', () => {
    const program = make([race[0]!, race[3]!, { by: 'a/2', call: 'device_io', fd: 'fd1' }]);
    const state = initialState(program);
    const buffer = makeEventBuffer();
    for (const t of [0, 0, 0, 0, 0]) step(program, state, t);
    step(program, state, 1, buffer);
    expect(callResult(program, state, 2)).toBe('EBADF');
    expect(readEvents(program, buffer).filter((e) => e.template.kind === 'violation')).toEqual([]);
  });

  it('lets one of two threads close an fd, in either order', () => {
    const program = make([race[0]!, race[3]!, { ...race[3]!, by: 'a/2' }]);
    for (const [first, second] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const state = initialState(program);
      const buffer = makeEventBuffer();
      for (const t of [0, 0, first, second]) step(program, state, t, buffer);
      expect(readEvents(program, buffer).filter((e) => e.template.kind === 'violation')).toEqual(
        [],
      );
      expect(callResult(program, state, second + 1)).toBe('EBADF');
    }
  });

  it('reports a driver op before the bind', () => {
    const calls: Call[] = [
      race[0]!,
      race[4]!,
      race[5]!,
      race[6]!,
      { by: 'a', call: 'device_io', fd: 'fd1' },
    ];
    const program = make(calls);
    const state = initialState(program);
    const buffer = makeEventBuffer();
    for (const t of [0, 0, 1, 1, 1, 1, 1, 1, 0]) step(program, state, t, buffer);
    expect(readEvents(program, buffer).map((e) => e.template)).toContainEqual(
      expect.objectContaining({ kind: 'violation', property: 'no-ops-before-bind' }),
    );
  });

  it('says when a list node is linked twice or unlinked from nothing', () => {
    const linked = routine('list', [
      { id: 'L.1', title: '', ops: [listAdd('device.next', 'devices', 'device')] },
      { id: 'L.2', title: '', ops: [listAdd('device.next', 'devices', 'device')] },
      { id: 'L.3', title: '', ops: [listDel('device.next', 'devices')] },
      { id: 'L.4', title: '', ops: [listDel('device.next', 'devices'), ret()] },
    ]);
    const listed: Design = {
      ...toy,
      model: (options) => {
        const model = toy.model(options);
        const [device, ...rest] = model.objects;
        return {
          ...model,
          calls: { ...model.calls, register_device: linked },
          objects: [
            {
              ...device!,
              fields: {
                ...device!.fields,
                next: { kind: 'pointer', types: ['dev'], edge: 'member' },
              },
            },
            ...rest,
          ],
        };
      },
    };
    const program = compile(listed, {}, world, [
      { by: 'driver', call: 'register_device', device: 'd' },
    ]);
    const state = initialState(program);
    const buffer = makeEventBuffer();
    const next = program.objects.find((o) => o.type === 'dev')!.fields['next']!;
    const seen = [1, 2, 3, 4].map(() => {
      step(program, state, 0, buffer);
      return [
        state[next],
        ...readEvents(program, buffer).flatMap((e) =>
          e.template.kind === 'violation' ? [e.template.property] : [],
        ),
      ];
    });
    expect(seen).toEqual([[1], [1, 'memory'], [0], [0, 'memory']]);
  });
});
