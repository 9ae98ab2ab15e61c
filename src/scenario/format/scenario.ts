import type { Options } from '../../kernel/language/design';
import type { callErrorText } from '../../kernel/language/errno';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Call, CallName, World } from '../../kernel/language/world';

/** Value of the `format` key of a scenario file. */
export const SCENARIO_FORMAT = 'vfio-playground/scenario@1';

/** Address of the JSON Schema of the format, in the npm package. Nothing of ours fetches it; editors do. */
export const SCENARIO_SCHEMA_URL = 'https://unpkg.com/vfio-playground/dist/scenario.schema.json';

/** Calls in file order, entries (task names, optionally with a step count, `qemu*3`, or a step to stop before, `driver until REG.12`), or a seeded random walk. */
export type Schedule = 'sequential' | readonly string[] | { readonly random: number };

/** A caption, shown when task `by` (any task if undefined) has run the step with id `at`, such as `BIND.9`. */
export interface Caption {
  readonly at: string;
  readonly by?: string | undefined;
  readonly say: string;
}

/** Expected return value of one call: a number, any fd or id, an errno such as `-EBUSY`, `blocked` or `skipped`. */
export interface ExpectedCall {
  readonly by: string;
  readonly call: CallName;
  readonly as?: string | undefined;
  readonly returns: number | 'fd' | 'id' | ReturnType<typeof callErrorText> | 'blocked' | 'skipped';
}

/** A part of a final outcome that some interleaving must have: the results of some calls, the fops of some files. */
export interface PartialOutcome {
  readonly calls?: readonly ExpectedCall[] | undefined;
  readonly files?:
    readonly { readonly name: string; readonly fops: 'parked' | 'normal' }[] | undefined;
}

/** What `run --verify` and `check --verify` compare; an absent key is not compared. `calls` is in file order and may be incomplete. */
export interface ScenarioExpectation {
  readonly calls?: readonly ExpectedCall[] | undefined;
  /** Exactly the properties that the run violates. */
  readonly violations?: readonly PropertyId[] | undefined;
  /** `holds` if this schedule violates no property. */
  readonly verdict?: 'holds' | 'violated' | undefined;
  /** What `check --verify` looks for among the final outcomes of all interleavings. */
  readonly reachable?: readonly PartialOutcome[] | undefined;
}

/** A valid scenario with its defaults filled in. */
export interface Scenario {
  readonly title: string;
  readonly about: string;
  readonly design: string;
  /** As given; an absent option has the design's default. */
  readonly options: Options;
  readonly world: World;
  readonly calls: readonly Call[];
  readonly schedule: Schedule;
  readonly beats: readonly Caption[];
  readonly expect: ScenarioExpectation | undefined;
}

/** One error in an input: its place (`calls[2].fd`), and what was expected and found there. */
export interface InputError {
  readonly path: string;
  readonly message: string;
}
