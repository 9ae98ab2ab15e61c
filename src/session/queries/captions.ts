import { callErrorText } from '../../kernel/language/errno';
import { callResult, callStatus } from '../../kernel/machine/machine';
import type { Caption } from '../../scenario/format/scenario';
import { callExpression } from '../../scenario/format/callText';
import { assignCaptions } from '../../scenario/run/captions';
import type { SessionState } from '../store/session';
import { memoizeByKey } from '../trace/memoize';
import { branchPath, currentSnapshot, snapshotAt } from '../trace/replay';
import type { WithRun } from '../trace/run';
import type { TraceNode } from '../trace/traceTree';
import { taskStatuses, waitSentence } from './taskStatus';
import { captionedOutcome, walkthroughLength, walkthroughOf } from './walkthrough';

/** The caption at each depth of a path, if there is one. */
export const captionsOfPath = memoizeByKey(
  (path: readonly TraceNode[]): readonly (Caption | undefined)[] => {
    const setup = path[0]?.setup;
    if (!setup || setup.scenario.beats.length === 0) return path.map(() => undefined);
    const steps = path.map((node) => {
      const { program, state, task, step, eventTexts } = snapshotAt(node);
      return {
        by: program.tasks[task ?? -1]?.name,
        at: step?.id,
        outcome: () => captionedOutcome(eventTexts, program, state),
      };
    });
    return assignCaptions(setup.scenario.beats, steps, walkthroughOf(setup).outcomes);
  },
);

/** The caption at each depth of the branch on screen, if there is one. */
export function branchCaptions(state: WithRun): readonly (Caption | undefined)[] {
  return captionsOfPath(branchPath(state));
}

/** The caption at the cursor. */
export function currentCaption(state: WithRun): Caption | undefined {
  return branchCaptions(state)[state.run.cursor];
}

/**
 * What to say at the cursor. On the walkthrough: the last caption, undefined before the first one. Off it, and where there are no
 * captions: a caption of the running call, else what happens now.
 */
export function narration(state: WithRun): string | undefined {
  const path = branchPath(state);
  return (
    lastCaption(state)?.say ??
    (isOffWalkthrough(state) ? currentEvent(path, state.run.cursor) : undefined)
  );
}

/** The caption that `narration` says, if it belongs to an earlier step: what it says may have changed since. */
export function earlierCaption(state: WithRun): string | undefined {
  const caption = lastCaption(state);
  return caption === currentCaption(state) ? undefined : caption?.say;
}

/** The caption that a presentation shows at the cursor, also while the steps before it play; undefined between captions. */
export function presentedCaption({
  run,
  presentation: { captionDepth },
}: Pick<SessionState, 'run' | 'presentation'>): string | undefined {
  if (captionDepth !== undefined && captionDepth >= run.cursor)
    return narration({ run: { ...run, cursor: captionDepth } });
  return earlierCaption({ run }) === undefined ? narration({ run }) : undefined;
}

/** Whether a caption speaks of a lock: the step that takes it, and the lock, belong to it. */
export function isAboutLocks(caption: string): boolean {
  return /(?<!b)lock/i.test(caption);
}

function lastCaption(state: WithRun): Caption | undefined {
  const { cursor } = state.run;
  const from = isOffWalkthrough(state) ? firstDepthOfCall(branchPath(state), cursor) : 0;
  return branchCaptions(state)
    .slice(from, cursor + 1)
    .findLast((each) => each !== undefined);
}

function isOffWalkthrough(state: WithRun): boolean {
  return (
    state.run.cursor > walkthroughLength(branchPath(state)).length ||
    branchCaptions(state).every((each) => !each)
  );
}

/** The depth of the first of the last consecutive steps of one call. */
function firstDepthOfCall(path: readonly TraceNode[], depth: number): number {
  const callAt = (at: number): number | undefined => {
    const node = path[at];
    return node && snapshotAt(node).step?.call;
  };
  const call = callAt(depth);
  let first = depth;
  while (call !== undefined && first > 1 && callAt(first - 1) === call) first -= 1;
  return first;
}

/** What the task of the last transition does now: it waits, its call has returned, or its call runs. */
function currentEvent(path: readonly TraceNode[], depth: number): string | undefined {
  const node = path[depth];
  if (!node?.transition) return undefined;
  const snapshot = snapshotAt(node);
  const { program, state, task, step } = snapshot;
  const status = taskStatuses(snapshot).find(({ index }) => index === task);
  if (!status) return undefined;
  if (status.wait && status.currentCall) return `${status.name} ${waitSentence(status.wait)}`;
  const call =
    node.transition.kind === 'issue' ? node.transition.call : program.calls[step?.call ?? -1]?.call;
  if (!call) return undefined;
  const made = `${callExpression(call)} of ${status.name}`;
  if (!step) return `${status.name} calls ${callExpression(call)}`;
  const reason = failureReason(path, depth, step.call);
  const ended = callStatus(program, state, step.call);
  if (ended === 'skipped') return `${made} is skipped`;
  if (ended !== 'done')
    return reason === undefined
      ? `${status.name} runs ${callExpression(call)}`
      : `${made}: ${reason}`;
  const errno = callResult(program, state, step.call);
  if (errno === 0) return call.as === undefined ? `${made} succeeds` : `${made} returns ${call.as}`;
  return reason === undefined
    ? `${made} fails with ${callErrorText(errno)}`
    : `${made} fails with ${reason}`;
}

/** Errno and reason of the last failure in a call, up to a depth. */
function failureReason(
  path: readonly TraceNode[],
  depth: number,
  call: number,
): string | undefined {
  for (let at = depth; at > 0; at -= 1) {
    const node = path[at];
    if (!node || node.transition?.kind === 'issue') return undefined;
    const { step, events } = snapshotAt(node);
    if (step?.call !== call) continue;
    for (const { template } of events.toReversed())
      if (template.kind === 'fail') return `${callErrorText(template.errno)}: ${template.reason}`;
  }
  return undefined;
}

/** The depth of the next or previous caption; the end or the start of the branch if there is none. */
export function adjacentCaptionDepth(state: WithRun, direction: 1 | -1): number {
  const { cursor } = state.run;
  const captions = branchCaptions(state);
  if (direction < 0)
    return Math.max(
      0,
      captions.slice(0, cursor).findLastIndex((caption) => caption !== undefined),
    );
  const next = captions.findIndex((caption, depth) => depth > cursor && caption !== undefined);
  return next < 0 ? captions.length - 1 : next;
}

/** Whether the caption bar says this sentence about a violation. */
export function captionSays(state: WithRun, violation: string | undefined): boolean {
  return violation !== undefined && currentSnapshot(state).violations[0]?.text === violation;
}
