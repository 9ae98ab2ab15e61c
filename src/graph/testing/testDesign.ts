import { F_OP } from '../../kernel/language/vfs';
import { compile } from '../../kernel/compiler/compile';
import type { Design, ObjectType, Routine } from '../../kernel/language/design';
import {
  enabled,
  initialState,
  makeEventBuffer,
  readEvents,
  step,
  type StepEvent,
} from '../../kernel/machine/machine';
import {
  alloc,
  cdevAdd,
  complete,
  driverOp,
  eq,
  fail,
  fdInstall,
  free,
  increment,
  mutexLock,
  mutexUnlock,
  addressOf,
  refDec,
  refIncNotZero,
  replaceFops,
  ret,
  store,
  branch as when,
  waitForCompletion,
} from '../../kernel/language/primitives';
import type { Program } from '../../kernel/compiler/program';
import type { Call, World } from '../../kernel/language/world';
import { callsOf } from '../../kernel/testing/callsOf';

const routine = (name: string, steps: Routine['steps']): Routine => ({
  name,
  cite: 'made for the tests of the stage',
  steps,
});
/** A minimal design for graph and stage tests: parked fops, a lock, an owner, a cdev, an unregister that waits. */
const testDesign: Design = {
  id: 'toy',
  revision: 1,
  title: 'Toy',
  about: '',
  options: [],
  model: () => ({
    objects: [
      {
        type: 'vfio_device',
        role: 'device',
        per: 'device',
        name: '{device}',
        about: '',
        fields: {
          refcount: { kind: 'refcount', hi: 9, init: 1 },
          lock: { kind: 'mutex' },
          users: { kind: 'int', hi: 9 },
          mapped: { kind: 'bool', init: 1 },
          comp: { kind: 'completion', counter: 'refcount' },
          owner: { kind: 'pointer', types: ['file'], edge: 'reference' },
          iommu: { kind: 'link', type: 'iommu_group', edge: 'member' },
        },
      },
      {
        type: 'vfio_device_set',
        role: 'set',
        per: 'devset',
        name: 'set {devset}',
        about: '',
        fields: { lock: { kind: 'mutex' } },
      },
      {
        type: 'iommu_group',
        role: 'iommu',
        per: 'group',
        name: 'group {group}',
        about: '',
        fields: { owner_cnt: { kind: 'int', hi: 9 } },
      },
      {
        type: 'priv',
        role: 'priv',
        per: 'file',
        fileKinds: ['cdev'],
        name: '{file}.priv',
        about: '',
        lifetime: {},
        fields: {
          on: { kind: 'bool' },
          device: { kind: 'link', type: 'vfio_device', edge: 'pointer' },
        },
      },
    ] satisfies ObjectType[] as ObjectType[],
    calls: callsOf({
      open_cdev: routine('open', [
        {
          id: 'O.1',
          title: 'take a reference',
          ops: [refIncNotZero('device.refcount', [fail('ENODEV', 'going away', { at: 'device' })])],
        },
        { id: 'O.2', title: 'install', ops: [alloc('priv'), fdInstall(), ret()] },
      ]),
      bind_iommufd: routine('bind', [
        { id: 'B.1', title: 'take the lock', ops: [mutexLock('priv.device.lock')] },
        {
          id: 'B.2',
          title: 'is it free?',
          ops: [
            when(eq('device.users', 0), [], [fail('EBUSY', 'bound', { at: 'device', to: 'B.5' })]),
          ],
        },
        {
          id: 'B.3',
          title: 'own it',
          ops: [increment('device.users'), store('device.owner', addressOf('file'))],
        },
        { id: 'B.4', title: 'swap the fops', ops: [replaceFops('file', 'normal')] },
        { id: 'B.5', title: 'unlock', ops: [mutexUnlock('device.lock'), ret()] },
      ]),
      device_io: routine('io', [
        { id: 'IO.1', title: 'io', ops: [driverOp('read', { file: 'file' }), ret()] },
      ]),
      unregister_device: routine('unreg', [
        { id: 'U.1', title: 'drop', ops: [refDec('device.refcount', [complete('device.comp')])] },
        { id: 'U.2', title: 'wait', ops: [waitForCompletion('device.comp'), ret()] },
      ]),
      open_iommufd: routine('ctx', [{ id: 'C.1', title: 'open', ops: [fdInstall(), ret()] }]),
      register_device: routine('reg', [
        { id: 'G.1', title: 'add the cdev', ops: [cdevAdd('device.mapped'), ret()] },
      ]),
    }),
    releases: {
      cdev: routine('release', [
        { id: 'R.1', title: 'free', ops: [free('priv')] },
        {
          id: 'R.2',
          title: 'put',
          ops: [refDec('device.refcount', [complete('device.comp')]), ret()],
        },
      ]),
    },
    parkedFileKinds: ['cdev'],
    privateData: { cdev: 'priv' },
    propertyInputs: {
      normalAccess: { cdev: eq('file.f_op', F_OP.normal) },
      bound: { cdev: eq('file.f_op', F_OP.normal) },
      ownerContext: {},
      unregisterDelays: [],
      counters: [
        {
          counter: 'vfio_device.refcount',
          holders: [{ type: 'file', when: { live: 'file' }, countsOn: 'device', label: 'open' }],
        },
      ],
    },
  }),
};

const testWorld: World = {
  devices: [
    { name: 'vfio0', group: '1' },
    { name: 'vfio1', group: '2' },
  ],
  processes: ['a', 'b'],
};

/** Two processes race to bind one device, and the driver unregisters it. */
export const testCalls: readonly Call[] = [
  { by: 'a', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
  { by: 'a', call: 'open_iommufd', as: 'i1' },
  { by: 'a', call: 'bind_iommufd', fd: 'fd1', iommufd: 'i1' },
  { by: 'a', call: 'close', fd: 'fd1' },
  { by: 'b', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
  { by: 'b', call: 'open_iommufd', as: 'i2' },
  { by: 'b', call: 'bind_iommufd', fd: 'fd2', iommufd: 'i2' },
  { by: 'driver', call: 'unregister_device', device: 'vfio0' },
];

/** A program of the test design. */
export function testProgram(calls: readonly Call[] = testCalls, world: World = testWorld): Program {
  return compile(testDesign, {}, world, calls);
}

/** Runs a program from its initial state; `choices[i]` modulo the number of enabled tasks picks the task of step i. Calls `visit` after each step. */
export function walkProgram(
  program: Program,
  choices: readonly number[],
  visit: (
    state: Int32Array,
    previous: Int32Array,
    events: readonly StepEvent[],
    choice: number,
  ) => void,
): void {
  const state = initialState(program);
  const buffer = makeEventBuffer();
  for (const choice of choices) {
    const tasks = enabled(program, state);
    const task = tasks[choice % Math.max(1, tasks.length)];
    if (task === undefined) return;
    const previous = state.slice();
    step(program, state, task, buffer);
    visit(state, previous, readEvents(program, buffer), choice);
  }
}
