import { counterHolders } from '../../kernel/machine/describeEvent';
import type { ObjectSlot } from '../../kernel/compiler/program';
import { callText } from '../../scenario/format/callText';
import { snapshotAt, type Snapshot } from '../trace/replay';
import { taskStatuses, waitSentence, type TaskStatus } from './taskStatus';
import type { TraceNode } from '../trace/traceTree';
import { fieldChanges } from './fieldHistory';

/** A sentence of an answer, and the depth at which it became true, where a run can show that. */
export interface BlockReason {
  readonly text: string;
  readonly depth: number | undefined;
}

/** The tasks that wait at a frame for something of an object, or for something that it holds. */
export function waitersOn(frame: Snapshot, object: ObjectSlot): readonly TaskStatus[] {
  const { program, state } = frame;
  return taskStatuses(frame).filter(({ wait, currentCall: call }) => {
    if (!wait || !call || wait.wait.kind === 'name') return false;
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

/** Why a task cannot go on: what it waits for and since when, who keeps it, and what keeps that one, to the end of the chain or around the circle. */
export function blockedBy(
  frame: Snapshot,
  moments: readonly TraceNode[],
  task: TaskStatus,
  asked: readonly string[] = [],
): readonly BlockReason[] {
  const { wait, name } = task;
  if (!wait) return [];
  if (asked.includes(name))
    return [
      {
        text: `That closes a circle: ${[...asked.slice(asked.indexOf(name)), name].join(' waits for ')}. None of them can go on.`,
        depth: undefined,
      },
    ];
  const { depth: here } = frame.node;
  const since = waitingSince(moments, here, task);
  const reasons: BlockReason[] = [
    { text: `${name} ${waitSentence(wait)}.`, depth: since === here ? undefined : since },
  ];
  for (const by of blockersOf(frame, task)) {
    reasons.push(holderReason(frame, moments, task, by));
    const keeper = taskStatuses(frame).find((each) => each.name === by.name);
    if (keeper)
      reasons.push(
        ...(keeper.wait
          ? blockedBy(frame, moments, keeper, [...asked, name])
          : runnableReason(keeper)),
      );
  }
  return reasons;
}

interface Blocker {
  readonly name: string;
  readonly label: string;
}

function blockersOf({ program, state }: Snapshot, { wait }: TaskStatus): readonly Blocker[] {
  if (!wait) return [];
  return wait.wait.kind === 'completion'
    ? counterHolders(program, state, wait.wait.counter)
    : wait.heldBy.map((name) => ({ name, label: '' }));
}

function holderReason(
  { program, node: moment }: Snapshot,
  moments: readonly TraceNode[],
  { wait }: TaskStatus,
  { name, label: why }: Blocker,
): BlockReason {
  if (!wait || wait.wait.kind === 'name')
    return { text: `${name} is to make ${wait?.resource ?? ''}.`, depth: undefined };
  if (wait.wait.kind === 'completion') {
    const counter = program.fields[wait.wait.counter]?.title ?? '';
    return {
      text: `${name} counts in ${counter}: ${why}. It ends when that count is 0.`,
      depth: undefined,
    };
  }
  const taken = fieldChanges(
    moments.slice(0, moment.depth + 1),
    program.fields[wait.wait.field]?.title ?? '',
  ).at(-1);
  return {
    text: `${name} holds it${taken ? `, taken at ${taken.stepLabel.replace(`${name} `, '')}` : ''}.`,
    depth: taken?.depth,
  };
}

function runnableReason({
  name,
  nextStep: next,
  currentCall: call,
  upcomingCall: upcoming,
}: TaskStatus): readonly BlockReason[] {
  const now = call ?? upcoming;
  return next && now
    ? [
        {
          text: `${name} can go on: in ${callText(now.call)}, next ${next.title}.`,
          depth: undefined,
        },
      ]
    : [];
}

/** The depth from which on a task has waited for the same. */
function waitingSince(
  moments: readonly TraceNode[],
  here: number,
  { name, wait }: TaskStatus,
): number {
  let since = here;
  for (const moment of moments.slice(0, here).toReversed()) {
    const then = taskStatuses(snapshotAt(moment)).find((each) => each.name === name);
    if (!then?.currentCall || then.wait?.resource !== wait?.resource) break;
    since = moment.depth;
  }
  return since;
}

/** What a task holds: the locks that have it as their owner. */
export function locksHeldBy({ program, state }: Snapshot, task: number): readonly string[] {
  return program.fields.flatMap(({ kind, index, title }) =>
    kind === 'mutex' && state[index] === task + 1 ? [title] : [],
  );
}
