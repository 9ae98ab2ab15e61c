import { binary, constant, field } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { Statement } from '../language/statements';

/** A statement before the jumps are resolved: `exit` is the return to user, including the queued release callbacks. */
export type DraftStatement =
  | Exclude<Statement, { op: 'if' }>
  | {
      readonly op: 'if';
      readonly cond: Expr;
      readonly then: readonly DraftStatement[];
      readonly otherwise: readonly DraftStatement[];
    }
  | { readonly op: 'exit' };

/** One shared empty body: half of all branches are empty. */
export const NO_STATEMENTS: readonly DraftStatement[] = [];

/** Whether control never reaches the end of this block. */
export function endsStep(body: readonly DraftStatement[]): boolean {
  const last = body.at(-1);
  if (!last) return false;
  if (last.op === 'jump' || last.op === 'exit') return true;
  return last.op === 'if' && endsStep(last.then) && endsStep(last.otherwise);
}

/** The same statements without their events. */
export function withoutEvents(body: readonly DraftStatement[]): DraftStatement[] {
  return body.flatMap((s): DraftStatement[] => {
    if (s.op === 'emit') return [];
    return s.op === 'if'
      ? [{ ...s, then: withoutEvents(s.then), otherwise: withoutEvents(s.otherwise) }]
      : [s];
  });
}

/** The statements with every `exit` replaced. */
export function resolveExits(
  body: readonly DraftStatement[],
  exit: DraftStatement,
): readonly DraftStatement[] {
  if (!body.some((s) => s.op === 'exit' || s.op === 'if')) return body;
  return body.map((s): DraftStatement => {
    if (s.op === 'exit') return exit;
    if (s.op !== 'if') return s;
    const then = resolveExits(s.then, exit);
    const otherwise = resolveExits(s.otherwise, exit);
    return then === s.then && otherwise === s.otherwise
      ? s
      : { op: 'if', cond: s.cond, then, otherwise };
  });
}

/** Inserts `statements` in front of every `exit`, in place. `statements` is called once per exit. */
export function insertBeforeExits(
  body: DraftStatement[],
  statements: () => readonly DraftStatement[],
): void {
  for (let i = 0; i < body.length; i++) {
    const s = body[i]!;
    if (s.op === 'if') {
      const then = [...s.then];
      const otherwise = [...s.otherwise];
      insertBeforeExits(then, statements);
      insertBeforeExits(otherwise, statements);
      body[i] = { ...s, then, otherwise };
    } else if (s.op === 'exit') {
      body.splice(i, 0, ...statements());
      return;
    }
  }
}

/** Moves a delayed store from its buffer to memory; a buffer holds 0 for none, else the value plus 1. */
export function flushStore(flag: number, buffer: number): Extract<Statement, { op: 'if' }> {
  return {
    op: 'if',
    cond: binary('ne', field(buffer), constant(0)),
    otherwise: [],
    then: [
      { op: 'set', field: flag, value: binary('sub', field(buffer), constant(1)) },
      { op: 'set', field: buffer, value: constant(0) },
    ],
  };
}
