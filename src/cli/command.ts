import type { CheckResult } from '../explore/checkResult';

/** What a command reads and writes: the process, or memory in tests. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** The text of a file, or of standard input for `-`. Throws if it cannot be read. */
  readonly read: (file: string) => string;
  /** Throws if the file cannot be written. */
  readonly write: (file: string, text: string) => void;
  /** The version of the package. */
  readonly version: string;
  /** Replaces the progress of a long command, which is not part of its output; an empty text removes it. Absent if the output is no terminal. */
  readonly progress?: (text: string) => void;
  /** Whether the output is read on a terminal that shows colours. */
  readonly hasColours?: boolean;
  /** Calls `stop` when the user interrupts a long command; returns the function that removes the listener. */
  readonly onInterrupt?: (stop: () => void) => () => void;
}

/** The arguments after the name of a command. */
export interface CliArguments {
  readonly files: readonly string[];
  readonly flags: ReadonlySet<string>;
  /** All values of each given option, in order. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** One command. Flags (no value) and options (one value) are named without dashes. */
export interface CliCommand {
  readonly id: string;
  readonly usage: string;
  readonly about: string;
  readonly flags: readonly string[];
  readonly options: readonly string[];
  /** Minimum and maximum number of FILE arguments. */
  readonly fileCount: readonly [min: number, max: number];
  /** Returns the exit status; throws `CliInputError` on bad input. */
  readonly run: (args: CliArguments, terminal: Terminal) => number | Promise<number>;
}

/** Published exit statuses (docs/cli.md). `violated` also means that `--verify` found a difference. */
export const EXIT_STATUS = { fine: 0, violated: 1, badInput: 2, stopped: 3 } as const;

export function exitStatusOf(verdict: CheckResult['verdict']): number {
  switch (verdict) {
    case 'violated':
      return EXIT_STATUS.violated;
    case 'holds':
      return EXIT_STATUS.fine;
    case 'incomplete':
      return EXIT_STATUS.stopped;
  }
}

/** States between two checks for an interrupt or a time limit. */
export const STATES_PER_SLICE = 50_000;

/** Lets Node deliver an interrupt between two slices of a search. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
