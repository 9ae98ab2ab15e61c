import type { ValidateResult } from '../../explore/validate/validateTrace';
import type { InputError } from '../../scenario/format/scenario';

/** A call that a trace shows. */
export interface TracedCall {
  /** Line at which it begins, 1-based. */
  readonly line: number;
  readonly task: string;
  /** `fd1 = open_cdev(vfio0)`. */
  readonly text: string;
  /** `success` or an errno; undefined if the trace has no end of the call. */
  readonly returns: string | undefined;
}

/** What the page found in a kernel trace that the user opened. */
export type TraceReport = { readonly fileName: string } & (
  | { readonly kind: 'refused'; readonly errors: readonly InputError[] }
  | {
      readonly kind: 'read';
      readonly result: ValidateResult;
      /** Number of events that were read, with those that say nothing about a call. */
      readonly readEvents: number;
      readonly calls: readonly TracedCall[];
    }
);
