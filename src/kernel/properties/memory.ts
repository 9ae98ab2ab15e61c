import { all, binary, constant, field, TRUE } from '../language/expressions';
import type { Program } from '../compiler/program';
import { isOpen } from './property';
import type { Property, StateCheck } from './property';

/** No use after free. The machine checks each access; the state checks find references to freed objects. */
export const memory: Property = {
  id: 'memory',
  order: 8,
  label: 'I7',
  cite: 'docs/kernel-facts.md, I7',
  title: 'No use after free',
  statement:
    'No step touches an object that is freed or not yet allocated, and no object is freed while a counted reference to it exists.',
  consequence: 'The kernel has touched memory of an object that is freed or not yet allocated.',
  appliesTo: () => true,
  detectedIn: 'state',
  checks: (p) => [...freedWhileFileOpen(p), ...freedWhileReferenced(p)],
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

function freedWhileReferenced(p: Program): StateCheck[] {
  return p.fields
    .filter((f) => f.targets && f.edge === 'reference' && !f.constant)
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
