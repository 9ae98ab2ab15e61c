import type { Program, ProgramFile } from '../compiler/program';
import { binary, constant, evaluate, field } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { PropertyId } from '../language/propertyId';

/** A state that must not be reached. */
export interface StateCheck {
  readonly property: PropertyId;
  readonly violatedWhen: Expr;
  /** What is violated, with the names of the objects. */
  readonly text: string;
  /** The same with values from the state; `text` if absent. */
  readonly describe?: (state: Int32Array) => string;
  /** Index of the object to show the violation at. */
  readonly object: number | undefined;
}

/** A property. Its file in this folder exports it under the file's name: `memory.ts` exports `memory`. */
export interface Property {
  readonly id: PropertyId;
  /** Position in tables and results. */
  readonly order: number;
  /** Column heading of narrow tables. */
  readonly label: string;
  /** Where the property is explained, for screen and exports. */
  readonly cite: string;
  readonly title: string;
  /** What must hold, in one sentence. */
  readonly statement: string;
  /** What a violation means, in one sentence. */
  readonly consequence: string;
  /** Whether the program's design has the state that the property is about. */
  readonly appliesTo: (program: Program) => boolean;
  /** Left out of the results of programs that it does not apply to, and of tables of the built-in designs. */
  readonly isOptional?: true;
  /** Evaluated after every step; empty if the machine or the checker's state graph finds the violations. */
  readonly checks: (program: Program) => readonly StateCheck[];
  /** Where violations show: in a state, in a step, or only in the graph of all runs. */
  readonly detectedIn: 'state' | 'step' | 'graph';
}

/** True while the file has references. */
export function isOpen(program: Program, file: ProgramFile): Expr {
  return binary('ne', field(program.objects[file.object]!.fields['f_count']!), constant(0));
}

/** The name of the file's owner context in this state; "no context" for NULL. */
export function ownerContextName(program: Program, file: ProgramFile, state: Int32Array): string {
  const target = file.ownerContext ? evaluate(file.ownerContext, state) - 1 : -1;
  return program.objects[file.ownerTargets[target] ?? -1]?.name ?? 'no context';
}

/** All unordered pairs of different items. */
export function unorderedPairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));
}
