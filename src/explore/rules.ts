import { fieldsRead } from '../kernel/expr';
import type { Expr } from '../kernel/expr';
import type { PropertyId } from '../kernel/propertyId';
import { eachStatement } from '../kernel/statement';
import type { Statement } from '../kernel/statement';
import { sameExpr, simplify } from './simplify';
import type { Knowledge } from './simplify';
import { fixing } from './transient';

/** A rule on single states: the property is broken where `bad` is true. */
export interface StateRule {
  readonly property: PropertyId;
  readonly bad: Expr;
}

interface Draft {
  readonly pc: number;
  readonly body: readonly Statement[];
}

/**
 * The body with the state rules tested wherever it ends. A rule is left out where the step cannot have changed its
 * answer: it writes none of the fields, and the new pc leaves the same test as the old one.
 */
export function withRules(draft: Draft, pcField: number, rules: readonly StateRule[], about: Knowledge): readonly Statement[] {
  const written = new Set<number>();
  eachStatement(draft.body, (s) => s.op === 'set' && written.add(s.field));
  const before = fixing(about, pcField, draft.pc);
  const cases = rules.map((rule) => {
    let touched = false;
    fieldsRead(rule.bad, (field) => {
      touched ||= written.has(field);
    });
    return { ...rule, touched, old: simplify(rule.bad, before) };
  });
  const testsAt = new Map<number, readonly Statement[]>();
  const tests = (pc: number): readonly Statement[] => {
    const known = testsAt.get(pc);
    if (known) return known;
    const after = fixing(about, pcField, pc);
    const made = cases.flatMap((rule): Statement[] => {
      const bad = simplify(rule.bad, after);
      if ((bad.op === 'const' && bad.value === 0) || (!rule.touched && sameExpr(bad, rule.old))) return [];
      return [{ op: 'if', cond: bad, then: [{ op: 'violate', property: rule.property, note: -1 }], otherwise: [] }];
    });
    testsAt.set(pc, made);
    return made;
  };
  const rewrite = (body: readonly Statement[]): readonly Statement[] =>
    body.flatMap((s): readonly Statement[] => {
      if (s.op === 'jump') return [...tests(s.pc), s];
      if (s.op === 'if') return [{ ...s, then: rewrite(s.then), otherwise: rewrite(s.otherwise) }];
      return [s];
    });
  return [...rewrite(draft.body), ...tests(draft.pc + 1)];
}
