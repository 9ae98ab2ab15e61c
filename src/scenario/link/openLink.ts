import { designById } from '../../designs/registry';
import type { Design } from '../../kernel/language/design';
import { isEnabled, nextStep } from '../../kernel/machine/machine';
import {
  changedDesign,
  isBuiltIn,
  parsedDesign,
  registerOwnDesign,
} from '../../designs/changedDesign';
import { applyTextChange } from '../../designs/textChange';
import { makeMutation, type DesignChange } from '../../kernel/language/mutation';
import { builtInScenario, isVariantOf, scenarioVariant } from '../library/builtInScenario';
import { parseLink, type Link } from './link';
import type { InsertedCall } from './linkRecords';
import { makeScenario } from '../format/makeScenario';
import { inputErrorText, parseScenario, type ParsedScenario } from '../format/parseScenario';
import { runStep, startScenarioRun, traceOf } from '../run/scenarioRun';
import type { Scenario } from '../format/scenario';
import { LIMITS } from '../format/limits';
import type { Trace } from '../run/trace';

/** An opened link: its longest prefix that can run, and in sentences what was dropped. */
interface ValidLink {
  readonly ok: true;
  /** The run, with the inserted calls present from the start. */
  readonly trace: Trace;
  /** Calls of `trace` that were inserted, in order of insertion. Inserting them in this order gives the same run. */
  readonly issued: readonly InsertedCall[];
  /** Transitions (steps and inserted calls) before the snapshot on screen. */
  readonly cursor: number;
  readonly view: Link['view'];
  /** Changes in the design of `trace`; empty for the design itself. */
  readonly mutations: readonly DesignChange[];
  /** Id of the built-in scenario that it started from. */
  readonly id: string | undefined;
  readonly dropped: readonly string[];
}

/** Maximum number of options that one sentence names. */
const MAX_NAMED_OPTIONS = 4;

/** Maximum length of a quotation from the link. */
const MAX_QUOTED_CHARACTERS = 240;

/** The result of opening a link; `ok: false` if no part of it can run. */
export type OpenLinkResult = ValidLink | { readonly ok: false; readonly message: string };

/** Parses a link, validates its scenario and replays its longest valid prefix. Never throws. */
export function openLink(hash: string): OpenLinkResult {
  const parsed = parseLink(hash);
  if (!parsed.ok) return parsed;
  const { link } = parsed;
  const dropped = [...parsed.dropped];
  const design = designOfLink(link);
  if (typeof design === 'string') return { ok: false, message: design };
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
      `${named}${unknown.length > MAX_NAMED_OPTIONS ? ` and ${unknown.length - MAX_NAMED_OPTIONS} more` : ''} was dropped: ${design.id} has no such option.`,
    );
  }
  let calls = link.calls.slice(0, LIMITS.calls);
  let parsedScenario = parseLinkScenario(link, options, calls);
  for (
    let kept = validCallPrefix(parsedScenario, calls.length);
    kept !== undefined;
    kept = validCallPrefix(parsedScenario, calls.length)
  ) {
    calls = calls.slice(0, kept);
    parsedScenario = parseLinkScenario(link, options, calls);
  }
  if (!parsedScenario.ok)
    return {
      ok: false,
      message: `The link contains no scenario that can run: ${inputErrorText(parsedScenario.errors)}`,
    };
  if (calls.length < link.calls.length)
    dropped.push(
      `${link.calls.length - calls.length} of ${link.calls.length} calls are not valid and were dropped, with the steps after them.`,
    );
  const changed = link.mutations && changedDesign(design.id, options, link.mutations);
  if (changed?.ok === false)
    dropped.push(
      `The link changes ${design.id} (${(link.mutations ?? []).map(makeMutation).join(' ').slice(0, MAX_QUOTED_CHARACTERS)}), which is not possible here: ${changed.message.slice(0, MAX_QUOTED_CHARACTERS)}. The unmodified design is shown.`,
    );
  let openedDesign = changed?.ok ? changed.design : undefined;
  let replay = tryReplay(parsedScenario.scenario, openedDesign, link.steps);
  if (typeof replay === 'string') {
    const problem = `The calls of the link cannot run in its changed ${design.id}: ${replay.slice(0, MAX_QUOTED_CHARACTERS)}.`;
    dropped.push(`${problem} The unmodified design is shown.`);
    openedDesign = undefined;
    replay = tryReplay(parsedScenario.scenario, undefined, link.steps);
    if (typeof replay === 'string') return { ok: false, message: problem };
  }
  const lostStep = link.steps[replay.trace.steps.length];
  if (!replay.complete && lostStep)
    dropped.push(
      `Step ${replay.trace.steps.length + 1} of the link (${lostStep.by.slice(0, 32)}, ${lostStep.at.slice(0, 32)}) cannot run here. It was dropped, with all steps after it.`,
    );
  const cut = dropUnreachedInsertions(link, calls, replay.trace.steps.length);
  const cutScenario =
    cut.calls.length < calls.length ? parseLinkScenario(link, options, cut.calls) : parsedScenario;
  const trace =
    cutScenario.ok && cutScenario !== parsedScenario
      ? replayPrefix(cutScenario.scenario, openedDesign, link.steps).trace
      : replay.trace;
  const insertions = cutScenario.ok ? cut.issued : [];
  const fits = insertions.length === 0 ? cutScenario.ok : insertionsReplay(trace, link, insertions);
  if (!fits)
    dropped.push(
      'The link inserts calls at steps where they do not fit. They are present from the start instead.',
    );
  return {
    ok: true,
    trace,
    issued: fits ? insertions : [],
    view: link.view,
    mutations: openedDesign ? (link.mutations ?? []) : [],
    dropped,
    cursor: Math.min(link.cursor, trace.steps.length + (fits ? insertions.length : 0)),
    id: link.scenario === undefined ? undefined : builtInScenario(link.scenario)?.id,
  };
}

/** The design that a link names: a built-in one, or the one whose whole text it carries. A string says why there is none. */
function designOfLink({ design: id, mutations }: Link): Design | string {
  const [change] = mutations ?? [];
  if (!isBuiltIn(id) && change?.kind === 'text' && change.own) {
    const text = String(applyTextChange('', change));
    const { design, diagnostics } = parsedDesign(text);
    if (design?.id === id) return registerOwnDesign(text, design);
    return `The text of the design in the link has an error: ${diagnostics[0]?.message ?? 'it has another name'}.`;
  }
  return (
    designById(id) ??
    `The link needs the design "${id.slice(0, 40)}", which this playground does not have.`
  );
}

/** How many calls precede the first invalid one, which later calls cannot make valid. Undefined if no call is invalid. */
function validCallPrefix(parsedScenario: ParsedScenario, calls: number): number | undefined {
  if (parsedScenario.ok) return undefined;
  const invalid = parsedScenario.errors.flatMap(
    ({ path }) =>
      /^calls(?:\[(\d+)\])?/
        .exec(path)
        ?.slice(1)
        .map((index) => (index === undefined ? calls - 1 : Number(index))) ?? [],
  );
  return invalid.length > 0 && calls > 0 ? Math.min(...invalid) : undefined;
}

interface Replay {
  readonly trace: Trace;
  readonly complete: boolean;
}

/** `replayPrefix`, or why the calls do not fit the design: a changed one can be valid and still not fit them. */
function tryReplay(
  scenario: Scenario,
  changed: Design | undefined,
  steps: Link['steps'],
): Replay | string {
  try {
    return replayPrefix(scenario, changed, steps);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Runs the steps of a link up to the first one that cannot run. */
function replayPrefix(
  scenario: Scenario,
  changed: Design | undefined,
  steps: Link['steps'],
): Replay {
  const run = startScenarioRun(scenario, changed);
  for (const { by, at } of steps) {
    const task = run.program.tasks.findIndex((t) => t.name === by);
    if (
      task < 0 ||
      nextStep(run.program, run.state, task)?.id !== at ||
      !isEnabled(run.program, run.state, task)
    )
      return { trace: traceOf(run), complete: false };
    runStep(run, task);
  }
  return { trace: traceOf(run), complete: true };
}

/** Drops the calls that were inserted after a step that was not reached. */
function dropUnreachedInsertions(
  { issued = [] }: Link,
  calls: Link['calls'],
  stepCount: number,
): { readonly calls: Link['calls']; readonly issued: readonly InsertedCall[] } {
  const kept = issued.filter((i) => i.call < calls.length);
  const unreached = new Set(kept.filter((i) => i.after > stepCount).map((i) => i.call));
  const newIndex = (call: number): number => call - [...unreached].filter((u) => u < call).length;
  return {
    calls: calls.filter((_, i) => !unreached.has(i)),
    issued: kept
      .filter((i) => !unreached.has(i.call))
      .map((i) => ({ ...i, call: newIndex(i.call) })),
  };
}

/** Whether inserting these calls one after the changedDesign gives the same run. */
function insertionsReplay(
  { scenario, steps }: Trace,
  link: Link,
  insertions: readonly InsertedCall[],
): boolean {
  const calls = new Set(insertions.map((i) => i.call));
  const inOrder = insertions.every(
    (i, n) => i.after <= steps.length && i.after >= (insertions[n - 1]?.after ?? 0),
  );
  if (
    calls.size < insertions.length ||
    !inOrder ||
    insertions.some((i) => i.call >= scenario.calls.length)
  )
    return false;
  // The run is the same if no call runs before its insertion and the scenario is valid without the calls inserted later.
  const runsTooEarly = steps.some((s) =>
    insertions.some((i) => i.call === s.step.call && s.index < i.after),
  );
  return (
    !runsTooEarly &&
    insertions.every((_, n) => {
      const later = new Set(insertions.slice(n).map((i) => i.call));
      return parseLinkScenario(
        link,
        scenario.options,
        scenario.calls.filter((_call, i) => !later.has(i)),
      ).ok;
    })
  );
}

/** The scenario of a link, with text and captions of the built-in scenario that it started from, if they fit. */
function parseLinkScenario(
  link: Link,
  options: Link['options'],
  calls: Link['calls'],
): ParsedScenario {
  const entry = link.scenario === undefined ? undefined : builtInScenario(link.scenario);
  const parsedVariant = entry && scenarioVariant(entry, link.design, options);
  const variant = parsedVariant?.ok ? parsedVariant.scenario : undefined;
  const inserted = new Set(link.issued?.map((i) => link.calls[i.call]));
  const ownCalls = calls.filter((call) => !inserted.has(call));
  const isWalkthrough = entry && isVariantOf(entry, { world: link.world, calls: ownCalls });
  const parse = (about: string, beats: Scenario['beats']): ParsedScenario =>
    parseScenario(
      makeScenario({
        title: link.title ?? variant?.title ?? '',
        about,
        design: link.design,
        options,
        world: link.world,
        calls,
        schedule: 'sequential',
        beats: beats.slice(0, LIMITS.beats),
        expect: undefined,
      }),
    );
  const about = variant?.about ?? link.about ?? '';
  const captions = variant ? (isWalkthrough ? variant.beats : []) : (link.captions ?? []);
  const withCaptions = parse(about, captions);
  return withCaptions.ok || captions.length === 0 ? withCaptions : parse(about, []);
}
