import { evaluate } from '../kernel/expr';
import { callResult } from '../kernel/machine';
import type { Call } from '../kernel/world';
import { callText } from './callText';
import { frameOf, type Frame } from './frame';
import { accessOf } from './selected';
import { tasksOf, waitSentence } from './tasks';
import type { Moment } from './trail';

/** A stretch of a lane. The move of depth d takes the column from d - 1 to d. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

interface Bar extends Span {
  readonly call: Call;
  /** What it returned: `0`, a name, `-EBUSY`; undefined while it runs. */
  readonly returned: string | undefined;
}

interface Hold extends Span {
  /** Which line below the bar it lies on: locks held at once lie below one another. */
  readonly line: number;
}

/** Something to see at the end of a move. */
interface Mark {
  readonly depth: number;
  readonly kind: 'refused' | 'swap' | 'violation' | 'warn';
  readonly text: string;
}

/** Marks too near to one another to stand side by side, in the order of their moves. */
export interface MarkGroup {
  readonly depth: number;
  /** Of the gravest among them. */
  readonly kind: Mark['kind'];
  readonly marks: readonly Mark[];
}

const GRAVEST: readonly Mark['kind'][] = ['violation', 'warn', 'refused', 'swap'];

/** Puts marks together that lie at most `near` moves behind one another; a group stands where its first gravest mark does. */
export function groupMarks(marks: readonly Mark[], near: number): readonly MarkGroup[] {
  const groups: Mark[][] = [];
  for (const mark of marks.toSorted((a, b) => a.depth - b.depth)) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group && last && mark.depth - last.depth <= near) group.push(mark);
    else groups.push([mark]);
  }
  return groups.flatMap((group): MarkGroup[] => {
    const [gravest] = group.toSorted((a, b) => GRAVEST.indexOf(a.kind) - GRAVEST.indexOf(b.kind));
    return gravest ? [{ depth: gravest.depth, kind: gravest.kind, marks: group }] : [];
  });
}

/** What one task did on a branch. */
export interface Lane {
  readonly task: string;
  readonly bars: readonly Bar[];
  /** Depths of its moves, ascending. */
  readonly moves: readonly number[];
  readonly holds: readonly Hold[];
  /** Where it waits inside a call. */
  readonly waits: readonly Span[];
  readonly marks: readonly Mark[];
}

interface Draft {
  bars: Bar[];
  moves: number[];
  holds: Hold[];
  waits: Span[];
  marks: Mark[];
  /** Held now: title and since when. */
  held: { readonly text: string; readonly from: number; readonly line: number }[];
  open: { readonly from: number; readonly call: Call } | undefined;
}

const memo = new WeakMap<readonly Moment[], readonly Lane[]>();

/** The lanes of a branch, in the order of the program's tasks at its tip; tasks that never do anything have none. */
export function lanesOf(moments: readonly Moment[]): readonly Lane[] {
  const known = memo.get(moments);
  if (known) return known;
  const drafts = new Map<string, Draft>();
  const laneOf = (name: string): Draft => {
    const draft = drafts.get(name) ?? {
      bars: [],
      moves: [],
      holds: [],
      waits: [],
      marks: [],
      held: [],
      open: undefined,
    };
    drafts.set(name, draft);
    return draft;
  };
  let before: Frame | undefined;
  for (const moment of moments) {
    const frame = frameOf(moment);
    const name = frame.program.tasks[frame.task ?? -1]?.name;
    if (before && name !== undefined) addMove(laneOf(name), before, frame, moment.depth);
    if (moment !== moments.at(-1)) addWaits(laneOf, frame, moment.depth);
    before = frame;
  }
  const end = moments.length - 1;
  const order = before?.program.tasks.map((task) => task.name) ?? [];
  const lanes = order.flatMap((task): Lane[] => {
    const draft = drafts.get(task);
    if (!draft) return [];
    const bars = draft.open ? [...draft.bars, bar(draft.open, end, undefined)] : draft.bars;
    const holds = [...draft.holds, ...draft.held.map((held) => ({ ...held, to: end }))];
    return [{ task, bars, moves: draft.moves, holds, waits: draft.waits, marks: draft.marks }];
  });
  memo.set(moments, lanes);
  return lanes;
}

function bar(
  open: { readonly from: number; readonly call: Call },
  to: number,
  returned: string | undefined,
): Bar {
  return {
    ...open,
    to,
    returned,
    text: `${callText(open.call)}${returned === undefined ? '' : ` = ${returned}`}`,
  };
}

function addMove(lane: Draft, before: Frame, frame: Frame, depth: number): void {
  const { program, step, events } = frame;
  lane.moves.push(depth);
  const call = step
    ? program.calls[step.call]?.call
    : frame.moment.move?.kind === 'issue'
      ? frame.moment.move.call
      : undefined;
  if (call && !lane.open) lane.open = { from: depth - 1, call };
  for (const { note } of events) {
    if (note.kind === 'lock')
      lane.held.push({
        text: program.fields[note.field]?.title ?? '',
        from: depth - 1,
        line: freeLine(lane),
      });
    else if (note.kind === 'unlock') {
      const at = lane.held.findIndex(({ text }) => text === program.fields[note.field]?.title);
      const [held] = at < 0 ? [] : lane.held.splice(at, 1);
      if (held) lane.holds.push({ ...held, to: depth });
    } else if (note.kind === 'fail')
      lane.marks.push({ depth, kind: 'refused', text: `-${note.errno}: ${note.why}` });
    else if (note.kind === 'warn')
      lane.marks.push({ depth, kind: 'warn', text: `WARN: ${note.why}` });
    else if ((note.kind === 'return' || note.kind === 'skip') && lane.open) {
      const errno = callResult(program, frame.state, note.call);
      lane.bars.push(
        bar(
          lane.open,
          depth,
          note.kind === 'skip' ? 'skipped' : errno === 0 ? (lane.open.call.as ?? '0') : `-${errno}`,
        ),
      );
      lane.open = undefined;
    }
  }
  for (const text of swaps(before, frame)) lane.marks.push({ depth, kind: 'swap', text });
  for (const { property, text } of frame.violations)
    lane.marks.push({ depth, kind: 'violation', text: `${property}: ${text}` });
}

function freeLine({ held }: Draft): number {
  let line = 0;
  while (held.some((each) => each.line === line)) line += 1;
  return line;
}

/** Files whose calls reach the driver now and did not before, or the reverse. */
function swaps(before: Frame, { program, state }: Frame): readonly string[] {
  if (before.program !== program) return [];
  return program.files.flatMap(({ name, normal, object }) => {
    const life = program.objects[object]?.life ?? -1;
    if (!normal || state[life] !== 1 || before.state[life] !== 1) return [];
    const now = evaluate(normal, state) !== 0;
    return now === (evaluate(normal, before.state) !== 0)
      ? []
      : [`${name}: ${accessOf(program.model.parked.length === 0, now ? 'normal' : 'parked')}`];
  });
}

function addWaits(laneOf: (name: string) => Draft, frame: Frame, depth: number): void {
  for (const task of tasksOf(frame)) {
    if (!task.wait || !task.call) continue;
    const lane = laneOf(task.name);
    const text = waitSentence(task.wait);
    const last = lane.waits.at(-1);
    if (last?.to === depth && last.text === text)
      lane.waits[lane.waits.length - 1] = { ...last, to: depth + 1 };
    else lane.waits.push({ from: depth, to: depth + 1, text });
  }
}
