import { binary, constant, evaluate, field } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { Program, ProgramFile } from '../compiler/program';
import type { PropertyId } from '../language/propertyId';

/** A state that must not be reached: the property is violated where `bad` is true. */
export interface StateCheck {
  readonly property: PropertyId;
  readonly violatedWhen: Expr;
  /** Names the objects and what is wrong with them. */
  readonly text: string;
  /** The same with what the state holds; `text` where left out. */
  readonly describe?: (state: Int32Array) => string;
  /** Object index to show it at. */
  readonly object: number | undefined;
}

/** One law of the model. */
export interface Property {
  readonly id: PropertyId;
  /** Its number in domain.md section 8. */
  readonly cite: string;
  readonly title: string;
  /** One line for people. */
  readonly statement: string;
  /** Whether the program's design has such state at all. */
  readonly appliesTo: (program: Program) => boolean;
  /** Evaluated after every step; empty where the machine itself or the checker's graph tells. */
  readonly checks: (program: Program) => readonly StateCheck[];
  /** Where violations are seen: in a state, in a step, or only in the graph of all runs. */
  readonly detectedIn: 'state' | 'step' | 'graph';
}

/** True while the file has references: it was opened and not yet closed for the last time. */
export function isOpen(program: Program, file: ProgramFile): Expr {
  return binary('ne', field(program.objects[file.object]!.fields['f_count']!), constant(0));
}

/** The name of the owner context that a file works for in this state. */
export function ownerContextName(program: Program, file: ProgramFile, state: Int32Array): string {
  return (
    program.objects[
      file.ownerTargets[file.ownerContext ? evaluate(file.ownerContext, state) - 1 : -1] ?? -1
    ]?.name ?? 'no context'
  );
}

/** Unordered pairs. */
export function unorderedPairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));
}
