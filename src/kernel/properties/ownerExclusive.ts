import { all, any, binary, constant, not } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { ProgramFile } from '../compiler/program';
import { isOpen, ownerContextName, unorderedPairs } from './property';
import type { Property } from './property';

/** I1: the owner contexts that reach one device are at most one. */
export const ownerExclusive: Property = {
  id: 'owner-exclusive',
  cite: 'I1',
  title: 'One owner per device',
  statement:
    'At any moment the files that reach a device all belong to one owner context: one iommufd, one container or one group session.',
  appliesTo: (p) => p.files.some((f) => f.normalAccess && f.ownerContext),
  detectedIn: 'state',
  checks: (p) =>
    unorderedPairs(p.files.filter((f) => f.normalAccess && f.ownerContext))
      .filter(([a, b]) => a.device === b.device)
      .map(([a, b]) => ({
        property: 'owner-exclusive',
        violatedWhen: all([
          a.normalAccess!,
          b.normalAccess!,
          isOpen(p, a),
          isOpen(p, b),
          not(sameOwner(a, b)),
        ]),
        text: `${a.name} (${a.by}) and ${b.name} (${b.by}) both reach ${a.device}, each for another owner context`,
        describe: (state) =>
          `${a.name} (${a.by}) reaches ${a.device} for ${ownerContextName(p, a, state)}, and ${b.name} (${b.by}) for ${ownerContextName(p, b, state)}`,
        object: b.object,
      })),
};

function sameOwner(a: ProgramFile, b: ProgramFile): Expr {
  const both = (x: number, y: number): Expr =>
    all([binary('eq', a.ownerContext!, constant(x)), binary('eq', b.ownerContext!, constant(y))]);
  const shared = a.ownerTargets.filter((t) => b.ownerTargets.includes(t));
  return any([
    both(0, 0),
    ...shared.map((t) => both(a.ownerTargets.indexOf(t) + 1, b.ownerTargets.indexOf(t) + 1)),
  ]);
}
