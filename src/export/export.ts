import type { PropertyId } from '../kernel/language/propertyId';
import type { Trace } from '../scenario/run/trace';

/** What an export can be asked for; each takes what concerns it. */
export interface ExportOptions {
  /** Every step to the end, not only those that affect the outcome. */
  readonly full?: boolean | undefined;
  /** The property that the export is about; by default the one that the scenario's title is about. */
  readonly property?: PropertyId | undefined;
  /** Address of the playground, which the link starts with. Without it a text names the scenario and the schedule instead. */
  readonly base?: string | undefined;
  /** Of an animation: it starts with the state after this many steps; 0 by default. */
  readonly from?: number | undefined;
  /** Of an animation: its last step, counted from 1; by default that of the run. */
  readonly until?: number | undefined;
  /** What is known beyond this run: `shortest of all schedules, 18234 states explored`. */
  readonly coverage?: string | undefined;
  /** Colours of a picture; `auto`, the default, follows the reader's setting. */
  readonly theme?: 'light' | 'dark' | 'auto' | undefined;
}

/** A file that belongs beside an export. */
export interface CompanionFile {
  readonly fileName: string;
  readonly text: string;
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
  /** A picture that moves. */
  readonly isAnimated?: boolean;
  readonly make: (trace: Trace, options?: ExportOptions) => string;
  /** Other files that the text refers to by name, such as its picture. */
  readonly companions?: (trace: Trace, options?: ExportOptions) => readonly CompanionFile[];
}
