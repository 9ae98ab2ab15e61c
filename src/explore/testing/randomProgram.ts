import type { Expr } from '../../kernel/language/expressions';
import type { Field, EventTemplate, Program, Step, Task } from '../../kernel/compiler/program';
import { PROPERTY_IDS } from '../../kernel/properties/properties';
import type { Statement } from '../../kernel/language/statements';

/** Draws the next number from 0 to `below - 1`. */
export type DrawNumber = (below: number) => number;

/** A small random program for tests: two or three tasks over a few fields, with locks, branches, jumps and violations. */
export function randomProgram(draw: DrawNumber): Program {
  const taskCount = 2 + draw(2);
  const data = 3 + draw(5);
  const ranges: (readonly [number, number])[] = [];
  for (let i = 0; i < data; i++) {
    const lo = draw(4) === 0 ? -draw(3) : 0;
    ranges.push([lo, lo + 1 + draw(i === 0 ? 200_000 : 5)]);
  }
  const mutex = data;
  ranges.push([0, taskCount]);
  const fields: Field[] = ranges.map(([lo, hi], index) => ({
    index,
    object: -1,
    name: `f${index}`,
    title: `f${index}`,
    kind: index === mutex ? 'mutex' : 'int',
    lo,
    hi,
    init: index === mutex ? 0 : lo + draw(hi - lo + 1),
    constant: false,
  }));
  const eventTemplates: EventTemplate[] = PROPERTY_IDS.map((property) => ({
    kind: 'violation',
    property,
    text: `violates ${property}`,
    object: undefined,
  }));
  const number = (depth: number): Expr => {
    const kind = depth === 0 ? draw(2) : draw(5);
    if (kind === 0) return { op: 'const', value: draw(4) };
    if (kind === 1) return { op: 'field', field: draw(data) };
    if (kind === 2)
      return { op: 'select', cond: truth(depth - 1), a: number(depth - 1), b: number(depth - 1) };
    return { op: draw(2) === 0 ? 'add' : 'sub', a: number(depth - 1), b: number(depth - 1) };
  };
  const truth = (depth: number): Expr => {
    const kind = depth === 0 ? 0 : draw(5);
    if (kind === 1) return { op: 'not', a: truth(depth - 1) };
    if (kind === 2) return { op: 'and', a: truth(depth - 1), b: truth(depth - 1) };
    if (kind === 3) return { op: 'or', a: truth(depth - 1), b: truth(depth - 1) };
    const op = (['eq', 'ne', 'lt', 'le'] as const)[draw(4)] ?? 'eq';
    return { op, a: number(1), b: draw(2) === 0 ? number(1) : { op: 'const', value: draw(3) } };
  };
  /** `value` clamped to the range of the field. */
  const clamp = (index: number, value: Expr): Expr => {
    const [lo, hi] = ranges[index] ?? [0, 0];
    const low: Expr = { op: 'const', value: lo };
    const high: Expr = { op: 'const', value: hi };
    return {
      op: 'select',
      cond: { op: 'lt', a: value, b: low },
      a: low,
      b: { op: 'select', cond: { op: 'lt', a: high, b: value }, a: high, b: value },
    };
  };
  const statement = (depth: number, steps: number): Statement => {
    const kind = draw(8);
    if (kind === 0 && depth > 0)
      return {
        op: 'if',
        cond: truth(2),
        then: body(depth - 1, steps),
        otherwise: body(depth - 1, steps),
      };
    if (kind === 1 && depth < 2) return { op: 'jump', pc: draw(steps + 1) };
    if (kind === 2 && draw(3) === 0) {
      const property = draw(PROPERTY_IDS.length);
      return { op: 'violate', property: PROPERTY_IDS[property] ?? 'memory', event: property };
    }
    const index = draw(data);
    return { op: 'set', field: index, value: clamp(index, number(2)) };
  };
  const body = (depth: number, steps: number): readonly Statement[] =>
    Array.from({ length: draw(3) }, () => statement(depth, steps));

  const tasks = Array.from({ length: taskCount }, (_, index): Task => {
    const pc = fields.length;
    const count = 2 + draw(4);
    const locks = draw(2) === 0;
    fields.push({
      index: pc,
      object: -1,
      name: 'pc',
      title: `t${index}.pc`,
      kind: 'pc',
      lo: 0,
      hi: count,
      init: 0,
      constant: false,
    });
    const steps = Array.from({ length: count }, (_unused, at): Step => {
      const takes = locks && at === 0;
      const drops = locks && at === count - 1;
      const set: readonly Statement[] = takes
        ? [{ op: 'set', field: mutex, value: { op: 'const', value: index + 1 } }]
        : drops
          ? [{ op: 'set', field: mutex, value: { op: 'const', value: 0 } }]
          : [];
      const free: Expr = {
        op: 'eq',
        a: { op: 'field', field: mutex },
        b: { op: 'const', value: 0 },
      };
      return {
        pc: at,
        id: `T${index}.${at}`,
        name: `random/t${index}/T${index}.${at}`,
        title: '',
        routine: '',
        cite: '',
        confidence: 'DERIVED',
        call: 0,
        guard: takes ? free : draw(4) === 0 ? truth(2) : { op: 'const', value: 1 },
        waits: [],
        body: [...set, ...body(2, count)],
        source: [],
        ops: [],
        touches: [],
      };
    });
    return { index, name: `t${index}`, process: `t${index}`, pc, steps };
  });
  return {
    design: {
      id: 'random',
      revision: 1,
      title: '',
      about: '',
      options: [],
      model: () => {
        throw new Error('a random program has no model');
      },
    },
    options: {},
    model: {
      objects: [],
      calls: {} as never,
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
    },
    world: { devices: [], processes: [] },
    objects: [],
    fields,
    tasks,
    calls: [],
    files: [],
    fds: [],
    counters: [],
    unregisterDelays: [],
    stated: [],
    groupDomains: [],
    eventTemplates,
  };
}
