/**
 * Pure expressions over one flat state. Every engine (machine, bytecode, WebAssembly, Promela) knows only these forms;
 * the compiler has resolved pointers into `select` chains.
 */
export type Expr =
  | { readonly op: 'const'; readonly value: number }
  | { readonly op: 'field'; readonly field: number }
  | { readonly op: BinaryOp; readonly a: Expr; readonly b: Expr }
  | { readonly op: 'not'; readonly a: Expr }
  | { readonly op: 'select'; readonly cond: Expr; readonly a: Expr; readonly b: Expr };

/** Comparisons and logic yield 0 or 1; `and` and `or` take 0/1 operands. */
export type BinaryOp = 'eq' | 'ne' | 'lt' | 'le' | 'add' | 'sub' | 'and' | 'or';

export const TRUE: Expr = { op: 'const', value: 1 };
export const FALSE: Expr = { op: 'const', value: 0 };

/** A literal. */
export function constant(value: number): Expr {
  return value === 0 ? FALSE : value === 1 ? TRUE : { op: 'const', value };
}

/** The value of one field, by its index in `Program.fields`. */
export function field(index: number): Expr {
  return { op: 'field', field: index };
}

/** Applies a binary operator; folds constants. */
export function binary(op: BinaryOp, a: Expr, b: Expr): Expr {
  if (a.op === 'const' && b.op === 'const') return constant(applyOperator(op, a.value, b.value));
  if (op === 'and')
    return a.op === 'const'
      ? a.value
        ? b
        : FALSE
      : b.op === 'const'
        ? b.value
          ? a
          : FALSE
        : { op, a, b };
  if (op === 'or')
    return a.op === 'const'
      ? a.value
        ? TRUE
        : b
      : b.op === 'const'
        ? b.value
          ? TRUE
          : a
        : { op, a, b };
  return { op, a, b };
}

/** Logical negation. */
export function not(a: Expr): Expr {
  return a.op === 'const' ? constant(a.value ? 0 : 1) : a.op === 'not' ? a.a : { op: 'not', a };
}

/** `a` if `cond` is true, else `b`. */
export function conditional(cond: Expr, a: Expr, b: Expr): Expr {
  return cond.op === 'const' ? (cond.value ? a : b) : { op: 'select', cond, a, b };
}

/** True when every operand is; TRUE for none. */
export function all(terms: readonly Expr[]): Expr {
  return terms.reduce((a, b) => binary('and', a, b), TRUE);
}

/** True when some operand is; FALSE for none. */
export function any(terms: readonly Expr[]): Expr {
  return terms.reduce((a, b) => binary('or', a, b), FALSE);
}

function applyOperator(op: BinaryOp, a: number, b: number): number {
  switch (op) {
    case 'eq':
      return a === b ? 1 : 0;
    case 'ne':
      return a !== b ? 1 : 0;
    case 'lt':
      return a < b ? 1 : 0;
    case 'le':
      return a <= b ? 1 : 0;
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'and':
      return a && b ? 1 : 0;
    case 'or':
      return a || b ? 1 : 0;
  }
}

/** The expression's value in `state` (one element per field). Allocates nothing. */
export function evaluate(e: Expr, state: Int32Array): number {
  switch (e.op) {
    case 'const':
      return e.value;
    case 'field':
      return state[e.field]!;
    case 'not':
      return evaluate(e.a, state) ? 0 : 1;
    case 'select':
      return evaluate(e.cond, state) ? evaluate(e.a, state) : evaluate(e.b, state);
    case 'and':
      return evaluate(e.a, state) && evaluate(e.b, state) ? 1 : 0;
    case 'or':
      return evaluate(e.a, state) || evaluate(e.b, state) ? 1 : 0;
    default:
      return applyOperator(e.op, evaluate(e.a, state), evaluate(e.b, state));
  }
}

/** Calls `visit` with every field index that the expression reads. */
export function fieldsRead(e: Expr, visit: (index: number) => void): void {
  switch (e.op) {
    case 'const':
      return;
    case 'field':
      return visit(e.field);
    case 'not':
      return fieldsRead(e.a, visit);
    case 'select':
      fieldsRead(e.cond, visit);
      fieldsRead(e.a, visit);
      return fieldsRead(e.b, visit);
    default:
      fieldsRead(e.a, visit);
      fieldsRead(e.b, visit);
  }
}
