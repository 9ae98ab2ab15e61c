import type { StepEvent } from '../../kernel/machine/machine';
import type { Program, Step } from '../../kernel/compiler/program';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Scenario } from '../format/scenario';

/** A property violated at one step of a run. The same violation is not reported again at later steps. */
export interface TraceViolation {
  readonly property: PropertyId;
  readonly text: string;
  /** Index into `Trace.steps`. */
  readonly step: number;
  /** Index into `Program.tasks`. */
  readonly task: number;
  /** Index into `Program.objects`; undefined if it concerns no single object. */
  readonly object: number | undefined;
}

/** One step of a run with its events and texts. */
export interface TraceStep {
  /** Index into `Trace.steps`. */
  readonly index: number;
  /** Index into `Program.tasks`. */
  readonly task: number;
  readonly step: Step;
  readonly events: readonly StepEvent[];
  /** One line per event, in the order of `events`. */
  readonly texts: readonly string[];
  readonly violations: readonly TraceViolation[];
}

/** A run: its program and its steps. `stateAt` replays it to get a state. */
export interface Trace {
  readonly scenario: Scenario;
  readonly program: Program;
  /** Task index of each step. */
  readonly schedule: readonly number[];
  readonly steps: readonly TraceStep[];
}
