import { evaluate, fieldsRead } from '../../kernel/language/expressions';
import type { Expr } from '../../kernel/language/expressions';
import type { Program } from '../../kernel/compiler/program';
import { stateChecks } from '../../kernel/properties/properties';
import type { StateCheck } from '../../kernel/properties/property';

/** A check whose violation is a conjunction of terms. */
interface ConjunctiveCheck {
  readonly check: StateCheck;
  readonly terms: readonly Expr[];
}

interface CheckIndex {
  readonly checks: readonly ConjunctiveCheck[];
  /** By field: the checks that read it, and the term that does. */
  readonly readers: readonly (
    readonly { readonly check: number; readonly term: number }[] | undefined
  )[];
}

const indexCache = new WeakMap<Program, CheckIndex>();

function checkIndexOf(program: Program): CheckIndex {
  const known = indexCache.get(program);
  if (known) return known;
  const checks = stateChecks(program).map((check): ConjunctiveCheck => ({
    check,
    terms: conjunctsOf(check.violatedWhen),
  }));
  const readers: { check: number; term: number }[][] = [];
  checks.forEach(({ terms }, check) =>
    terms.forEach((expression, term) => {
      const fields = new Set<number>();
      fieldsRead(expression, (field) => fields.add(field));
      for (const field of fields) (readers[field] ??= []).push({ check, term });
    }),
  );
  const index = { checks, readers };
  indexCache.set(program, index);
  return index;
}

function conjunctsOf(e: Expr): readonly Expr[] {
  return e.op === 'and' ? [...conjunctsOf(e.a), ...conjunctsOf(e.b)] : [e];
}

/** No term is false: the check is violated, and was reported. */
const REPORTED = -1;

/**
 * Reports the state checks that are violated along one run, each once. A check that holds is evaluated again only when a field
 * of its false term changes, because a step changes few fields.
 */
export class StateCheckMonitor {
  private readonly index: CheckIndex;
  /** By check: the index of a false term, or `REPORTED`. */
  private readonly falseTerm: Int32Array;
  private previous: Int32Array | undefined;

  constructor(program: Program) {
    this.index = checkIndexOf(program);
    this.falseTerm = new Int32Array(this.index.checks.length);
  }

  /** The checks that are violated in the next state of the run and were not reported before. */
  next(state: Int32Array): readonly StateCheck[] {
    return this.checksToEvaluate(state).flatMap((index) => {
      const { check, terms } = this.index.checks[index] as ConjunctiveCheck;
      this.falseTerm[index] = terms.findIndex((term) => evaluate(term, state) === 0);
      return this.falseTerm[index] === REPORTED ? [check] : [];
    });
  }

  private checksToEvaluate(state: Int32Array): readonly number[] {
    const { index, falseTerm, previous } = this;
    if (!previous) {
      this.previous = state.slice();
      return index.checks.map((_, check) => check);
    }
    const found: number[] = [];
    for (let field = 0; field < previous.length; field++) {
      if (previous[field] === state[field]) continue;
      for (const { check, term } of index.readers[field] ?? [])
        if (falseTerm[check] === term && !found.includes(check)) found.push(check);
    }
    previous.set(state);
    return found.sort((a, b) => a - b);
  }
}
