import { evaluate, fieldsRead } from '../../kernel/language/expressions';
import type { Expr } from '../../kernel/language/expressions';
import type { Program } from '../../kernel/compiler/program';
import { stateChecks } from '../../kernel/properties/properties';
import type { StateCheck } from '../../kernel/properties/property';

/** A check as terms that must all hold for it to be broken. */
interface ConjunctiveCheck {
  readonly check: StateCheck;
  readonly terms: readonly Expr[];
}

interface CheckIndex {
  readonly checks: readonly ConjunctiveCheck[];
  /** By field: the checks that read it, and in which term. */
  readonly readers: readonly (
    readonly { readonly check: number; readonly term: number }[] | undefined
  )[];
}

const indexCache = new WeakMap<Program, CheckIndex>();

function checkIndexOf(program: Program): CheckIndex {
  const before = indexCache.get(program);
  if (before) return before;
  const asked = stateChecks(program).map((check): ConjunctiveCheck => ({
    check,
    terms: conjunctsOf(check.violatedWhen),
  }));
  const readers: { check: number; term: number }[][] = [];
  asked.forEach(({ terms }, check) =>
    terms.forEach((each, term) => {
      const read = new Set<number>();
      fieldsRead(each, (field) => read.add(field));
      for (const field of read) (readers[field] ??= []).push({ check, term });
    }),
  );
  const made = { checks: asked, readers };
  indexCache.set(program, made);
  return made;
}

function conjunctsOf(e: Expr): readonly Expr[] {
  return e.op === 'and' ? [...conjunctsOf(e.a), ...conjunctsOf(e.b)] : [e];
}

const REPORTED = -1;

/**
 * Tells the checks that break along one run, each once. A check that holds is left alone until something that its holding
 * rests on (one term of it that is false) has changed: a step changes few fields.
 */
export class StateCheckMonitor {
  private readonly index: CheckIndex;
  /** By check: the term that is false; `BROKEN` once told. */
  private readonly falseTerm: Int32Array;
  private previous: Int32Array | undefined;

  constructor(program: Program) {
    this.index = checkIndexOf(program);
    this.falseTerm = new Int32Array(this.index.checks.length);
  }

  /** The checks that are broken in this state, the next of the run, and were not told before. */
  next(state: Int32Array): readonly StateCheck[] {
    const {
      index: { checks: asked },
      falseTerm: rests,
    } = this;
    return this.checksToEvaluate(state).flatMap((at) => {
      const { check, terms } = asked[at] as ConjunctiveCheck;
      rests[at] = terms.findIndex((term) => evaluate(term, state) === 0);
      return rests[at] === REPORTED ? [check] : [];
    });
  }

  private checksToEvaluate(state: Int32Array): readonly number[] {
    const {
      index: { checks: asked, readers },
      falseTerm: rests,
      previous: seen,
    } = this;
    if (!seen) {
      this.previous = state.slice();
      return asked.map((_, at) => at);
    }
    const found: number[] = [];
    for (let field = 0; field < seen.length; field++) {
      if (seen[field] === state[field]) continue;
      for (const { check, term } of readers[field] ?? [])
        if (rests[check] === term && !found.includes(check)) found.push(check);
    }
    seen.set(state);
    return found.sort((a, b) => a - b);
  }
}
