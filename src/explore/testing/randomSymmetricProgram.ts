import type { Program, Step } from '../../kernel/compiler/program';
import type { Statement } from '../../kernel/language/statements';
import type { Expr } from '../../kernel/language/expressions';
import { randomProgram } from './randomProgram';
import { seededRandom } from '../../scenario/run/seededRandom';

/**
 * A random program with symmetric tasks for tests: two or three copies of the first task of a random program, each with its
 * own field, next to the second task.
 */
export function randomSymmetricProgram(seed: number): Program {
  const draw = seededRandom(seed);
  const base = randomProgram(draw);
  const copies = 2 + draw(2);
  const [template, other] = base.tasks as [Program['tasks'][number], Program['tasks'][number]];
  const data = base.fields.filter((f) => f.kind !== 'pc');
  const mutex = data.length - 1;
  /** The field of which every copy has its own. */
  const own = 1 + draw(mutex - 1);
  const fields: Program['fields'][number][] = data.map((f) =>
    f.index === own ? { ...f, object: 0 } : { ...f, hi: f.index === mutex ? copies + 1 : f.hi },
  );
  const ownFields = [
    own,
    ...Array.from(
      { length: copies - 1 },
      (_, i) => fields.push({ ...data[own]!, index: fields.length, object: i + 1 }) - 1,
    ),
  ];
  const pcs = Array.from({ length: copies + 1 }, (_, i) => {
    const of = i < copies ? template : other;
    return (
      fields.push({
        ...base.fields[of.pc]!,
        index: fields.length,
        title: `t${i}.pc`,
        hi: of.steps.length,
      }) - 1
    );
  });
  const result = fields.length;
  for (let i = 0; i <= copies; i++)
    fields.push({
      index: fields.length,
      object: -1,
      name: 'result',
      title: `t${i}.result`,
      kind: 'result',
      lo: 0,
      hi: 0,
      init: 0,
      constant: true,
    });
  const tasks = pcs.map((pc, index): Program['tasks'][number] => {
    const isCopy = index < copies;
    const of = isCopy ? template : other;
    const rename = (e: Expr): Expr => {
      switch (e.op) {
        case 'const':
          return e;
        case 'field':
          return isCopy && e.field === own
            ? { op: 'field', field: ownFields[index]! }
            : e.field === own
              ? { op: 'const', value: data[own]!.init }
              : e;
        case 'not':
          return { op: 'not', a: rename(e.a) };
        case 'select':
          return { op: 'select', cond: rename(e.cond), a: rename(e.a), b: rename(e.b) };
        default:
          return { op: e.op, a: rename(e.a), b: rename(e.b) };
      }
    };
    const body = (list: readonly Statement[]): readonly Statement[] =>
      list.flatMap((s): readonly Statement[] => {
        if (s.op === 'if')
          return [
            { op: 'if', cond: rename(s.cond), then: body(s.then), otherwise: body(s.otherwise) },
          ];
        if (s.op !== 'set') return [s];
        if (s.field === mutex)
          return [
            {
              op: 'set',
              field: mutex,
              value: {
                op: 'const',
                value: s.value.op === 'const' && s.value.value > 0 ? index + 1 : 0,
              },
            },
          ];
        if (s.field === own && !isCopy) return [];
        return [
          {
            op: 'set',
            field: s.field === own ? ownFields[index]! : s.field,
            value: rename(s.value),
          },
        ];
      });
    const steps = of.steps.map((s): Step => ({
      ...s,
      call: index,
      guard: rename(s.guard),
      body: body(s.body),
    }));
    return { index, name: `t${index}`, process: `t${index}`, pc, steps };
  });
  return {
    ...base,
    fields,
    tasks,
    objects: ownFields.map((f, i) => ({
      index: i,
      type: 'own',
      name: `own${i}`,
      key: { process: `t${i}` },
      spec: { type: 'own', role: 'own', per: 'global', name: '', fields: {}, about: '' },
      fields: { x: f },
      links: {},
    })),
    calls: tasks.map((t) => ({
      index: t.index,
      call: { by: t.name, call: 'device_io' },
      task: t.index,
      start: 0,
      end: t.steps.length,
      result: result + t.index,
      errnos: [],
      needs: [],
      after: [],
      afterExit: false,
    })),
  };
}
