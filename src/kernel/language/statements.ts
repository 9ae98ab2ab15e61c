import type { Expr } from './expressions';
import type { PropertyId } from './propertyId';

/**
 * A lowered step: conditional assignments. The body runs as one atomic action; `jump` ends it early. Without a jump the
 * task continues at the next pc.
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
  /** Reports a violation found by the machine; no effect on the state. */
  | { readonly op: 'violate'; readonly property: PropertyId; readonly event: number }
  /** Emits an event (index into `Program.eventTemplates`) with a value; no effect on the state. */
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
