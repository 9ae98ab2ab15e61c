import type { PropertyId } from '../kernel/language/propertyId';
import type { InputError } from '../scenario/format/scenario';

/** What a search covered: every interleaving, all up to a depth, or only a part because it was stopped. */
export type Coverage = 'complete' | 'bounded' | 'stopped';

/**
 * Why a search ended early, or is not sure. `model`: a call reached a state that the model cannot represent. `bitstate`,
 * `hash-compact`: SPIN may have taken some states for others. `violation`: SPIN stops when it has found each wanted violation.
 */
export type StoppedBy =
  | 'states'
  | 'memory'
  | 'time'
  | 'cancel'
  | 'depth'
  | 'model'
  | 'bitstate'
  | 'hash-compact'
  | 'violation';

/** The status of one property. `holds` requires a complete search; `incomplete` means no violation in the part that was searched. */
export type PropertyStatus = 'holds' | 'violated' | 'not-applicable' | 'incomplete';

/** A schedule in the scenario format, and the text of the violation at its last step. */
export interface Counterexample {
  readonly schedule: readonly string[];
  readonly steps: number;
  /** How often the running task changes. */
  readonly switches: number;
  readonly text: string;
}

/** The verdict on one property. */
export interface PropertyVerdict {
  readonly id: PropertyId;
  readonly status: PropertyStatus;
  readonly witness?: Counterexample;
}

/** One way in which all calls can end: their results, and the fops of the open device files. */
export interface CheckOutcome {
  readonly calls: readonly {
    readonly by: string;
    readonly call: string;
    readonly as?: string;
    /** `ok`, an errno such as `-EBUSY`, `blocked` or `skipped`. */
    readonly result: string;
  }[];
  readonly files: readonly {
    readonly name: string;
    readonly by: string;
    readonly device?: string;
    readonly fops: 'parked' | 'normal';
  }[];
  /** Number of distinct terminal states with this outcome. */
  readonly states: number;
  readonly witness: Counterexample;
}

/** What `check --json` prints (formats.md section 2). */
export interface CheckResult {
  readonly format: 'vfio-playground/check@1';
  readonly design: string;
  /** The user has changed or written the design; absent for a built-in one. */
  readonly modified?: true;
  readonly options: Readonly<Record<string, string | boolean>>;
  readonly verdict: 'violated' | 'holds' | 'incomplete';
  readonly coverage: Coverage;
  /** Absent if coverage is complete. */
  readonly stoppedBy?: StoppedBy;
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly seconds: number;
  readonly engine: 'wasm' | 'bytecode' | 'spin';
  /** How SPIN searched. Its counterexamples need not be the shortest. */
  readonly spin?: {
    readonly mode: 'exhaustive' | 'bitstate' | 'hash-compact' | 'swarm';
    readonly cores: number;
    readonly jobs?: number;
    readonly megabytes: number;
  };
  /** Absent without reduction. With one, `states` counts the states after reduction. */
  readonly reduce?: Reduction;
  readonly properties: readonly PropertyVerdict[];
  /** The faults of the scenario that no step of any interleaving reaches; absent if there is none. */
  readonly unreachedFaults?: readonly InputError[];
  readonly outcomes: readonly CheckOutcome[];
}

/** Ways to leave states out without changing a verdict. */
export type Reduction = 'none' | 'symmetry' | 'partial-order' | 'both';
