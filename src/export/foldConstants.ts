import type { Program } from '../kernel/compiler/program';
import { binary, conditional, constant, not } from '../kernel/language/expressions';
import type { Expr } from '../kernel/language/expressions';

/** The expression with the fields that never change replaced by their values. A pc stays, so that a step names it. */
export function foldConstants(program: Program, e: Expr): Expr {
  switch (e.op) {
    case 'const':
      return e;
    case 'field': {
      const f = program.fields[e.field];
      return f?.constant && f.kind !== 'pc' ? constant(f.init) : e;
    }
    case 'not':
      return not(foldConstants(program, e.a));
    case 'select':
      return conditional(
        foldConstants(program, e.cond),
        foldConstants(program, e.a),
        foldConstants(program, e.b),
      );
    default:
      return binary(e.op, foldConstants(program, e.a), foldConstants(program, e.b));
  }
}
