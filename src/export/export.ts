import type { Trace } from '../scenario/run/trace';

/** What an export can be asked for; each takes what concerns it. */
export interface ExportOptions {
  /** Every step to the end, not only those that affect the outcome. */
  readonly full?: boolean | undefined;
  /** Prefix of the `#v1.` link, usually the address of the playground; empty by default. */
  readonly base?: string | undefined;
  /** What is known beyond this run: `shortest of all schedules, 18234 states explored`. */
  readonly coverage?: string | undefined;
  /** Colours of a picture; `auto`, the default, follows the reader's setting. */
  readonly theme?: 'light' | 'dark' | 'auto' | undefined;
}

/** An output format of a run: one file of `formats/`, which exports exactly one such record. */
export interface Export {
  /** Argument of `export --to`. */
  readonly id: string;
  readonly title: string;
  /** File name extension, without the dot. */
  readonly extension: string;
  /** Position in menus and lists, ascending. */
  readonly order: number;
  readonly make: (trace: Trace, options?: ExportOptions) => string;
}
