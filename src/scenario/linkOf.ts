import { designById } from '../designs/index';
import { canMove, nextStep } from '../kernel/machine';
import { parseLink, type Link } from './link';
import { makeScenario } from './make';
import { errorText, parseScenario } from './parse';
import { advance, startRun, traceOf } from './run';
import type { Trace } from './trace';

/** The moment of a trace after `cursor` steps (all of them where left out), ready for `makeLink`. */
export function linkOf(trace: Trace, cursor = trace.steps.length, view: Link['view'] = {}): Link {
  const { program, scenario } = trace;
  return {
    design: scenario.design,
    revision: program.design.revision,
    options: scenario.options,
    world: scenario.world,
    calls: scenario.calls,
    steps: trace.steps.map(s => ({ by: program.tasks[s.task]?.name ?? '', at: s.step.id })),
    cursor,
    view,
    ...(scenario.title === '' ? {} : { title: scenario.title }),
  };
}

/** A link that was opened: the longest part that can run, and in sentences what was dropped. */
export type OpenedLink =
  | { readonly ok: true; readonly trace: Trace; readonly cursor: number; readonly view: Link['view']; readonly dropped: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Reads a link, checks it as a scenario and replays its longest valid prefix. Never throws on any text. */
export function openLink(hash: string): OpenedLink {
  const parsed = parseLink(hash);
  if (!parsed.ok) return parsed;
  const { link } = parsed;
  const dropped = [...parsed.dropped];
  const design = designById(link.design);
  if (!design) return { ok: false, message: `This link is for a design called "${link.design.slice(0, 40)}", which this playground does not have.` };
  if (design.revision !== link.revision) dropped.push(`The link was made with revision ${link.revision} of ${design.id}; this is revision ${design.revision}.`);
  let calls = link.calls;
  let checked = check(link, calls);
  while (!checked.ok && calls.length > 0) {
    calls = calls.slice(0, -1);
    checked = check(link, calls);
  }
  if (!checked.ok) return { ok: false, message: `This link holds no scenario that can run: ${errorText(checked.errors)}` };
  if (calls.length < link.calls.length) dropped.push(`${link.calls.length - calls.length} of ${link.calls.length} calls could not be used and were dropped, with the steps after them.`);
  const run = startRun(checked.scenario);
  for (const { by, at } of link.steps) {
    const task = run.program.tasks.findIndex(t => t.name === by);
    if (task < 0 || nextStep(run.program, run.state, task)?.id !== at || !canMove(run.program, run.state, task)) {
      dropped.push(`Step ${run.steps.length + 1} of the link (${by.slice(0, 32)}, ${at.slice(0, 32)}) cannot be made here: it and what came after it were dropped.`);
      break;
    }
    advance(run, task);
  }
  return { ok: true, trace: traceOf(run), cursor: Math.min(link.cursor, run.steps.length), view: link.view, dropped };
}

function check(link: Link, calls: Link['calls']): ReturnType<typeof parseScenario> {
  return parseScenario(makeScenario({
    title: link.title ?? '', about: '', design: link.design, options: link.options, world: link.world, calls, schedule: 'sequential', beats: [], expect: undefined,
  }));
}
