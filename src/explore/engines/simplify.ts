import { FALSE, TRUE, binary, constant, not, conditional } from '../../kernel/language/expressions';
import type { BinaryOp, Expr } from '../../kernel/language/expressions';
import type { Statement } from '../../kernel/language/statements';

/** What is known of the fields while an expression is rewritten. */
export interface FieldFacts {
  /** The only value that the field can have here; undefined when it may have several. */
  readonly constantOf: (field: number) => number | undefined;
  /** The values that it can have at all. */
  readonly rangeOf: (field: number) => readonly [lo: number, hi: number];
}

/** The smallest and the largest value that an expression can have. */
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
      return [0, 1];
  }
}

/** The same value in fewer operations: known fields replaced, decided tests removed, selects of constants turned into logic. The same object where nothing changes. */
export function simplify(e: Expr, about: FieldFacts): Expr {
  switch (e.op) {
    case 'const':
      return e;
    case 'field': {
      const value = about.constantOf(e.field);
      if (value !== undefined) return constant(value);
      const [lo, hi] = about.rangeOf(e.field);
      return lo === hi ? constant(lo) : e;
    }
    case 'not': {
      const a = simplify(e.a, about);
      return a === e.a ? e : not(a);
    }
    case 'select':
      return simplifySelect(simplify(e.cond, about), e, about);
    case 'and': {
      const a = simplify(e.a, about);
      if (a.op === 'const' && a.value === 0) return FALSE;
      const b = simplify(e.b, about);
      return a === e.a && b === e.b ? e : binary('and', a, b);
    }
    case 'or': {
      const a = simplify(e.a, about);
      if (a.op === 'const' && a.value !== 0) return TRUE;
      const b = simplify(e.b, about);
      return a === e.a && b === e.b ? e : binary('or', a, b);
    }
    default:
      return simplifyComparison(e, simplify(e.a, about), simplify(e.b, about), about);
  }
}

function simplifySelect(cond: Expr, e: Extract<Expr, { op: 'select' }>, about: FieldFacts): Expr {
  if (cond.op === 'const') return simplify(cond.value === 0 ? e.b : e.a, about);
  const a = simplify(e.a, about);
  const b = simplify(e.b, about);
  if (sameExpr(a, b)) return a;
  if (
    isBoolean(cond, about.rangeOf) &&
    isBoolean(a, about.rangeOf) &&
    isBoolean(b, about.rangeOf)
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
  about: FieldFacts,
): Expr {
  const { op } = e;
  // A constant goes to the right.
  if (a.op === 'const' && b.op !== 'const' && (op === 'eq' || op === 'ne'))
    return simplifyComparison({ op, a: b, b: a }, b, a, about);
  const [aLo, aHi] = interval(a, about.rangeOf);
  const [bLo, bHi] = interval(b, about.rangeOf);
  if (op === 'lt' && aHi < bLo) return TRUE;
  if (op === 'lt' && aLo >= bHi) return FALSE;
  if (op === 'le' && aHi <= bLo) return TRUE;
  if (op === 'le' && aLo > bHi) return FALSE;
  if ((op === 'eq' || op === 'ne') && (aHi < bLo || bHi < aLo))
    return constant(op === 'ne' ? 1 : 0);
  const isTest = op === 'eq' || op === 'ne' || op === 'lt' || op === 'le';
  // A test of a select of constants is decided in each branch.
  if (
    isTest &&
    a.op === 'select' &&
    b.op === 'const' &&
    (a.a.op === 'const' || a.b.op === 'const')
  ) {
    return simplifySelect(
      a.cond,
      { op: 'select', cond: a.cond, a: { op, a: a.a, b }, b: { op, a: a.b, b } },
      about,
    );
  }
  if (op === 'ne') return not(binary('eq', a, b));
  return a === e.a && b === e.b ? e : binary(op, a, b);
}

/** Whether two expressions are written the same. */
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

/** The same body with simpler expressions; branches that cannot be taken and notes for people are dropped. */
export function simplifyBody(body: readonly Statement[], about: FieldFacts): readonly Statement[] {
  const out: Statement[] = [];
  for (const s of body) {
    switch (s.op) {
      case 'emit':
        break;
      case 'violate':
        out.push(s);
        break;
      case 'set':
        out.push({ op: 'set', field: s.field, value: simplify(s.value, about) });
        break;
      case 'jump':
        out.push(s);
        return out;
      case 'if': {
        const cond = simplify(s.cond, about);
        if (cond.op === 'const') {
          const taken = simplifyBody(cond.value === 0 ? s.otherwise : s.then, about);
          out.push(...taken);
          if (taken.at(-1)?.op === 'jump') return out;
          break;
        }
        const then = simplifyBody(s.then, about);
        const otherwise = simplifyBody(s.otherwise, about);
        if (then.length > 0 || otherwise.length > 0) out.push({ op: 'if', cond, then, otherwise });
      }
    }
  }
  return out;
}
