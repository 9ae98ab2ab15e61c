import type { Call } from '../kernel/world';
import { makeLink, type Link, type LinkIssue, type LinkStep } from '../scenario/link';
import { openLink } from '../scenario/openLink';
import { branchMoments, currentFrame, frameOf } from './frame';
import { commit } from './history';
import { tell } from './messages';
import { selectedAt } from './selected';
import { freshRun, type Run, type Session, type SessionState } from './session';
import { nextMoment, pathTo, rootMoment, type Moment, type Setup } from './trail';
import { pause } from './transport';

/** A part of the view that links carry: one word, read from the session and put back. */
interface ViewWord {
  readonly key: string;
  readonly read: (state: SessionState) => string | undefined;
  /** Undefined where the word means nothing here. */
  readonly write: (state: SessionState, word: string) => Partial<SessionState> | undefined;
}

/** What a link says of the view. Theme and speed are the reader's own. */
const VIEW: readonly ViewWord[] = [
  {
    key: 'select',
    read: (state) => state.selection,
    write: (state, name) =>
      selectedAt(currentFrame(state), name) ? { selection: name } : undefined,
  },
  {
    key: 'order',
    read: ({ settings }) => (settings.order === 'random' ? String(settings.seed) : undefined),
    write: ({ settings }, word) =>
      /^\d{1,9}$/.test(word)
        ? { settings: { ...settings, order: 'random', seed: Number(word) } }
        : undefined,
  },
];

/** The hash (`#v1.…`) of what is on screen: the branch to its end, and where one stands on it. */
export function permalinkOf(state: SessionState): string {
  const view = Object.fromEntries(
    VIEW.flatMap(({ key, read }) => {
      const word = read(state);
      return word === undefined ? [] : [[key, word]];
    }),
  );
  return linkOf(branchMoments(state), state.run.cursor, view);
}

const branchLinks = new WeakMap<Moment, string>();

/** The hash of a branch at its end, whatever is on screen. */
export function linkOfBranch(tip: Moment): string {
  const link = branchLinks.get(tip) ?? linkOf(pathTo(tip), tip.depth, {});
  branchLinks.set(tip, link);
  return link;
}

function linkOf(path: readonly Moment[], cursor: number, view: Link['view']): string {
  const tip = path.at(-1);
  if (!tip) throw new Error('a branch without moments');
  const { setup } = tip;
  return makeLink({
    design: setup.design.id,
    revision: setup.design.revision,
    options: setup.scenario.options,
    ...(setup.mutations ? { mutations: setup.mutations } : {}),
    world: setup.scenario.world,
    ...movesOf(path, tip),
    cursor,
    view,
    ...(setup.id === undefined ? {} : { scenario: setup.id }),
    ...(setup.scenario.title === '' ? {} : { title: setup.scenario.title }),
  });
}

type Moves = Pick<Link, 'calls' | 'issued' | 'steps'>;

const memo = new WeakMap<Moment, Moves>();

/** The calls and steps of a branch by stable names, and which calls were put in when. */
function movesOf(path: readonly Moment[], tip: Moment): Moves {
  const known = memo.get(tip);
  if (known) return known;
  const order: { readonly call: Call; readonly after?: number }[] = tip.setup.scenario.calls.map(
    (call) => ({ call }),
  );
  const put: { readonly call: Call; readonly after: number }[] = [];
  const steps: LinkStep[] = [];
  for (const moment of path) {
    const { move } = moment;
    if (move?.kind === 'step') {
      const at = frameOf(moment).step?.id;
      if (at === undefined) throw new Error(`no step at moment ${moment.depth}`);
      steps.push({ by: move.task, at });
    } else if (move?.kind === 'issue') {
      const entry = { call: move.call, after: steps.length };
      order.splice(move.at, 0, entry);
      put.push(entry);
    }
  }
  const issued = put.map((entry): LinkIssue => ({
    call: order.indexOf(entry),
    after: entry.after,
  }));
  const moves = {
    calls: order.map(({ call }) => call),
    ...(issued.length === 0 ? {} : { issued }),
    steps,
  };
  memo.set(tip, moves);
  return moves;
}

/** A run out of a link with what the link says of the view, or why there is none; `dropped` says in sentences what was lost. */
export type OpenedPermalink =
  | {
      readonly ok: true;
      readonly run: Run;
      readonly view: Link['view'];
      readonly dropped: readonly string[];
    }
  | { readonly ok: false; readonly message: string };

/** Opens a hash, or the longest part of it that can run. Never throws on any text. */
export function openPermalink(hash: string): OpenedPermalink {
  const opened = openLink(hash);
  if (!opened.ok) return opened;
  const { trace, issued, cursor, view, mutations, id, dropped } = opened;
  const { calls } = trace.scenario;
  const late = new Set(issued.map(({ call }) => call));
  const scenario =
    late.size === 0
      ? trace.scenario
      : { ...trace.scenario, calls: calls.filter((_, i) => !late.has(i)) };
  const setup: Setup = {
    scenario,
    id,
    design: trace.program.design,
    ...(mutations.length > 0 ? { mutations } : {}),
  };
  const present = calls.map((_, i) => i).filter((i) => !late.has(i));
  const waiting = [...issued];
  let tip = rootMoment(setup);
  const putIn = (made: number): void => {
    for (let next = waiting[0]; next && next.after <= made; next = waiting[0]) {
      waiting.shift();
      const { call: index } = next;
      const call = calls[index];
      if (!call) throw new Error(`no call ${index}`);
      const at = present.filter((i) => i < index).length;
      present.splice(at, 0, index);
      tip = nextMoment(tip, { kind: 'issue', call, at });
    }
  };
  putIn(0);
  for (const { task, index } of trace.steps) {
    tip = nextMoment(tip, { kind: 'step', task: trace.program.tasks[task]?.name ?? '' });
    putIn(index + 1);
  }
  return {
    ok: true,
    run: { ...freshRun(setup), branches: [{ id: 1, name: 'main', tip, from: undefined }], cursor },
    view,
    dropped,
  };
}

/** Shows what a link holds and tells what it lost; the session before stays one undo away. A link that holds nothing changes nothing. */
export function showPermalink(session: Session, hash: string): void {
  const opened = openPermalink(hash);
  if (!opened.ok)
    return tell(session, 'error', 'The link was not opened. The session is unchanged.', [
      opened.message,
    ]);
  pause(session);
  commit(
    session,
    opened.run,
    'opening of a link',
    `Opened a link: ${opened.run.setup.scenario.title}`,
  );
  applyView(session, opened);
}

/** Puts back what a link says of the view and of rows that are changed, and tells what the link lost. */
export function applyView(
  session: Session,
  { view, dropped }: { readonly view: Link['view']; readonly dropped: readonly string[] },
): void {
  session.setState(({ run }) => ({ selection: undefined, mutations: run.setup.mutations ?? [] }));
  const strange: string[] = [];
  for (const [key, word] of Object.entries(view)) {
    const change = VIEW.find((each) => each.key === key)?.write(session.getState(), word);
    if (change) session.setState(change);
    else strange.push(`${key.slice(0, 32)}=${word.slice(0, 64)}`);
  }
  const lines =
    strange.length === 0
      ? dropped
      : [...dropped, `Not known here and left out: ${strange.join(', ')}.`];
  if (lines.length > 0) tell(session, 'error', 'The link could not be opened whole.', lines);
}
