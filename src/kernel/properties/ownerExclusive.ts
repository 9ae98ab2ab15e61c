import { all, any, binary, constant, not } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { ProgramFile } from '../compiler/program';
import { isOpen, ownerContextName, unorderedPairs } from './property';
import type { Property } from './property';

/** All files that reach one device have the same owner context. */
export const ownerExclusive: Property = {
  id: 'owner-exclusive',
  order: 1,
  label: 'I1',
  cite: 'docs/kernel-facts.md, I1',
  title: 'One owner per device',
  statement:
    'All files that reach a device belong to one owner context: one iommufd, one container or one group session.',
  consequence: 'Two owners reach one device, and each can break the DMA of the other.',
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
