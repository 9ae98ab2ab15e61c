import {
  FALSE,
  TRUE,
  all,
  any,
  binary,
  constant,
  not,
  conditional,
} from '../../kernel/language/expressions';
import type { Expr } from '../../kernel/language/expressions';
import type { Program } from '../../kernel/compiler/program';
import { eachStatement } from '../../kernel/language/statements';
import type { Statement } from '../../kernel/language/statements';

/** One outcome of a step: the next pc, its condition on the state before the step, and the statements, without jumps. */
export interface StepOutcome {
  readonly target: number;
  readonly when: Expr;
  readonly body: readonly Statement[];
}

/** A body, split at its first branch that contains a jump. */
interface BranchTree {
  readonly body: readonly Statement[];
  readonly end:
    | { readonly target: number }
    | { readonly cond: Expr; readonly then: BranchTree; readonly otherwise: BranchTree };
}

/** The value of each field at a point of a body, in terms of the state before the body; absent if unchanged. */
type SymbolicValues = ReadonlyMap<number, Expr>;

/** The outcomes of a step's body, one per next pc; exactly one of their conditions is true. */
export function stepOutcomes(
  program: Program,
  body: readonly Statement[],
  next: number,
): readonly StepOutcome[] {
  const path = splitAtJump(body, next);
  const targets = new Set<number>();
  collectTargets(path, targets);
  return [...targets]
    .map((target): StepOutcome => ({
      target,
      when: targets.size === 1 ? TRUE : conditionFor(program, path, target, new Map()),
      body: bodyFor(path, target) ?? [],
    }))
    .filter((o) => o.when.op !== 'const' || o.when.value !== 0);
}

function splitAtJump(body: readonly Statement[], next: number): BranchTree {
  const done: Statement[] = [];
  for (const [i, s] of body.entries()) {
    if (s.op === 'jump') return { body: done, end: { target: s.pc } };
    let jumps = false;
    eachStatement([s], (inner) => {
      jumps ||= inner.op === 'jump';
    });
    if (s.op === 'if' && jumps) {
      const rest = body.slice(i + 1);
      return {
        body: done,
        end: {
          cond: s.cond,
          then: splitAtJump([...s.then, ...rest], next),
          otherwise: splitAtJump([...s.otherwise, ...rest], next),
        },
      };
    }
    done.push(s);
  }
  return { body: done, end: { target: next } };
}

function collectTargets(path: BranchTree, targets: Set<number>): void {
  if ('target' in path.end) targets.add(path.end.target);
  else {
    collectTargets(path.end.then, targets);
    collectTargets(path.end.otherwise, targets);
  }
}

function conditionFor(
  program: Program,
  path: BranchTree,
  target: number,
  before: SymbolicValues,
): Expr {
  const { end } = path;
  if ('target' in end) return end.target === target ? TRUE : FALSE;
  const values = valuesAfter(program, path.body, before);
  const cond = substitute(program, end.cond, values);
  return any([
    all([cond, conditionFor(program, end.then, target, values)]),
    all([not(cond), conditionFor(program, end.otherwise, target, values)]),
  ]);
}

/** The statements of the paths to `target`; undefined if there is none. */
function bodyFor(path: BranchTree, target: number): readonly Statement[] | undefined {
  const { end } = path;
  if ('target' in end) return end.target === target ? path.body : undefined;
  const then = bodyFor(end.then, target);
  const otherwise = bodyFor(end.otherwise, target);
  if (!then || !otherwise) {
    const only = then ?? otherwise;
    return only && [...path.body, ...only];
  }
  return [...path.body, { op: 'if', cond: end.cond, then, otherwise }];
}

function valuesAfter(
  program: Program,
  body: readonly Statement[],
  before: SymbolicValues,
): SymbolicValues {
  const values = new Map(before);
  for (const s of body) {
    if (s.op === 'set') values.set(s.field, substitute(program, s.value, values));
    if (s.op !== 'if') continue;
    const cond = substitute(program, s.cond, values);
    const then = valuesAfter(program, s.then, values);
    const otherwise = valuesAfter(program, s.otherwise, values);
    for (const f of new Set([...then.keys(), ...otherwise.keys()])) {
      const old: Expr = { op: 'field', field: f };
      values.set(f, conditional(cond, then.get(f) ?? old, otherwise.get(f) ?? old));
    }
  }
  return values;
}

/** The expression with fields replaced by these values, and constant fields folded. */
export function substitute(program: Program, e: Expr, values: SymbolicValues): Expr {
  switch (e.op) {
    case 'const':
      return e;
    case 'field': {
      const f = program.fields[e.field];
      return values.get(e.field) ?? (f?.constant && f.kind !== 'pc' ? constant(f.init) : e);
    }
    case 'not':
      return not(substitute(program, e.a, values));
    case 'select':
      return conditional(
        substitute(program, e.cond, values),
        substitute(program, e.a, values),
        substitute(program, e.b, values),
      );
    default:
      return binary(e.op, substitute(program, e.a, values), substitute(program, e.b, values));
  }
}
