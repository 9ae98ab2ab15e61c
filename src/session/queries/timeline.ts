import { evaluate } from '../../kernel/language/expressions';
import { callResult } from '../../kernel/machine/machine';
import type { Call } from '../../kernel/language/world';
import { callText } from '../../scenario/format/callText';
import { snapshotAt, type Snapshot } from '../trace/replay';
import { fopsText } from '../../graph/model/accessText';
import { taskStatuses, waitSentence } from './taskStatus';
import type { TraceNode } from '../trace/traceTree';

/** A stretch of a lane. The move of depth d takes the column from d - 1 to d. */
interface Interval {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

interface CallBar extends Interval {
  readonly call: Call;
  /** What it returned: `0`, a name, `-EBUSY`; undefined while it runs. */
  readonly returnText: string | undefined;
}

interface LockHold extends Interval {
  /** Which line below the bar it lies on: locks held at once lie below one another. */
  readonly row: number;
}

/** Something to see at the end of a move. */
interface TimelineMark {
  readonly depth: number;
  readonly kind: 'refused' | 'swap' | 'violation' | 'warn';
  readonly text: string;
}

/** Marks too near to one another to stand side by side, in the order of their moves. */
export interface MarkGroup {
  readonly depth: number;
  /** Of the gravest among them. */
  readonly kind: TimelineMark['kind'];
  readonly marks: readonly TimelineMark[];
}

const MARK_SEVERITY: readonly TimelineMark['kind'][] = ['violation', 'warn', 'refused', 'swap'];

/** Puts marks together that lie at most `near` moves behind one another; a group stands where its first gravest mark does. */
export function groupMarks(marks: readonly TimelineMark[], near: number): readonly MarkGroup[] {
  const groups: TimelineMark[][] = [];
  for (const mark of marks.toSorted((a, b) => a.depth - b.depth)) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group && last && mark.depth - last.depth <= near) group.push(mark);
    else groups.push([mark]);
  }
  return groups.flatMap((group): MarkGroup[] => {
    const [gravest] = group.toSorted(
      (a, b) => MARK_SEVERITY.indexOf(a.kind) - MARK_SEVERITY.indexOf(b.kind),
    );
    return gravest ? [{ depth: gravest.depth, kind: gravest.kind, marks: group }] : [];
  });
}

/** What one task did on a branch. */
export interface TimelineLane {
  readonly task: string;
  readonly bars: readonly CallBar[];
  /** Depths of its moves, ascending. */
  readonly transitionDepths: readonly number[];
  readonly holds: readonly LockHold[];
  /** Where it waits inside a call. */
  readonly waits: readonly Interval[];
  readonly marks: readonly TimelineMark[];
}

interface LaneDraft {
  bars: CallBar[];
  transitionDepths: number[];
  holds: LockHold[];
  waits: Interval[];
  marks: TimelineMark[];
  /** Held now: title and since when. */
  heldLocks: { readonly text: string; readonly from: number; readonly row: number }[];
  openCall: { readonly from: number; readonly call: Call } | undefined;
}

const memo = new WeakMap<readonly TraceNode[], readonly TimelineLane[]>();

/** The lanes of a branch, in the order of the program's tasks at its tip; tasks that never do anything have none. */
export function timelineLanes(moments: readonly TraceNode[]): readonly TimelineLane[] {
  const known = memo.get(moments);
  if (known) return known;
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
  for (const moment of moments) {
    const frame = snapshotAt(moment);
    const name = frame.program.tasks[frame.task ?? -1]?.name;
    if (before && name !== undefined) addTransition(laneOf(name), before, frame, moment.depth);
    if (moment !== moments.at(-1)) addWaits(laneOf, frame, moment.depth);
    before = frame;
  }
  const end = moments.length - 1;
  const order = before?.program.tasks.map((task) => task.name) ?? [];
  const lanes = order.flatMap((task): TimelineLane[] => {
    const draft = drafts.get(task);
    if (!draft) return [];
    const bars = draft.openCall
      ? [...draft.bars, makeCallBar(draft.openCall, end, undefined)]
      : draft.bars;
    const holds = [...draft.holds, ...draft.heldLocks.map((held) => ({ ...held, to: end }))];
    return [
      {
        task,
        bars,
        transitionDepths: draft.transitionDepths,
        holds,
        waits: draft.waits,
        marks: draft.marks,
      },
    ];
  });
  memo.set(moments, lanes);
  return lanes;
}

function makeCallBar(
  open: { readonly from: number; readonly call: Call },
  to: number,
  returned: string | undefined,
): CallBar {
  return {
    ...open,
    to,
    returnText: returned,
    text: `${callText(open.call)}${returned === undefined ? '' : ` = ${returned}`}`,
  };
}

function addTransition(lane: LaneDraft, before: Snapshot, frame: Snapshot, depth: number): void {
  const { program, step, events } = frame;
  lane.transitionDepths.push(depth);
  const call = step
    ? program.calls[step.call]?.call
    : frame.node.transition?.kind === 'issue'
      ? frame.node.transition.call
      : undefined;
  if (call && !lane.openCall) lane.openCall = { from: depth - 1, call };
  for (const { template: note } of events) {
    if (note.kind === 'lock')
      lane.heldLocks.push({
        text: program.fields[note.field]?.title ?? '',
        from: depth - 1,
        row: freeHoldRow(lane),
      });
    else if (note.kind === 'unlock') {
      const at = lane.heldLocks.findIndex(({ text }) => text === program.fields[note.field]?.title);
      const [held] = at < 0 ? [] : lane.heldLocks.splice(at, 1);
      if (held) lane.holds.push({ ...held, to: depth });
    } else if (note.kind === 'fail')
      lane.marks.push({ depth, kind: 'refused', text: `-${note.errno}: ${note.reason}` });
    else if (note.kind === 'warn')
      lane.marks.push({ depth, kind: 'warn', text: `WARN: ${note.reason}` });
    else if ((note.kind === 'return' || note.kind === 'skip') && lane.openCall) {
      const errno = callResult(program, frame.state, note.call);
      lane.bars.push(
        makeCallBar(
          lane.openCall,
          depth,
          note.kind === 'skip'
            ? 'skipped'
            : errno === 0
              ? (lane.openCall.call.as ?? '0')
              : `-${errno}`,
        ),
      );
      lane.openCall = undefined;
    }
  }
  for (const text of fopsSwaps(before, frame)) lane.marks.push({ depth, kind: 'swap', text });
  for (const { property, text } of frame.violations)
    lane.marks.push({ depth, kind: 'violation', text: `${property}: ${text}` });
}

function freeHoldRow({ heldLocks: held }: LaneDraft): number {
  let line = 0;
  while (held.some((each) => each.row === line)) line += 1;
  return line;
}

/** Files whose calls reach the driver now and did not before, or the reverse. */
function fopsSwaps(before: Snapshot, { program, state }: Snapshot): readonly string[] {
  if (before.program !== program) return [];
  return program.files.flatMap(({ name, normalAccess: normal, object }) => {
    const life = program.objects[object]?.lifetime ?? -1;
    if (!normal || state[life] !== 1 || before.state[life] !== 1) return [];
    const now = evaluate(normal, state) !== 0;
    return now === (evaluate(normal, before.state) !== 0)
      ? []
      : [
          `${name}: ${fopsText(program.model.parkedFileKinds.length === 0, now ? 'normal' : 'parked')}`,
        ];
  });
}

function addWaits(laneOf: (name: string) => LaneDraft, frame: Snapshot, depth: number): void {
  for (const task of taskStatuses(frame)) {
    if (!task.wait || !task.currentCall) continue;
    const lane = laneOf(task.name);
    const text = waitSentence(task.wait);
    const last = lane.waits.at(-1);
    if (last?.to === depth && last.text === text)
      lane.waits[lane.waits.length - 1] = { ...last, to: depth + 1 };
    else lane.waits.push({ from: depth, to: depth + 1, text });
  }
}
