import type { Options } from '../../kernel/language/design';
import type { Errno } from '../../kernel/language/errno';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Call, CallName, World } from '../../kernel/language/world';

/** The `format` word of a scenario file. */
export const SCENARIO_FORMAT = 'vfio-playground/scenario@1';

/** Sequential, task names each optionally `qemu*3`, or a seeded random walk. */
export type Schedule = 'sequential' | readonly string[] | { readonly random: number };

/** A narration point: said when task `by` has run the step whose row id is `at` (any task where `by` is left out). */
export interface Caption {
  readonly at: string;
  readonly by?: string | undefined;
  readonly say: string;
}

/** What one call is expected to return: a number, an errno as `-EBUSY`, or one of the two words. */
interface ExpectedCall {
  readonly by: string;
  readonly call: CallName;
  readonly as?: string | undefined;
  readonly returns: number | `-${Errno}` | 'blocked' | 'skipped';
}

/** What `run --verify` compares; a key that is left out is not compared. `calls` lists calls in file order, perhaps not all. */
export interface ScenarioExpectation {
  readonly calls?: readonly ExpectedCall[] | undefined;
  /** Every property that the run violates, and no other. */
  readonly violations?: readonly PropertyId[] | undefined;
  /** `holds` when this schedule violates nothing. */
  readonly verdict?: 'holds' | 'violated' | undefined;
}

/** A checked scenario file with its defaults filled in. */
export interface Scenario {
  readonly title: string;
  readonly about: string;
  readonly design: string;
  /** As given; options that are left out have the design's default. */
  readonly options: Options;
  readonly world: World;
  readonly calls: readonly Call[];
  readonly schedule: Schedule;
  readonly beats: readonly Caption[];
  readonly expect: ScenarioExpectation | undefined;
}

/** One thing wrong with an input: where (`calls[2].fd`), and what stood there and what is accepted. */
export interface InputError {
  readonly path: string;
  readonly message: string;
}
