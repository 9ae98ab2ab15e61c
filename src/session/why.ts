import { holders } from '../kernel/describe';
import type { ObjectSlot } from '../kernel/program';
import { callText } from './callText';
import { frameOf, type Frame } from './frame';
import { changesOf } from './relations';
import { tasksOf, waitSentence, type TaskNow } from './tasks';
import type { Moment } from './trail';

/** A sentence of an answer, and the depth at which it became true, where a run can show that. */
export interface Reason {
  readonly text: string;
  readonly depth: number | undefined;
}

/** The tasks that wait at a frame for something of an object, or for something that it holds. */
export function waitersAt(frame: Frame, object: ObjectSlot): readonly TaskNow[] {
  const { program, state } = frame;
  return tasksOf(frame).filter(({ wait, call }) => {
    if (!wait || !call || wait.wait.kind === 'name') return false;
    const fields =
      wait.wait.kind === 'completion' ? [wait.wait.field, wait.wait.counter] : [wait.wait.field];
    if (fields.some((field) => program.fields[field]?.object === object.index)) return true;
    return (
      wait.wait.kind === 'completion' &&
      holders(program, state, wait.wait.counter).some((holder) => holder.object === object.index)
    );
  });
}

/** Why a task cannot go on: what it waits for and since when, who keeps it, and what keeps that one, to the end of the chain or around the circle. */
export function whyBlocked(
  frame: Frame,
  moments: readonly Moment[],
  task: TaskNow,
  asked: readonly string[] = [],
): readonly Reason[] {
  const { wait, name } = task;
  if (!wait) return [];
  if (asked.includes(name))
    return [
      {
        text: `That closes a circle: ${[...asked.slice(asked.indexOf(name)), name].join(' waits for ')}. None of them can go on.`,
        depth: undefined,
      },
    ];
  const { depth: here } = frame.moment;
  const since = waitingSince(moments, here, task);
  const reasons: Reason[] = [
    { text: `${name} ${waitSentence(wait)}.`, depth: since === here ? undefined : since },
  ];
  for (const by of keepersWith(frame, task)) {
    reasons.push(keeping(frame, moments, task, by));
    const keeper = tasksOf(frame).find((each) => each.name === by.name);
    if (keeper)
      reasons.push(
        ...(keeper.wait ? whyBlocked(frame, moments, keeper, [...asked, name]) : goesOn(keeper)),
      );
  }
  return reasons;
}

interface Keeper {
  readonly name: string;
  readonly why: string;
}

function keepersWith({ program, state }: Frame, { wait }: TaskNow): readonly Keeper[] {
  if (!wait) return [];
  return wait.wait.kind === 'completion'
    ? holders(program, state, wait.wait.counter)
    : wait.by.map((name) => ({ name, why: '' }));
}

function keeping(
  { program, moment }: Frame,
  moments: readonly Moment[],
  { wait }: TaskNow,
  { name, why }: Keeper,
): Reason {
  if (!wait || wait.wait.kind === 'name')
    return { text: `${name} is to make ${wait?.what ?? ''}.`, depth: undefined };
  if (wait.wait.kind === 'completion') {
    const counter = program.fields[wait.wait.counter]?.title ?? '';
    return {
      text: `${name} counts in ${counter}: ${why}. It ends when that count is 0.`,
      depth: undefined,
    };
  }
  const taken = changesOf(
    moments.slice(0, moment.depth + 1),
    program.fields[wait.wait.field]?.title ?? '',
  ).at(-1);
  return {
    text: `${name} holds it${taken ? `, taken at ${taken.by.replace(`${name} `, '')}` : ''}.`,
    depth: taken?.depth,
  };
}

function goesOn({ name, next, call, upcoming }: TaskNow): readonly Reason[] {
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
function waitingSince(moments: readonly Moment[], here: number, { name, wait }: TaskNow): number {
  let since = here;
  for (const moment of moments.slice(0, here).toReversed()) {
    const then = tasksOf(frameOf(moment)).find((each) => each.name === name);
    if (!then?.call || then.wait?.what !== wait?.what) break;
    since = moment.depth;
  }
  return since;
}

/** What a task holds: the locks that have it as their owner. */
export function locksOf({ program, state }: Frame, task: number): readonly string[] {
  return program.fields.flatMap(({ kind, index, title }) =>
    kind === 'mutex' && state[index] === task + 1 ? [title] : [],
  );
}
