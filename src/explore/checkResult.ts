import type { PropertyId } from '../kernel/language/propertyId';

/** How far a search came: every interleaving, all up to a depth, or until something stopped it. */
export type Coverage = 'complete' | 'bounded' | 'stopped';

/** What ended a search before its time. */
export type StoppedBy = 'states' | 'memory' | 'time' | 'cancel' | 'depth';

/** What is known of one property. `holds` is only said of a complete search; `incomplete` where nothing was found in a part. */
export type PropertyStatus = 'holds' | 'violated' | 'not-applicable' | 'incomplete';

/** A schedule as the scenario format has it, and what it shows at its last step. */
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

/** One way in which all calls can end: who got which errno, and which fops the open device files have. */
export interface CheckOutcome {
  readonly calls: readonly {
    readonly by: string;
    readonly call: string;
    readonly as?: string;
    /** `ok`, `-EBUSY`, `blocked` or `skipped`. */ readonly result: string;
  }[];
  readonly files: readonly {
    readonly name: string;
    readonly by: string;
    readonly device?: string;
    readonly fops: 'parked' | 'normal';
  }[];
  /** Distinct end states that look like this. */
  readonly states: number;
  readonly witness: Counterexample;
}

/** What `check --json` prints (formats.md section 2). */
export interface CheckResult {
  readonly format: 'vfio-playground/check@1';
  readonly design: string;
  readonly options: Readonly<Record<string, string | boolean>>;
  readonly verdict: 'violated' | 'holds' | 'incomplete';
  readonly coverage: Coverage;
  /** Only where coverage is not complete. */
  readonly stoppedBy?: StoppedBy;
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly seconds: number;
  readonly engine: 'wasm' | 'bytecode';
  /** Only where it was asked for: states are then counted after reduction. */
  readonly reduce?: Reduction;
  readonly properties: readonly PropertyVerdict[];
  readonly outcomes: readonly CheckOutcome[];
}

/** How a search may leave states out without changing a verdict. */
export type Reduction = 'none' | 'symmetry' | 'partial-order' | 'both';
