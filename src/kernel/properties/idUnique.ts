import { all, binary, constant, field, TRUE } from '../expr';
import type { Expr } from '../expr';
import type { Field, Program } from '../program';
import { pairs } from './property';
import type { Property } from './property';

/** I9: live numbers are pairwise distinct. */
export const idUnique: Property = {
  id: 'id-unique',
  source: 'I9',
  title: 'Numbers are unique',
  statement: 'No two live objects of a kind carry the same minor or index; a number is reused only after its holder is gone.',
  applies: p => p.fields.some(f => f.kind === 'number'),
  seenIn: 'state',
  checks: p => pairs(p.fields.filter(f => f.kind === 'number')).filter(([a, b]) => a.name === b.name && p.objects[a.object]!.type === p.objects[b.object]!.type).map(([a, b]) => ({
    property: 'id-unique',
    bad: all([live(p, a), live(p, b), binary('ne', field(a.index), constant(0)), binary('eq', field(a.index), field(b.index))]),
    text: `${a.title} and ${b.title} are the same number`,
    object: b.object,
  })),
};

function live(p: Program, f: Field): Expr {
  const { life } = p.objects[f.object]!;
  return life === undefined ? TRUE : binary('eq', field(life), constant(1));
}
