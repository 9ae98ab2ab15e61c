import type { Expr } from './expressions';
import type { PropertyId } from './propertyId';

/**
 * What a step does to the state, after lowering: assignments under conditions. A step's body runs to its end as one
 * atomic action; `jump` ends it early. A body that does not jump leaves the task at the next pc.
 */
export type Statement =
  | { readonly op: 'set'; readonly field: number; readonly value: Expr }
  | {
      readonly op: 'if';
      readonly cond: Expr;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  /** Sets the running task's pc and ends the step. */
  | { readonly op: 'jump'; readonly pc: number }
  /** The machine saw a rule broken while this step ran; the state goes on as the other statements say. */
  | { readonly op: 'violate'; readonly property: PropertyId; readonly event: number }
  /** Something for people (an index into `Program.notes`), with the value that was seen; no effect on the state. */
  | { readonly op: 'emit'; readonly event: number; readonly value: Expr };

/** Calls `visit` for every statement, those in branches included, in order. */
export function eachStatement(body: readonly Statement[], visit: (s: Statement) => void): void {
  for (const s of body) {
    visit(s);
    if (s.op === 'if') {
      eachStatement(s.then, visit);
      eachStatement(s.otherwise, visit);
    }
  }
}
