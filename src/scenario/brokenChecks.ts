import { evaluate, fieldsRead } from '../kernel/expr';
import type { Expr } from '../kernel/expr';
import type { Program } from '../kernel/program';
import { stateChecks } from '../kernel/properties/properties';
import type { StateCheck } from '../kernel/properties/property';

/** A check as terms that must all hold for it to be broken. */
interface Asked {
  readonly check: StateCheck;
  readonly terms: readonly Expr[];
}

interface Index {
  readonly asked: readonly Asked[];
  /** By field: the checks that read it, and in which term. */
  readonly readers: readonly (
    readonly { readonly check: number; readonly term: number }[] | undefined
  )[];
}

const known = new WeakMap<Program, Index>();

function indexOf(program: Program): Index {
  const before = known.get(program);
  if (before) return before;
  const asked = stateChecks(program).map((check): Asked => ({ check, terms: termsOf(check.bad) }));
  const readers: { check: number; term: number }[][] = [];
  asked.forEach(({ terms }, check) =>
    terms.forEach((each, term) => {
      const read = new Set<number>();
      fieldsRead(each, (field) => read.add(field));
      for (const field of read) (readers[field] ??= []).push({ check, term });
    }),
  );
  const made = { asked, readers };
  known.set(program, made);
  return made;
}

function termsOf(e: Expr): readonly Expr[] {
  return e.op === 'and' ? [...termsOf(e.a), ...termsOf(e.b)] : [e];
}

const BROKEN = -1;

/**
 * Tells the checks that break along one run, each once. A check that holds is left alone until something that its holding
 * rests on (one term of it that is false) has changed: a step changes few fields.
 */
export class BrokenChecks {
  private readonly index: Index;
  /** By check: the term that is false; `BROKEN` once told. */
  private readonly rests: Int32Array;
  private seen: Int32Array | undefined;

  constructor(program: Program) {
    this.index = indexOf(program);
    this.rests = new Int32Array(this.index.asked.length);
  }

  /** The checks that are broken in this state, the next of the run, and were not told before. */
  next(state: Int32Array): readonly StateCheck[] {
    const {
      index: { asked },
      rests,
    } = this;
    return this.toAsk(state).flatMap((at) => {
      const { check, terms } = asked[at] as Asked;
      rests[at] = terms.findIndex((term) => evaluate(term, state) === 0);
      return rests[at] === BROKEN ? [check] : [];
    });
  }

  private toAsk(state: Int32Array): readonly number[] {
    const {
      index: { asked, readers },
      rests,
      seen,
    } = this;
    if (!seen) {
      this.seen = state.slice();
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
