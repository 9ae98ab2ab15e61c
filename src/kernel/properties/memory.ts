import { all, binary, constant, field, not, TRUE } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { Field, ObjectSlot, Program } from '../compiler/program';
import { isOpen } from './property';
import type { Property, StateCheck } from './property';

/** No use after free and no leak. The machine checks each access, free and lookup; the state checks find references to freed objects and objects without references. */
export const memory: Property = {
  id: 'memory',
  order: 8,
  label: 'I7',
  cite: 'docs/kernel-facts.md, I7',
  title: 'No use after free',
  statement:
    'No step touches an object that is freed or not yet allocated, no object is freed while a counted reference to it exists or a list, map or ida leads to it, and an object is freed with its last reference.',
  consequence: 'The kernel touches freed memory, or memory is never freed.',
  appliesTo: () => true,
  detectedIn: 'state',
  checks: (p) => [...freedWhileFileOpen(p), ...freedWhileReferenced(p), ...leaks(p)],
};

/** An open file keeps the object in its private_data live. */
function freedWhileFileOpen(p: Program): StateCheck[] {
  return p.files.flatMap((f) => {
    const target = p.objects[p.objects[f.object]!.links['private_data']?.object ?? -1];
    if (target?.lifetime === undefined || p.fields[target.lifetime]!.constant) return [];
    return [
      {
        property: 'memory',
        violatedWhen: all([isOpen(p, f), binary('eq', field(target.lifetime), constant(2))]),
        text: `${target.name} is freed while ${f.name} (${f.by}) is open on it`,
        object: target.index,
      },
    ];
  });
}

/** Not of a link that became a pointer: a count holds its target, and the pointer is not cleared with the count. */
function freedWhileReferenced(p: Program): StateCheck[] {
  const isLink = (f: Field): boolean => p.objects[f.object]!.spec.fields[f.name]?.kind === 'link';
  return p.fields
    .filter((f) => f.targets && f.edge === 'reference' && !f.constant && !isLink(f))
    .flatMap((f) =>
      f.targets!.flatMap((t, i): StateCheck[] => {
        const owner = p.objects[f.object]!;
        const target = p.objects[t]!;
        if (target.lifetime === undefined || p.fields[target.lifetime]!.constant) return [];
        return [
          {
            property: 'memory',
            violatedWhen: all([
              owner.lifetime === undefined
                ? TRUE
                : binary('eq', field(owner.lifetime), constant(1)),
              binary('eq', field(f.index), constant(i + 1)),
              binary('eq', field(target.lifetime), constant(2)),
            ]),
            text: `${target.name} is freed while ${f.title} still holds a reference to it`,
            object: t,
          },
        ];
      }),
    );
}

/** An object that is live at rest although its count is zero or the only file that leads to it is released. */
function leaks(p: Program): StateCheck[] {
  const idle = noCallInside(p);
  const leak = (object: ObjectSlot, unused: Expr, why: string): StateCheck => ({
    property: 'memory',
    violatedWhen: all([binary('eq', field(object.lifetime!), constant(1)), unused, idle]),
    text: `${object.name} (${object.type}) is never freed: ${why}`,
    object: object.index,
  });
  const counted = p.objects.flatMap((object) =>
    Object.entries(object.spec.fields).flatMap(([name, spec]) => {
      const freesAtZero = spec.kind === 'refcount' && spec.freesAtZero === true;
      return !freesAtZero || mayNotChange(p, object)
        ? []
        : [
            leak(
              object,
              binary('eq', field(object.fields[name]!), constant(0)),
              `its ${name} is 0`,
            ),
          ];
    }),
  );
  const ownedByFile = p.files.flatMap((f) => {
    const file = p.objects[f.object]!;
    const target = p.objects[file.links['private_data']?.object ?? -1];
    if (target?.key.file === undefined || mayNotChange(p, target)) return [];
    // One with its own reference count may outlive its file.
    if (Object.values(target.spec.fields).some((s) => s.kind === 'refcount')) return [];
    return [
      leak(target, binary('eq', field(file.lifetime!), constant(2)), `${f.name} is released`),
    ];
  });
  return [...counted, ...ownedByFile];
}

function mayNotChange(p: Program, { lifetime }: ObjectSlot): boolean {
  return lifetime === undefined || p.fields[lifetime]!.constant;
}

/** True while every task is between two calls. */
function noCallInside(p: Program): Expr {
  return all(
    p.calls.map((call) => {
      const pc = field(p.tasks[call.task]!.pc);
      return not(
        all([binary('lt', constant(call.start), pc), binary('lt', pc, constant(call.end))]),
      );
    }),
  );
}
