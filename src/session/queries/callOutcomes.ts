import { callErrorText, MODEL_LIMIT } from '../../kernel/language/errno';
import type { Call } from '../../kernel/language/world';
import { callResult, callStatus } from '../../kernel/machine/machine';
import { memoizeByKey } from '../trace/memoize';
import { snapshotAt } from '../trace/replay';
import { enabledTasks } from '../trace/scheduler';
import type { TraceNode } from '../trace/traceTree';
import { taskStatuses, waitSentence } from './taskStatus';

/** What one call of a run did. */
export interface CallOutcome {
  /** `blocked`: no task can step, and the call has not returned. `pending`: not known, because the run or the model ends before. */
  readonly kind: 'succeeds' | 'fails' | 'blocked' | 'skipped' | 'pending';
  /** `-EINVAL` of a call that fails, `waits for vfio0.comp, held by fd1` of a blocked one. */
  readonly text: string;
  /** Why it fails: `open_count is not 0`. */
  readonly reason?: string | undefined;
  /** The depth of the step that decides it: the check that fails, the step that blocks, the return. Undefined if no step does. */
  readonly depth: number | undefined;
  /** Id of that step, such as `BIND.9`. */
  readonly step: string | undefined;
  /** What the call's `fault` made fail, as an errno or in words; undefined if none was reached. */
  readonly fault?: string | undefined;
}

/** The outcome of each call of a path, by index into `Program.calls` at its end. */
export const callOutcomes = memoizeByKey((path: readonly TraceNode[]): readonly CallOutcome[] => {
  const tip = path.at(-1);
  if (!tip) throw new Error('callOutcomes: expected a path with its root, got an empty one');
  const last = snapshotAt(tip);
  const { program, state } = last;
  const isOver = enabledTasks(last).length === 0;
  return program.calls.map(({ index, call, task }): CallOutcome => {
    const steps = path.filter((node) => callOfStep(node, tip) === index);
    const fault = call.fault === undefined ? undefined : steps.map(faultAt).find(Boolean);
    return { ...outcome(index, call, task, steps), ...(fault === undefined ? {} : { fault }) };
  });

  function outcome(
    index: number,
    call: Call,
    task: number,
    steps: readonly TraceNode[],
  ): CallOutcome {
    const status = callStatus(program, state, index);
    if (status === 'skipped')
      return { kind: 'skipped', text: 'skipped', depth: undefined, step: undefined };
    if (status === 'done') {
      const errno = callResult(program, state, index);
      if (errno === 0) return { kind: 'succeeds', text: 'succeeds', ...stepAt(steps.at(-1)) };
      if (errno === MODEL_LIMIT)
        return { kind: 'pending', text: callErrorText(errno), ...stepAt(steps.at(-1)) };
      const check = steps.findLast((node) => failureAt(node) !== undefined);
      return {
        kind: 'fails',
        text: callErrorText(errno),
        reason: check && failureAt(check),
        ...stepAt(check ?? steps.at(-1)),
      };
    }
    const wait = taskStatuses(last).find((each) => each.index === task)?.wait;
    if (!isOver || !wait)
      return { kind: 'pending', text: 'not returned', depth: undefined, step: undefined };
    return {
      kind: 'blocked',
      text: steps.length > 0 ? waitSentence(wait) : `not started: ${call.by} ${waitSentence(wait)}`,
      ...stepAt(steps.at(-1)),
    };
  }
});

/** The call of the last step of a trace node, as an index into the calls at `tip`: a call made by hand shifts the later ones. */
function callOfStep(node: TraceNode, tip: TraceNode): number | undefined {
  const { program, step } = snapshotAt(node);
  const call = step && program.calls[step.call]?.call;
  if (!call) return undefined;
  const final = snapshotAt(tip).program;
  return final === program ? step.call : final.calls.find((each) => each.call === call)?.index;
}

function stepAt(node: TraceNode | undefined): Pick<CallOutcome, 'depth' | 'step'> {
  return { depth: node?.depth, step: node && snapshotAt(node).step?.id };
}

function faultAt(node: TraceNode): string | undefined {
  for (const { template } of snapshotAt(node).events)
    if ('injected' in template && template.injected)
      return template.kind === 'fail' ? callErrorText(template.errno) : template.text;
  return undefined;
}

function failureAt(node: TraceNode): string | undefined {
  for (const { template } of snapshotAt(node).events)
    if (template.kind === 'fail') return template.reason;
  return undefined;
}
