import { all, any, binary, constant, not } from '../expr';
import type { Expr } from '../expr';
import type { ProgramFile } from '../program';
import { isOpen, ownerName, pairs } from './property';
import type { Property } from './property';

/** I1: the owner contexts that reach one device are at most one. */
export const ownerExclusive: Property = {
  id: 'owner-exclusive',
  source: 'I1',
  title: 'One owner per device',
  statement:
    'At any moment the files that reach a device all belong to one owner context: one iommufd, one container or one group session.',
  applies: (p) => p.files.some((f) => f.normal && f.owner),
  seenIn: 'state',
  checks: (p) =>
    pairs(p.files.filter((f) => f.normal && f.owner))
      .filter(([a, b]) => a.device === b.device)
      .map(([a, b]) => ({
        property: 'owner-exclusive',
        bad: all([a.normal!, b.normal!, isOpen(p, a), isOpen(p, b), not(sameOwner(a, b))]),
        text: `${a.name} (${a.by}) and ${b.name} (${b.by}) both reach ${a.device}, each for another owner context`,
        tell: (state) =>
          `${a.name} (${a.by}) reaches ${a.device} for ${ownerName(p, a, state)}, and ${b.name} (${b.by}) for ${ownerName(p, b, state)}`,
        object: b.object,
      })),
};

function sameOwner(a: ProgramFile, b: ProgramFile): Expr {
  const both = (x: number, y: number): Expr =>
    all([binary('eq', a.owner!, constant(x)), binary('eq', b.owner!, constant(y))]);
  const shared = a.ownerTargets.filter((t) => b.ownerTargets.includes(t));
  return any([
    both(0, 0),
    ...shared.map((t) => both(a.ownerTargets.indexOf(t) + 1, b.ownerTargets.indexOf(t) + 1)),
  ]);
}
