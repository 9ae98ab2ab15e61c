import type { Call } from '../../kernel/language/world';
import { makeLink, type Link } from '../../scenario/link/link';
import type { InsertedCall, LinkStep } from '../../scenario/link/linkRecords';
import { openLink } from '../../scenario/link/openLink';
import { branchPath, snapshotAt } from '../trace/replay';
import { viewParametersOf } from '../queries/viewParameters';
import { type SessionState } from '../store/session';
import {
  childTraceNode,
  pathTo,
  rootTraceNode,
  type TraceNode,
  type Setup,
} from '../trace/traceTree';
import { runTo, type Run } from '../trace/run';

/** The hash (`#v1.…`) of what is on screen: the branch to its end, and where one stands on it. */
export function permalinkOf(state: SessionState): string {
  return makePathLink(branchPath(state), state.run.cursor, viewParametersOf(state));
}

const branchLinks = new WeakMap<TraceNode, string>();

/** The hash of a branch at its end, whatever is on screen. */
export function branchPermalink(tip: TraceNode): string {
  const link = branchLinks.get(tip) ?? makePathLink(pathTo(tip), tip.depth, {});
  branchLinks.set(tip, link);
  return link;
}

function makePathLink(path: readonly TraceNode[], cursor: number, view: Link['view']): string {
  const tip = path.at(-1);
  if (!tip) throw new Error('a branch without moments');
  const { setup } = tip;
  return makeLink({
    design: setup.design.id,
    revision: setup.design.revision,
    options: setup.scenario.options,
    ...(setup.mutations ? { mutations: setup.mutations } : {}),
    world: setup.scenario.world,
    ...linkTraceOf(path, tip),
    cursor,
    view,
    ...(setup.libraryId === undefined ? {} : { scenario: setup.libraryId }),
    ...(setup.scenario.title === '' ? {} : { title: setup.scenario.title }),
  });
}

type LinkTrace = Pick<Link, 'calls' | 'issued' | 'steps'>;

const linkTraces = new WeakMap<TraceNode, LinkTrace>();

/** The calls and steps of a branch by stable names, and which calls were put in when. */
function linkTraceOf(path: readonly TraceNode[], tip: TraceNode): LinkTrace {
  const known = linkTraces.get(tip);
  if (known) return known;
  const order: { readonly call: Call; readonly after?: number }[] = tip.setup.scenario.calls.map(
    (call) => ({ call }),
  );
  const put: { readonly call: Call; readonly after: number }[] = [];
  const steps: LinkStep[] = [];
  for (const moment of path) {
    const { transition: move } = moment;
    if (move?.kind === 'step') {
      const at = snapshotAt(moment).step?.id;
      if (at === undefined) throw new Error(`no step at moment ${moment.depth}`);
      steps.push({ by: move.task, at });
    } else if (move?.kind === 'issue') {
      const entry = { call: move.call, after: steps.length };
      order.splice(move.at, 0, entry);
      put.push(entry);
    }
  }
  const issued = put.map((entry): InsertedCall => ({
    call: order.indexOf(entry),
    after: entry.after,
  }));
  const moves = {
    calls: order.map(({ call }) => call),
    ...(issued.length === 0 ? {} : { issued }),
    steps,
  };
  linkTraces.set(tip, moves);
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
    libraryId: id,
    design: trace.program.design,
    ...(mutations.length > 0 ? { mutations } : {}),
  };
  const present = calls.map((_, i) => i).filter((i) => !late.has(i));
  const waiting = [...issued];
  let tip = rootTraceNode(setup);
  const putIn = (made: number): void => {
    for (let next = waiting[0]; next && next.after <= made; next = waiting[0]) {
      waiting.shift();
      const { call: index } = next;
      const call = calls[index];
      if (!call) throw new Error(`no call ${index}`);
      const at = present.filter((i) => i < index).length;
      present.splice(at, 0, index);
      tip = childTraceNode(tip, { kind: 'issue', call, at });
    }
  };
  putIn(0);
  for (const { task, index } of trace.steps) {
    tip = childTraceNode(tip, { kind: 'step', task: trace.program.tasks[task]?.name ?? '' });
    putIn(index + 1);
  }
  return {
    ok: true,
    run: { ...runTo(setup, tip), cursor },
    view,
    dropped,
  };
}
