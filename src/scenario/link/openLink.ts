import { designById } from '../../designs/registry';
import type { Design } from '../../kernel/language/design';
import { isEnabled, nextStep } from '../../kernel/machine/machine';
import { mutate } from '../../kernel/compiler/mutate';
import { makeMutation, type Mutation } from '../../kernel/language/mutation';
import { builtInScenario, scenarioVariant } from '../library/builtInScenario';
import { parseLink, type Link, type InsertedCall } from './link';
import { makeScenario } from '../format/makeScenario';
import { inputErrorText, parseScenario, type ParsedScenario } from '../format/parseScenario';
import { runStep, startScenarioRun, traceOf } from '../run/scenarioRun';
import type { Scenario } from '../format/scenario';
import { LIMITS } from '../format/schema';
import type { Trace } from '../run/trace';

/** A link that was opened: the longest part that can run, and in sentences what was dropped. */
interface ValidLink {
  readonly ok: true;
  /** The run with every call there from the start. */
  readonly trace: Trace;
  /** Calls of `trace` that were put in by hand, in that order; replaying them so is known to work. */
  readonly issued: readonly InsertedCall[];
  /** Moves (steps, and calls put in) made in the moment on screen. */
  readonly cursor: number;
  readonly view: Link['view'];
  /** Rows that are changed in the design of `trace`; empty where it is the design itself. */
  readonly mutations: readonly Mutation[];
  /** Id of the built-in scenario that it started from. */
  readonly id: string | undefined;
  readonly dropped: readonly string[];
}

/** Options that a sentence names. */
const MAX_NAMED_OPTIONS = 4;

/** Characters of a sentence about what somebody else wrote. */
const MAX_QUOTED_CHARACTERS = 240;

/** What came of a link; `ok: false` where nothing of it can run. */
export type OpenLinkResult = ValidLink | { readonly ok: false; readonly message: string };

/** Reads a link, checks it as a scenario and replays its longest valid prefix. Never throws on any text. */
export function openLink(hash: string): OpenLinkResult {
  const parsed = parseLink(hash);
  if (!parsed.ok) return parsed;
  const { link } = parsed;
  const dropped = [...parsed.dropped];
  const design = designById(link.design);
  if (!design)
    return {
      ok: false,
      message: `This link is for a design called "${link.design.slice(0, 40)}", which this playground does not have.`,
    };
  if (design.revision !== link.revision)
    dropped.push(
      `The link was made with revision ${link.revision} of ${design.id}; this is revision ${design.revision}.`,
    );
  const isKnown = ([id, value]: readonly [string, string]): boolean =>
    design.options.some((o) => o.id === id && o.values.includes(value));
  const options = Object.fromEntries(Object.entries(link.options).filter(isKnown));
  const unknown = Object.entries(link.options).filter((option) => !isKnown(option));
  if (unknown.length > 0) {
    const named = unknown
      .slice(0, MAX_NAMED_OPTIONS)
      .map(([id, value]) => `${id.slice(0, 32)}=${value.slice(0, 32)}`)
      .join(', ');
    dropped.push(
      `${named}${unknown.length > MAX_NAMED_OPTIONS ? ` and ${unknown.length - MAX_NAMED_OPTIONS} more` : ''} is no option of ${design.id} here and was dropped.`,
    );
  }
  let calls = link.calls.slice(0, LIMITS.calls);
  let checked = parseLinkScenario(link, options, calls);
  for (
    let kept = validCallPrefix(checked, calls.length);
    kept !== undefined;
    kept = validCallPrefix(checked, calls.length)
  ) {
    calls = calls.slice(0, kept);
    checked = parseLinkScenario(link, options, calls);
  }
  if (!checked.ok)
    return {
      ok: false,
      message: `This link holds no scenario that can run: ${inputErrorText(checked.errors)}`,
    };
  if (calls.length < link.calls.length)
    dropped.push(
      `${link.calls.length - calls.length} of ${link.calls.length} calls could not be used and were dropped, with the steps after them.`,
    );
  const changed = link.mutations && mutate(design, options, link.mutations);
  if (changed?.ok === false)
    dropped.push(
      `The link changes rows of ${design.id} (${(link.mutations ?? []).map(makeMutation).join(' ').slice(0, MAX_QUOTED_CHARACTERS)}), which cannot be done here: ${changed.message.slice(0, MAX_QUOTED_CHARACTERS)}. The design itself is shown.`,
    );
  const other = changed?.ok ? changed.design : undefined;
  const first = replayPrefix(checked.scenario, other, link.steps);
  const lost = link.steps[first.trace.steps.length];
  if (!first.whole && lost)
    dropped.push(
      `Step ${first.trace.steps.length + 1} of the link (${lost.by.slice(0, 32)}, ${lost.at.slice(0, 32)}) cannot be made here: it and what came after it were dropped.`,
    );
  const cut = dropUnreachedInsertions(link, calls, first.trace.steps.length);
  const cutChecked =
    cut.calls.length < calls.length ? parseLinkScenario(link, options, cut.calls) : checked;
  const trace =
    cutChecked.ok && cutChecked !== checked
      ? replayPrefix(cutChecked.scenario, other, link.steps).trace
      : first.trace;
  const issued = cutChecked.ok ? cut.issued : [];
  const fits = issued.length === 0 ? cutChecked.ok : insertionsReplay(trace, link, issued);
  if (!fits)
    dropped.push(
      'When its calls were put in does not fit the rest of the link: they are there from the start.',
    );
  return {
    ok: true,
    trace,
    issued: fits ? issued : [],
    view: link.view,
    mutations: other ? (link.mutations ?? []) : [],
    dropped,
    cursor: Math.min(link.cursor, trace.steps.length + (fits ? issued.length : 0)),
    id: link.scenario === undefined ? undefined : builtInScenario(link.scenario)?.id,
  };
}

/** How many calls to try next: those before the first one that is wrong, for it stays wrong whatever comes after it. Undefined where the calls are not to blame. */
function validCallPrefix(checked: ParsedScenario, calls: number): number | undefined {
  if (checked.ok) return undefined;
  const wrong = checked.errors.flatMap(
    ({ path }) =>
      /^calls(?:\[(\d+)\])?/
        .exec(path)
        ?.slice(1)
        .map((index) => (index === undefined ? calls - 1 : Number(index))) ?? [],
  );
  return wrong.length > 0 && calls > 0 ? Math.min(...wrong) : undefined;
}

/** The steps of a link as far as they can be made. */
function replayPrefix(
  scenario: Scenario,
  changed: Design | undefined,
  steps: Link['steps'],
): { readonly trace: Trace; readonly whole: boolean } {
  const run = startScenarioRun(scenario, changed);
  for (const { by, at } of steps) {
    const task = run.program.tasks.findIndex((t) => t.name === by);
    if (
      task < 0 ||
      nextStep(run.program, run.state, task)?.id !== at ||
      !isEnabled(run.program, run.state, task)
    )
      return { trace: traceOf(run), whole: false };
    runStep(run, task);
  }
  return { trace: traceOf(run), whole: true };
}

/** The calls without those that were put in after more steps than could be made. */
function dropUnreachedInsertions(
  { issued = [] }: Link,
  calls: Link['calls'],
  made: number,
): { readonly calls: Link['calls']; readonly issued: readonly InsertedCall[] } {
  const there = issued.filter((i) => i.call < calls.length);
  const late = new Set(there.filter((i) => i.after > made).map((i) => i.call));
  const place = (call: number): number => call - [...late].filter((l) => l < call).length;
  return {
    calls: calls.filter((_, i) => !late.has(i)),
    issued: there.filter((i) => !late.has(i.call)).map((i) => ({ ...i, call: place(i.call) })),
  };
}

/** Whether the run is also had when these calls are put in one after the other. */
function insertionsReplay(
  { scenario, steps }: Trace,
  link: Link,
  issued: readonly InsertedCall[],
): boolean {
  const places = new Set(issued.map((i) => i.call));
  const inOrder = issued.every(
    (i, n) => i.after <= steps.length && i.after >= (issued[n - 1]?.after ?? 0),
  );
  if (
    places.size < issued.length ||
    !inOrder ||
    issued.some((i) => i.call >= scenario.calls.length)
  )
    return false;
  // Nothing of a call comes before it was put in, and without the calls that come later what is there still makes sense: then it runs the same.
  const soon = steps.some((s) => issued.some((i) => i.call === s.step.call && s.index < i.after));
  return (
    !soon &&
    [...issued.keys()].every((n) => {
      const later = new Set(issued.slice(n).map((i) => i.call));
      return parseLinkScenario(
        link,
        scenario.options,
        scenario.calls.filter((_, i) => !later.has(i)),
      ).ok;
    })
  );
}

/** The link's scenario, told as the built-in one that it started from, as far as that still fits. */
function parseLinkScenario(
  link: Link,
  options: Link['options'],
  calls: Link['calls'],
): ParsedScenario {
  const entry = link.scenario === undefined ? undefined : builtInScenario(link.scenario);
  const retold = entry && scenarioVariant(entry, link.design, options);
  const told = retold?.ok ? retold.scenario : undefined;
  const parse = (about: string, beats: Scenario['beats']): ParsedScenario =>
    parseScenario(
      makeScenario({
        title: link.title ?? told?.title ?? '',
        about,
        design: link.design,
        options,
        world: link.world,
        calls,
        schedule: 'sequential',
        beats,
        expect: undefined,
      }),
    );
  const withStory = parse(told?.about ?? '', told?.beats ?? []);
  return withStory.ok || !told ? withStory : parse(told.about, []);
}
