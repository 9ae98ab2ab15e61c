import type { ObjectSlot } from '../../kernel/compiler/program';
import { counterHolders } from '../../kernel/machine/describeEvent';
import { isWaitForCall } from '../../kernel/machine/machine';
import { callText } from '../../scenario/format/callText';
import { snapshotAt, type Snapshot } from '../trace/replay';
import type { TraceNode } from '../trace/traceTree';
import { fieldChanges } from './fieldHistory';
import { taskStatuses, waitSentence, type TaskStatus } from './taskStatus';

/** One sentence of the answer, and the depth at which it became true, if the run shows that. */
export interface BlockReason {
  readonly text: string;
  readonly depth: number | undefined;
}

/** The tasks that wait for a field of an object, or for a count that the object holds. */
export function waitersOn(snapshot: Snapshot, object: ObjectSlot): readonly TaskStatus[] {
  const { program, state } = snapshot;
  return taskStatuses(snapshot).filter(({ wait, currentCall }) => {
    if (!wait || !currentCall || isWaitForCall(wait.wait)) return false;
    const fields =
      wait.wait.kind === 'completion' ? [wait.wait.field, wait.wait.counter] : [wait.wait.field];
    if (fields.some((field) => program.fields[field]?.object === object.index)) return true;
    return (
      wait.wait.kind === 'completion' &&
      counterHolders(program, state, wait.wait.counter).some(
        (holder) => holder.object === object.index,
      )
    );
  });
}

/** Why a task is blocked: what it waits for since when, who holds that, and why the holder is blocked, to the end of the chain or around its cycle. */
export function blockedBy(
  snapshot: Snapshot,
  path: readonly TraceNode[],
  task: TaskStatus,
  visited: readonly string[] = [],
): readonly BlockReason[] {
  const { wait, name } = task;
  if (!wait) return [];
  if (visited.includes(name)) {
    const cycle = [...visited.slice(visited.indexOf(name)), name];
    return [
      {
        text: `This is a wait cycle: ${cycle.join(' waits for ')}. None of them can continue.`,
        depth: undefined,
      },
    ];
  }
  const { depth } = snapshot.node;
  const since = waitingSince(path, depth, task);
  const reasons: BlockReason[] = [
    { text: `${name} ${waitSentence(wait)}.`, depth: since === depth ? undefined : since },
  ];
  for (const holder of holdersFor(snapshot, task)) {
    reasons.push(holderReason(snapshot, path, task, holder));
    const holdingTask = taskStatuses(snapshot).find((each) => each.name === holder.name);
    if (holdingTask)
      reasons.push(
        ...(holdingTask.wait
          ? blockedBy(snapshot, path, holdingTask, [...visited, name])
          : runnableReason(holdingTask)),
      );
  }
  return reasons;
}

interface Holder {
  readonly name: string;
  readonly label: string;
}

function holdersFor({ program, state }: Snapshot, { wait }: TaskStatus): readonly Holder[] {
  if (!wait) return [];
  return wait.wait.kind === 'completion'
    ? counterHolders(program, state, wait.wait.counter)
    : wait.heldBy.map((name) => ({ name, label: '' }));
}

function holderReason(
  { program, node }: Snapshot,
  path: readonly TraceNode[],
  { wait }: TaskStatus,
  { name, label }: Holder,
): BlockReason {
  if (!wait || isWaitForCall(wait.wait))
    return {
      text:
        wait?.wait.kind === 'end'
          ? `The scenario asks for this order; ${name} makes that call.`
          : `${wait?.resource ?? ''} is a result of ${name}.`,
      depth: undefined,
    };
  if (wait.wait.kind === 'completion') {
    const counter = program.fields[wait.wait.counter]?.title ?? '';
    return {
      text: `${name} counts in ${counter}: ${label}. The wait ends when the count reaches 0.`,
      depth: undefined,
    };
  }
  const acquired = fieldChanges(
    path.slice(0, node.depth + 1),
    program.fields[wait.wait.field]?.title ?? '',
  ).at(-1);
  const where = acquired ? `, acquired at ${acquired.stepLabel.replace(`${name} `, '')}` : '';
  return { text: `${name} holds it${where}.`, depth: acquired?.depth };
}

function runnableReason({
  name,
  nextStep,
  currentCall,
  upcomingCall,
}: TaskStatus): readonly BlockReason[] {
  const call = currentCall ?? upcomingCall;
  return nextStep && call
    ? [
        {
          text: `${name} can continue: in ${callText(call.call)}, next ${nextStep.title}.`,
          depth: undefined,
        },
      ]
    : [];
}

/** The depth since which a task has waited for the same resource. */
function waitingSince(
  path: readonly TraceNode[],
  depth: number,
  { name, wait }: TaskStatus,
): number {
  let since = depth;
  for (const node of path.slice(0, depth).toReversed()) {
    const status = taskStatuses(snapshotAt(node)).find((each) => each.name === name);
    if (!status?.currentCall || status.wait?.resource !== wait?.resource) break;
    since = node.depth;
  }
  return since;
}

/** Titles of the mutexes that a task owns. */
export function locksHeldBy({ program, state }: Snapshot, task: number): readonly string[] {
  return program.fields.flatMap(({ kind, index, title }) =>
    kind === 'mutex' && state[index] === task + 1 ? [title] : [],
  );
}
