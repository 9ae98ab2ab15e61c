import type { InputError, Scenario } from '../format/scenario';
import type { CompletePart } from './lostEvents';

/** What a call returned: `success`, `skipped`, `-EBUSY` or `limit of the model`; undefined if the trace does not say. */
export type TracedReturn = string | undefined;

/** What a recorded event says about a call. */
export type KernelEventKind =
  | { readonly kind: 'enter' }
  | { readonly kind: 'exit'; readonly returns: TracedReturn }
  /** A step of the model ran; only our own export has these. */
  | { readonly kind: 'step'; readonly step: string }
  /** The task entered this kernel function. */
  | { readonly kind: 'function'; readonly name: string }
  /** The task found the mutex at this address taken, or got it after that. */
  | { readonly kind: 'contention'; readonly lock: string; readonly phase: 'begin' | 'end' };

/** One event of a recorded trace that concerns a call of its scenario. */
export type KernelEvent = KernelEventKind & {
  /** 1-based. */
  readonly line: number;
  /** The event as the trace has it. */
  readonly text: string;
  readonly task: string;
  /** Index into the calls of the scenario; -1 for a store buffer, which makes no call. */
  readonly call: number;
};

/** The calls that a trace shows and what happened in which order. */
export interface TracedCalls {
  /** Its schedule means nothing: the search for one is the task. */
  readonly scenario: Scenario;
  readonly events: readonly KernelEvent[];
  /** What the trace does not say and the reader assumed, in sentences. */
  readonly assumptions: readonly string[];
}

/** A recorded trace. */
export interface KernelTrace extends TracedCalls {
  /** Number of events that were read, with those that say nothing about a call. */
  readonly readEvents: number;
  /** If the recorder lost events: what was read, and what not. */
  readonly complete: CompletePart | undefined;
}

/** What a trace gives, or the errors of its text; the path of an error is its line, `line 12`. */
export type ParsedTrace<T> =
  | { readonly ok: true; readonly trace: T }
  | { readonly ok: false; readonly errors: readonly InputError[] };

export type ParsedKernelTrace = ParsedTrace<KernelTrace>;

/** Starts each marker that the playground writes into a trace. */
export const MARKER = 'vfio-playground';
