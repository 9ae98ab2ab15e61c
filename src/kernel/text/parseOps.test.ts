import { expect, it } from 'vitest';
import type { ObjectType } from '../language/design';
import { printOps } from '../language/printOps';
import type { Condition, Op } from '../language/primitives';
import {
  addressOf,
  currentTask,
  eq,
  eqAcquire,
  fdNumber,
  live,
  lt,
  ne,
} from '../language/primitives';
import { DiagnosticList } from './diagnostic';
import { tokenize } from './lexer';
import { OpParser } from './parseOps';
import { ObjectTypes } from './pathTypes';
import { TokenReader } from './tokenReader';

const OBJECTS: readonly ObjectType[] = [
  {
    type: 'thing',
    role: 'thing',
    per: 'device',
    name: '{device}',
    lifetime: {},
    about: '',
    fields: {
      lock: { kind: 'mutex' },
      count: { kind: 'refcount', hi: 3 },
      done: { kind: 'completion', counter: 'count' },
      flag: { kind: 'bool' },
      id: { kind: 'number', hi: 3 },
      state: { kind: 'enum', values: ['idle', 'busy'] },
      next: { kind: 'pointer', types: ['thing'], edge: 'pointer' },
    },
  },
];

/** The operation of this kind, which may share its shape with another kind. */
type OpOfKind<K extends Op['kind']> = Op extends infer O
  ? O extends { readonly kind: Op['kind'] }
    ? K extends O['kind']
      ? O
      : never
    : never
  : never;

/** At least one operation of each kind: a new kind of operation does not compile without one. */
const SAMPLES: { readonly [K in Op['kind']]: readonly OpOfKind<K>[] } = {
  mutexLock: [
    { kind: 'mutexLock', mutex: 'thing.lock' },
    { kind: 'mutexLock', mutex: 'thing.lock', rwsem: 'read' },
    { kind: 'mutexLock', mutex: 'thing.lock', rwsem: 'write' },
  ],
  mutexUnlock: [
    { kind: 'mutexUnlock', mutex: 'fd/thing.next.lock' },
    { kind: 'mutexUnlock', mutex: 'thing.lock', rwsem: 'read' },
    { kind: 'mutexUnlock', mutex: 'thing.lock', rwsem: 'write' },
  ],
  mutexTrylock: [
    { kind: 'mutexTrylock', mutex: 'thing.lock', otherwise: [] },
    { kind: 'mutexTrylock', mutex: 'thing.lock', otherwise: [{ kind: 'ret' }] },
    { kind: 'mutexTrylock', mutex: 'thing.lock', rwsem: 'write', otherwise: [{ kind: 'ret' }] },
  ],
  spin: [
    {
      kind: 'spin',
      lock: 'thing.list_lock',
      ops: [
        { kind: 'refInc', field: 'thing.count' },
        {
          kind: 'withPointer',
          pointer: 'thing.next',
          as: 'other',
          ops: [{ kind: 'free', object: 'other' }],
        },
      ],
    },
    {
      kind: 'spin',
      lock: 'thing.list_lock',
      ops: [
        { kind: 'refIncNotZero', field: 'thing.count', otherwise: [{ kind: 'goto', to: 'DO.2' }] },
        { kind: 'fallible', what: 'lookup', errno: 'ENXIO', reason: 'gone' },
        {
          kind: 'test',
          cond: eq('thing.flag', 0),
          then: [{ kind: 'fail', errno: 'ENXIO', reason: 'no number', to: 'DO.2' }],
          otherwise: [{ kind: 'ret' }],
        },
        { kind: 'refInc', field: 'thing.count' },
      ],
    },
  ],
  store: [
    { kind: 'store', field: 'thing.next', value: 0 },
    { kind: 'store', field: 'thing.next', value: addressOf('fd/thing') },
    { kind: 'store', field: 'thing.next', value: addressOf('thing.next') },
    { kind: 'store', field: 'thing.next', value: 'thing.next.next' },
    { kind: 'store', field: 'thing.count', value: -2 },
    { kind: 'store', field: 'thing.count', value: currentTask },
    { kind: 'store', field: 'thing.count', value: fdNumber('iommufd') },
    { kind: 'store', field: 'thing.state', value: { enumValue: 1, name: 'busy' } },
    { kind: 'store', field: 'thing.flag', value: 1, release: true },
  ],
  test: [
    { kind: 'test', cond: eq('thing.flag', 0), then: [], otherwise: [] },
    { kind: 'test', cond: ne('thing.next', 0), then: [{ kind: 'ret' }], otherwise: [] },
    { kind: 'test', cond: lt(0, 'thing.count'), then: [], otherwise: [{ kind: 'ret' }] },
    {
      kind: 'test',
      cond: live('thing'),
      then: [{ kind: 'ret' }],
      otherwise: [
        { kind: 'test', cond: live('thing'), then: [], otherwise: [{ kind: 'goto', to: 'A' }] },
      ],
    },
  ],
  staticTest: [
    {
      kind: 'staticTest',
      test: { arg: 'fd', kinds: ['cdev', 'device'] },
      then: [{ kind: 'ret' }],
      otherwise: [],
    },
    { kind: 'staticTest', test: 'device-in-group', then: [], otherwise: [{ kind: 'ret' }] },
    { kind: 'staticTest', test: 'object-is-ioas', then: [], otherwise: [] },
    { kind: 'staticTest', test: 'no-groups', then: [], otherwise: [] },
    { kind: 'staticTest', test: 'more-groups-than-devices', then: [], otherwise: [] },
    { kind: 'staticTest', test: 'scenario-resets', then: [], otherwise: [] },
    {
      kind: 'staticTest',
      test: 'same-iommufd',
      then: [{ kind: 'ret' }],
      otherwise: [{ kind: 'ret' }],
    },
  ],
  withPointer: [
    { kind: 'withPointer', pointer: 'thing.next', as: 'other', ops: [] },
    {
      kind: 'withPointer',
      pointer: 'thing.next',
      as: 'other',
      ops: [
        { kind: 'refInc', field: 'other.count' },
        { kind: 'free', object: 'other/thing' },
      ],
    },
  ],
  forEach: [
    { kind: 'forEach', role: 'thing', as: 'each', ops: [{ kind: 'refInc', field: 'each.count' }] },
    { kind: 'forEach', role: 'thing', matchOn: 'device', as: 'each', ops: [] },
  ],
  forEachFd: [
    {
      kind: 'forEachFd',
      arg: 'groups',
      kinds: ['group', 'iommufd'],
      as: 'g',
      ops: [{ kind: 'fget', file: 'g/file' }],
      otherwise: [{ kind: 'fail', errno: 'EINVAL', reason: 'no group' }],
    },
    { kind: 'forEachFd', arg: 'groups', kinds: ['group'], as: 'g', ops: [], otherwise: [] },
  ],
  refInc: [{ kind: 'refInc', field: 'thing.count' }],
  refDec: [
    { kind: 'refDec', field: 'thing.count', onZero: [] },
    { kind: 'refDec', field: 'thing.count', onZero: [{ kind: 'free', object: 'thing' }] },
  ],
  refIncNotZero: [
    { kind: 'refIncNotZero', field: 'thing.count', otherwise: [] },
    { kind: 'refIncNotZero', field: 'thing.count', otherwise: [{ kind: 'ret' }] },
  ],
  add: [
    { kind: 'add', field: 'thing.count', by: 1 },
    { kind: 'add', field: 'thing.count', by: -1 },
  ],
  cmpxchg: [
    { kind: 'cmpxchg', field: 'thing.next', from: 0, to: addressOf('thing'), otherwise: [] },
    { kind: 'cmpxchg', field: 'thing.flag', from: 0, to: 1, otherwise: [{ kind: 'ret' }] },
  ],
  alloc: [
    { kind: 'alloc', object: 'thing' },
    { kind: 'alloc', object: 'fd/thing' },
    { kind: 'alloc', object: 'thing.next' },
  ],
  free: [{ kind: 'free', object: 'thing' }],
  fget: [{ kind: 'fget', file: 'fd/file' }],
  fput: [{ kind: 'fput', file: 'fd/file' }],
  fdInstall: [{ kind: 'fdInstall' }],
  fdRemove: [
    { kind: 'fdRemove', fd: 'fd' },
    { kind: 'fdRemove', fd: 'fd/fd' },
  ],
  replaceFops: [
    { kind: 'replaceFops', file: 'file', to: 'parked' },
    { kind: 'replaceFops', file: 'file', to: 'normal' },
  ],
  complete: [{ kind: 'complete', completion: 'thing.done' }],
  waitForCompletion: [
    { kind: 'waitForCompletion', completion: 'thing.done' },
    { kind: 'waitForCompletion', completion: 'thing.done', onTimeout: [{ kind: 'ret' }] },
  ],
  cdevAdd: [
    { kind: 'cdevAdd', field: 'thing.flag' },
    { kind: 'cdevAdd', field: 'thing.flag', call: 'device_create' },
  ],
  cdevDel: [
    { kind: 'cdevDel', field: 'thing.flag' },
    { kind: 'cdevDel', field: 'thing.flag', call: 'device_destroy' },
  ],
  idaAlloc: [{ kind: 'idaAlloc', field: 'thing.id' }],
  idaFree: [{ kind: 'idaFree', field: 'thing.id' }],
  listAdd: [
    { kind: 'listAdd', field: 'thing.flag', list: 'set->list' },
    { kind: 'listAdd', field: 'thing.next', list: 'the list of all', head: 'fd/thing' },
  ],
  listDel: [{ kind: 'listDel', field: 'thing.flag', list: 'set->list' }],
  lookUp: [
    { kind: 'lookUp', field: 'thing.flag', call: 'thing = idr_find(&idr, minor)' },
    { kind: 'lookUp', field: 'thing.flag', call: 'find(map)', matchOn: 'device' },
  ],
  fail: [
    { kind: 'fail', errno: 'EBUSY', reason: 'in use' },
    { kind: 'fail', errno: 'EBUSY', reason: 'in use', at: 'thing' },
    { kind: 'fail', errno: 'EBUSY', reason: 'limit: in use', to: 'UNDO.1' },
    { kind: 'fail', errno: 'EBUSY', reason: 'in use', at: 'fd/thing.next', to: 'A.1:B.2' },
    { kind: 'fail', errno: 'EBUSY', reason: '' },
  ],
  fallible: [
    { kind: 'fallible', what: 'kzalloc', errno: 'ENOMEM', reason: 'no memory' },
    { kind: 'fallible', what: 'no iommu && !capable', errno: 'EPERM', reason: '', to: 'A' },
    {
      kind: 'fallible',
      what: 'kzalloc',
      errno: 'ENOMEM',
      reason: 'no memory',
      at: 'thing',
      to: 'A',
      before: [{ kind: 'mutexUnlock', mutex: 'thing.lock' }],
    },
  ],
  onFault: [
    { kind: 'onFault', what: 'another device has this cookie', ops: [{ kind: 'goto', to: 'A' }] },
    { kind: 'onFault', what: 'signal', ops: [{ kind: 'fail', errno: 'EINTR', reason: 'x' }] },
  ],
  goto: [{ kind: 'goto', to: 'GDF.U9:CLOSE.3' }],
  ret: [{ kind: 'ret' }],
  warnOn: [
    { kind: 'warnOn', cond: ne('thing.count', 1), reason: 'still in use' },
    { kind: 'warnOn', cond: ne('thing.count', 1), reason: '' },
  ],
  bugOn: [{ kind: 'bugOn', cond: ne('thing.next', 0), reason: 'the host stops', at: 'thing' }],
  violationIf: [
    { kind: 'violationIf', cond: eq('thing.flag', 1), text: 'two owners', at: 'thing' },
  ],
  driverOp: [
    { kind: 'driverOp', name: 'open', file: 'file', insideBind: true },
    { kind: 'driverOp', name: 'read, write or mmap', file: 'file' },
    { kind: 'driverOp', name: 'release' },
  ],
  say: [{ kind: 'say', text: 'module_put' }],
  bookkeep: [{ kind: 'bookkeep', ops: [{ kind: 'store', field: 'thing.flag', value: 1 }] }],
};

const CONDITIONS: readonly Condition[] = [
  eq(0, 0),
  eq('thing.state', { enumValue: 0, name: 'idle' }),
  eq('thing.next', addressOf('thing')),
  ne('thing.next', 'fd/thing.next'),
  eqAcquire('thing.flag', 0),
  eqAcquire('thing.flag', 1),
  { cmp: 'le', a: 'thing.count', b: 2 },
  { not: live('thing') },
  { not: { not: eq('thing.flag', 0) } },
  { not: { all: [live('thing'), eq('thing.flag', 0)] } },
  { all: [live('thing'), { any: [eq('thing.flag', 0), { all: [live('thing'), live('thing')] }] }] },
  { any: [{ any: [live('thing'), eq('thing.flag', 0)] }, ne('thing.count', 0)] },
  { exists: 'thing', as: 'one', where: eq('one.flag', 1) },
  {
    exists: 'thing',
    as: 'one',
    where: {
      all: [
        live('one'),
        {
          exists: 'thing',
          as: 'two',
          where: { files: 'groups', has: 'two' },
          matchOn: 'device',
          of: 'one',
        },
      ],
    },
  },
  { all: [{ all: [] }, { any: [live('thing')] }] },
];

function roundTrip(ops: readonly Op[]): {
  text: string;
  parsed: readonly Op[];
  problems: readonly string[];
} {
  const text = printOps(ops, { modelOnly: true, isPointer: (p) => p.endsWith('next') }).join('\n');
  const diagnostics = new DiagnosticList(text, 10);
  const reader = new TokenReader(tokenize(`LABEL:\n${text}`, diagnostics), diagnostics, 1);
  const parsed = new OpParser(reader, new ObjectTypes(OBJECTS, [])).block(new Map());
  expect(reader.next.kind, text).toBe('end');
  return { text, parsed, problems: diagnostics.all().map((d) => d.message) };
}

it.each(Object.entries(SAMPLES))('reads back what it prints: %s', (_, ops) => {
  for (const op of ops) {
    const { text, parsed, problems } = roundTrip([op]);
    expect(problems, text).toEqual([]);
    expect(parsed, text).toEqual([op]);
  }
});

it('prints the unlock of a spinlock before each exit under it', () => {
  const [, sample] = SAMPLES.spin;
  expect(printOps([sample!], { modelOnly: true, isPointer: () => false })).toEqual([
    'spin_lock(&thing->list_lock);',
    'if (!refcount_inc_not_zero(&thing->count)) {',
    '  spin_unlock(&thing->list_lock); goto DO.2;',
    '}',
    'if (fault(lookup)) { spin_unlock(&thing->list_lock); return -ENXIO; } /* gone */',
    'if (!thing->flag) {',
    '  spin_unlock(&thing->list_lock); ret = -ENXIO; goto DO.2; /* no number */',
    '} else {',
    '  spin_unlock(&thing->list_lock); return ret;',
    '}',
    'refcount_inc(&thing->count);',
    'spin_unlock(&thing->list_lock);',
  ]);
});

it('reads back operations after and around each other', () => {
  const all = Object.values(SAMPLES).flat();
  const nested = all.map((op): Op => ({
    kind: 'test',
    cond: live('thing'),
    then: [op, ...all],
    otherwise: [op],
  }));
  for (const ops of [all, nested]) {
    const { parsed, problems } = roundTrip(ops);
    expect(problems).toEqual([]);
    expect(parsed).toEqual(ops);
  }
});

it('reads back conditions', () => {
  for (const cond of CONDITIONS) {
    const ops: readonly Op[] = [{ kind: 'test', cond, then: [{ kind: 'ret' }], otherwise: [] }];
    const { text, parsed, problems } = roundTrip(ops);
    expect(problems, text).toEqual([]);
    expect(parsed, text).toEqual(ops);
  }
});
