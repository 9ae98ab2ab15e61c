import { FALSE, TRUE, binary, constant, not, conditional } from '../../kernel/language/expressions';
import type { BinaryOp, Expr } from '../../kernel/language/expressions';
import type { Statement } from '../../kernel/language/statements';

/** Known facts facts fields while an expression is simplified. */
export interface FieldFacts {
  /** The only possible value of a field here; undefined if there are several. */
  readonly constantOf: (field: number) => number | undefined;
  /** The range of a field in all states. */
  readonly rangeOf: (field: number) => readonly [lo: number, hi: number];
}

/** The smallest and the largest possible value of an expression. */
export function interval(e: Expr, range: FieldFacts['rangeOf']): readonly [lo: number, hi: number] {
  switch (e.op) {
    case 'const':
      return [e.value, e.value];
    case 'field':
      return range(e.field);
    case 'select': {
      const a = interval(e.a, range);
      const b = interval(e.b, range);
      return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
    }
    case 'add': {
      const a = interval(e.a, range);
      const b = interval(e.b, range);
      return [a[0] + b[0], a[1] + b[1]];
    }
    case 'sub': {
      const a = interval(e.a, range);
      const b = interval(e.b, range);
      return [a[0] - b[1], a[1] - b[0]];
    }
    default:
      return BOOLEAN_RANGE;
  }
}

const BOOLEAN_RANGE: readonly [number, number] = [0, 1];

/** An equal expression with fewer operations: constant fields folded, decided tests removed, selects of booleans turned into logic. Returns `e` itself if nothing changes. */
export function simplify(e: Expr, facts: FieldFacts): Expr {
  switch (e.op) {
    case 'const':
      return e;
    case 'field': {
      const value = facts.constantOf(e.field);
      if (value !== undefined) return constant(value);
      const [lo, hi] = facts.rangeOf(e.field);
      return lo === hi ? constant(lo) : e;
    }
    case 'not': {
      const a = simplify(e.a, facts);
      return a === e.a ? e : not(a);
    }
    case 'select':
      return simplifySelect(simplify(e.cond, facts), e, facts);
    case 'and': {
      const a = simplify(e.a, facts);
      if (a.op === 'const' && a.value === 0) return FALSE;
      const b = simplify(e.b, facts);
      return a === e.a && b === e.b ? e : binary('and', a, b);
    }
    case 'or': {
      const a = simplify(e.a, facts);
      if (a.op === 'const' && a.value !== 0) return TRUE;
      const b = simplify(e.b, facts);
      return a === e.a && b === e.b ? e : binary('or', a, b);
    }
    default:
      return simplifyComparison(e, simplify(e.a, facts), simplify(e.b, facts), facts);
  }
}

function simplifySelect(cond: Expr, e: Extract<Expr, { op: 'select' }>, facts: FieldFacts): Expr {
  if (cond.op === 'const') return simplify(cond.value === 0 ? e.b : e.a, facts);
  const a = simplify(e.a, facts);
  const b = simplify(e.b, facts);
  if (sameExpr(a, b)) return a;
  if (
    isBoolean(cond, facts.rangeOf) &&
    isBoolean(a, facts.rangeOf) &&
    isBoolean(b, facts.rangeOf)
  ) {
    if (a.op === 'const')
      return a.value === 0 ? binary('and', not(cond), b) : binary('or', cond, b);
    if (b.op === 'const')
      return b.value === 0 ? binary('and', cond, a) : binary('or', not(cond), a);
  }
  return cond === e.cond && a === e.a && b === e.b ? e : conditional(cond, a, b);
}

function isBoolean(e: Expr, range: FieldFacts['rangeOf']): boolean {
  const [lo, hi] = interval(e, range);
  return lo >= 0 && hi <= 1;
}

function simplifyComparison(
  e: Extract<Expr, { op: BinaryOp }>,
  a: Expr,
  b: Expr,
  facts: FieldFacts,
): Expr {
  const { op } = e;
  // Constants go to the right.
  if (a.op === 'const' && b.op !== 'const' && (op === 'eq' || op === 'ne'))
    return simplifyComparison({ op, a: b, b: a }, b, a, facts);
  const [aLo, aHi] = interval(a, facts.rangeOf);
  const [bLo, bHi] = interval(b, facts.rangeOf);
  if (op === 'lt' && aHi < bLo) return TRUE;
  if (op === 'lt' && aLo >= bHi) return FALSE;
  if (op === 'le' && aHi <= bLo) return TRUE;
  if (op === 'le' && aLo > bHi) return FALSE;
  if ((op === 'eq' || op === 'ne') && (aHi < bLo || bHi < aLo))
    return constant(op === 'ne' ? 1 : 0);
  const isTest = op === 'eq' || op === 'ne' || op === 'lt' || op === 'le';
  // Push a comparison with a constant into the branches of a select.
  if (
    isTest &&
    a.op === 'select' &&
    b.op === 'const' &&
    (a.a.op === 'const' || a.b.op === 'const')
  ) {
    return simplifySelect(
      a.cond,
      { op: 'select', cond: a.cond, a: { op, a: a.a, b }, b: { op, a: a.b, b } },
      facts,
    );
  }
  if (op === 'ne') return not(binary('eq', a, b));
  return a === e.a && b === e.b ? e : binary(op, a, b);
}

/** Structural equality. */
export function sameExpr(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  if (a.op !== b.op) return false;
  switch (a.op) {
    case 'const':
      return b.op === 'const' && a.value === b.value;
    case 'field':
      return b.op === 'field' && a.field === b.field;
    case 'not':
      return b.op === 'not' && sameExpr(a.a, b.a);
    case 'select':
      return (
        b.op === 'select' && sameExpr(a.cond, b.cond) && sameExpr(a.a, b.a) && sameExpr(a.b, b.b)
      );
    default:
      return 'b' in b && 'a' in b && sameExpr(a.a, b.a) && sameExpr(a.b, b.b);
  }
}

/** The body with simplified expressions, without dead branches and events. Returns `body` itself if nothing changes. */
export function simplifyBody(body: readonly Statement[], facts: FieldFacts): readonly Statement[] {
  const out: Statement[] = [];
  let same = true;
  for (let at = 0; at < body.length; at++) {
    const s = body[at]!;
    switch (s.op) {
      case 'emit':
        same = false;
        break;
      case 'violate':
        out.push(s);
        break;
      case 'set': {
        const value = simplify(s.value, facts);
        if (value === s.value) out.push(s);
        else {
          same = false;
          out.push({ op: 'set', field: s.field, value });
        }
        break;
      }
      case 'jump':
        out.push(s);
        return same && at === body.length - 1 ? body : out;
      case 'if': {
        const cond = simplify(s.cond, facts);
        if (cond.op === 'const') {
          same = false;
          const taken = simplifyBody(cond.value === 0 ? s.otherwise : s.then, facts);
          out.push(...taken);
          if (taken.at(-1)?.op === 'jump') return out;
          break;
        }
        const then = simplifyBody(s.then, facts);
        const otherwise = simplifyBody(s.otherwise, facts);
        const isEmpty = then.length === 0 && otherwise.length === 0;
        if (!isEmpty && cond === s.cond && then === s.then && otherwise === s.otherwise)
          out.push(s);
        else {
          same = false;
          if (!isEmpty) out.push({ op: 'if', cond, then, otherwise });
        }
      }
    }
  }
  return same ? body : out;
}
