import type { CheckAnswer } from '../../check-worker/checkClient';
import type { CheckProgress } from '../../check-worker/runCheckInSlices';
import type { CheckResult } from '../../explore/checkResult';
import type { Explanation } from '../../explore/explain/decidingSteps';
import type { MatrixCell } from '../../explore/matrix/matrix';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { DesignChange } from '../../kernel/language/mutation';
import type { Scenario } from '../../scenario/format/scenario';

/** What a check explores: the calls of a scenario under its design, with that design's modifications. */
export interface CheckSubject {
  readonly scenario: Scenario;
  readonly mutations: readonly DesignChange[];
}

/** The latest check of a session. */
export type CheckState =
  | { readonly kind: 'idle' }
  /** The check panel starts it: only the page can create a worker. */
  | { readonly kind: 'requested' }
  | {
      readonly kind: 'running';
      readonly subject: CheckSubject;
      readonly progress: CheckProgress | undefined;
    }
  | { readonly kind: 'done'; readonly subject: CheckSubject; readonly result: CheckResult }
  | { readonly kind: 'failed'; readonly subject: CheckSubject; readonly message: string };

/** The check of the text in the design editor, repeated after each key. */
export interface LiveCheck {
  /** The latest text. */
  readonly text: string;
  /** The text is being checked: the answer is of an earlier one. */
  readonly pending: boolean;
  readonly answer: CheckAnswer | undefined;
  /** From the key to the answer. */
  readonly milliseconds: number;
}

/** A single change after which a property holds, with its check. */
export interface FoundFix {
  readonly title: string;
  readonly subject: CheckSubject;
  readonly result: CheckResult;
  /** In another design or option: which call of the counterexample never succeeds there, as a sentence. */
  readonly difference?: string | undefined;
}

/** Why a property is violated, and what would help. */
export interface ExplanationState {
  readonly subject: CheckSubject;
  readonly property: PropertyId;
  /** A string says why there is none. */
  readonly explanation: Explanation | string | undefined;
  readonly fixes: readonly FoundFix[];
  readonly working: boolean;
}

/** Steps of the calls on screen whose removal no property notices. */
export interface UnnoticedRemovals {
  /** The text of the design that was tested. */
  readonly text: string;
  /** Stable names. */
  readonly unnoticed: ReadonlySet<string>;
}

/** The finished cells of the verdict matrix: each is one built-in scenario under one design configuration. */
export interface VerdictsState {
  readonly cells: readonly MatrixCell[];
  readonly running: boolean;
}
