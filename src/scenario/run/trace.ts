import type { StepEvent } from '../../kernel/machine/machine';
import type { Program, Step } from '../../kernel/compiler/program';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Scenario } from '../format/scenario';

/** A rule broken at one step of a run; the same breach is not told again at later steps. */
export interface TraceViolation {
  readonly property: PropertyId;
  readonly text: string;
  /** Index into `Trace.steps`. */
  readonly step: number;
  /** Index into `Program.tasks`. */
  readonly task: number;
  /** Index into `Program.objects`, where one object is at fault. */
  readonly object: number | undefined;
}

/** One step of a run: who, what, and what people are told about it. */
export interface TraceStep {
  /** Index into `Trace.steps`. */
  readonly index: number;
  /** Index into `Program.tasks`. */
  readonly task: number;
  readonly step: Step;
  readonly events: readonly StepEvent[];
  /** One plain line per event, in the order of `events`. */
  readonly texts: readonly string[];
  readonly violations: readonly TraceViolation[];
}

/** A run: what was compiled and who moved when. States are had by replay (`stateAt`). */
export interface Trace {
  readonly scenario: Scenario;
  readonly program: Program;
  /** Task index of every step, in time order. */
  readonly schedule: readonly number[];
  readonly steps: readonly TraceStep[];
}
