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
  /** Absent where no other program can run. */
  readonly tools?: Tools;
}

/** The result of another program. */
export interface ToolResult {
  /** Its exit status; undefined if it is not installed. */
  readonly status: number | undefined;
  /** Both outputs together. */
  readonly output: string;
  readonly timedOut: boolean;
}

/** A folder in which other programs run. */
export interface ToolFolder {
  readonly write: (name: string, text: string) => void;
  /** Removes the first file whose name matches, and gives its text. */
  readonly take: (name: RegExp) => string | undefined;
  readonly subfolder: (name: string) => ToolFolder;
  /** Runs a program until it ends, or for `seconds`; then it is interrupted. */
  readonly run: (
    program: string,
    args: readonly string[],
    options: { readonly seconds?: number; readonly onOutput?: (text: string) => void },
  ) => Promise<ToolResult>;
  /** Interrupts what runs in it. */
  readonly interrupt: () => void;
  readonly remove: () => void;
}

/** Other programs of this machine. */
export interface Tools {
  readonly cores: number;
  readonly makeFolder: () => ToolFolder;
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
