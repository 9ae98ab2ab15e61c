import { isStoreBufferFlush } from '../../kernel/compiler/storeBuffers';
import { callErrorText } from '../../kernel/language/errno';
import { evaluate } from '../../kernel/language/expressions';
import { callResult } from '../../kernel/machine/machine';
import type { Call } from '../../kernel/language/world';
import { callExpression, callText } from '../../scenario/format/callText';
import { memoizeByKey } from '../trace/memoize';
import { snapshotAt, type Snapshot } from '../trace/replay';
import { accessFlagOf, fopsText } from '../../graph/model/accessText';
import { taskStatuses, waitSentence } from './taskStatus';
import type { TraceNode } from '../trace/traceTree';

/** Part of a lane, in columns. The step to depth d takes the column from d - 1 to d. */
interface Interval {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

interface CallBar extends Interval {
  readonly call: Call;
  /** `0`, the name of the result, or `-EBUSY`; undefined while the call runs. */
  readonly returnText: string | undefined;
}

interface LockHold extends Interval {
  /** Row below the bar: locks that are held at the same time take different rows. */
  readonly row: number;
}

/** An event at the end of a step. */
interface TimelineMark {
  readonly depth: number;
  readonly kind: 'refused' | 'swap' | 'violation' | 'warn';
  readonly text: string;
}

/** Marks that are too close to draw side by side, in step order. */
export interface MarkGroup {
  readonly depth: number;
  /** The kind of the most severe mark. */
  readonly kind: TimelineMark['kind'];
  readonly marks: readonly TimelineMark[];
}

const MARK_SEVERITY: readonly TimelineMark['kind'][] = ['violation', 'warn', 'refused', 'swap'];

/** Groups marks with at most `maxGap` steps between neighbours. A group is at the depth of its first most severe mark. */
export function groupMarks(marks: readonly TimelineMark[], maxGap: number): readonly MarkGroup[] {
  const groups: TimelineMark[][] = [];
  for (const mark of marks.toSorted((a, b) => a.depth - b.depth)) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group && last && mark.depth - last.depth <= maxGap) group.push(mark);
    else groups.push([mark]);
  }
  return groups.flatMap((group): MarkGroup[] => {
    const [worst] = group.toSorted(
      (a, b) => MARK_SEVERITY.indexOf(a.kind) - MARK_SEVERITY.indexOf(b.kind),
    );
    return worst ? [{ depth: worst.depth, kind: worst.kind, marks: group }] : [];
  });
}

/** What one task did on a branch. */
export interface TimelineLane {
  readonly task: string;
  readonly bars: readonly CallBar[];
  /** Depths of its transitions, ascending. */
  readonly transitionDepths: readonly number[];
  readonly holds: readonly LockHold[];
  /** Where it is blocked in a call. */
  readonly waits: readonly Interval[];
  readonly marks: readonly TimelineMark[];
}

interface LaneDraft {
  bars: CallBar[];
  transitionDepths: number[];
  holds: LockHold[];
  waits: Interval[];
  marks: TimelineMark[];
  /** Locks held at the current depth. */
  heldLocks: { readonly text: string; readonly from: number; readonly row: number }[];
  openCall: { readonly from: number; readonly call: Call } | undefined;
}

/** The lanes of a branch, in task order; tasks that never do anything have none. */
export const timelineLanes = memoizeByKey((path: readonly TraceNode[]): readonly TimelineLane[] => {
  const drafts = new Map<string, LaneDraft>();
  const laneOf = (name: string): LaneDraft => {
    const draft = drafts.get(name) ?? {
      bars: [],
      transitionDepths: [],
      holds: [],
      waits: [],
      marks: [],
      heldLocks: [],
      openCall: undefined,
    };
    drafts.set(name, draft);
    return draft;
  };
  let before: Snapshot | undefined;
  for (const node of path) {
    const snapshot = snapshotAt(node);
    const name = snapshot.program.tasks[snapshot.task ?? -1]?.name;
    if (before && name !== undefined) addTransition(laneOf(name), before, snapshot);
    if (node !== path.at(-1)) addWaits(laneOf, snapshot);
    before = snapshot;
  }
  const end = path.length - 1;
  const order = before?.program.tasks.map(({ name }) => name) ?? [];
  return order.flatMap((task): TimelineLane[] => {
    const draft = drafts.get(task);
    if (!draft) return [];
    const { bars, transitionDepths, holds, waits, marks, heldLocks, openCall } = draft;
    return [
      {
        task,
        bars: openCall ? [...bars, makeCallBar(openCall, end, undefined)] : bars,
        transitionDepths,
        holds: [...holds, ...heldLocks.map((held) => ({ ...held, to: end }))],
        waits,
        marks,
      },
    ];
  });
});

function makeCallBar(
  open: { readonly from: number; readonly call: Call },
  to: number,
  returnText: string | undefined,
): CallBar {
  return {
    ...open,
    to,
    returnText,
    text:
      returnText === undefined || returnText === open.call.as
        ? callText(open.call)
        : `${callExpression(open.call)} = ${returnText}`,
  };
}

function addTransition(lane: LaneDraft, before: Snapshot, snapshot: Snapshot): void {
  const { program, state, node, step, events } = snapshot;
  const { depth, transition } = node;
  lane.transitionDepths.push(depth);
  const call = step
    ? program.calls[step.call]?.call
    : transition?.kind === 'issue'
      ? transition.call
      : undefined;
  const makesCall = snapshot.task === undefined || !isStoreBufferFlush(program, snapshot.task);
  const returned = lane.bars.at(-1);
  // The release of a file runs after its close has returned, in the same task.
  if (call && returned?.call === call) lane.bars[lane.bars.length - 1] = { ...returned, to: depth };
  else if (call && makesCall && !lane.openCall) lane.openCall = { from: depth - 1, call };
  for (const { template: event } of events) {
    if (event.kind === 'lock' || event.kind === 'trylock')
      lane.heldLocks.push({
        text: program.fields[event.field]?.title ?? '',
        from: depth - 1,
        row: freeHoldRow(lane),
      });
    else if (event.kind === 'unlock') {
      const at = lane.heldLocks.findIndex(
        ({ text }) => text === program.fields[event.field]?.title,
      );
      const [held] = at < 0 ? [] : lane.heldLocks.splice(at, 1);
      if (held) lane.holds.push({ ...held, to: depth });
    } else if (event.kind === 'fail')
      lane.marks.push({
        depth,
        kind: 'refused',
        text: `${callErrorText(event.errno)}: ${event.reason}`,
      });
    else if (event.kind === 'warn')
      lane.marks.push({ depth, kind: 'warn', text: `WARN: ${event.reason}` });
    else if ((event.kind === 'return' || event.kind === 'skip') && lane.openCall) {
      const errno = callResult(program, state, event.call);
      lane.bars.push(
        makeCallBar(
          lane.openCall,
          depth,
          event.kind === 'skip'
            ? 'skipped'
            : errno === 0
              ? (lane.openCall.call.as ?? '0')
              : callErrorText(errno),
        ),
      );
      lane.openCall = undefined;
    }
  }
  for (const text of fopsSwaps(before, snapshot)) lane.marks.push({ depth, kind: 'swap', text });
  for (const { property, text } of snapshot.violations)
    lane.marks.push({ depth, kind: 'violation', text: `${property}: ${text}` });
}

function freeHoldRow({ heldLocks }: LaneDraft): number {
  let row = 0;
  while (heldLocks.some((held) => held.row === row)) row += 1;
  return row;
}

/** One text per file whose calls reach the driver now but did not before, or the reverse. */
function fopsSwaps(before: Snapshot, { program, state }: Snapshot): readonly string[] {
  if (before.program !== program) return [];
  return program.files.flatMap(({ name, normalAccess, object }) => {
    const lifetime = program.objects[object]?.lifetime ?? -1;
    if (!normalAccess || state[lifetime] !== 1 || before.state[lifetime] !== 1) return [];
    const now = evaluate(normalAccess, state) !== 0;
    return now === (evaluate(normalAccess, before.state) !== 0)
      ? []
      : [`${name}: ${fopsText(accessFlagOf(program.model), now ? 'normal' : 'parked')}`];
  });
}

function addWaits(laneOf: (name: string) => LaneDraft, snapshot: Snapshot): void {
  const { depth } = snapshot.node;
  for (const task of taskStatuses(snapshot)) {
    if (!task.wait || !task.currentCall) continue;
    const lane = laneOf(task.name);
    const text = waitSentence(task.wait);
    const last = lane.waits.at(-1);
    if (last?.to === depth && last.text === text)
      lane.waits[lane.waits.length - 1] = { ...last, to: depth + 1 };
    else lane.waits.push({ from: depth, to: depth + 1, text });
  }
}
