import {
  changeOfText,
  changedDesign,
  designText,
  isBuiltIn,
  parsedDesign,
  registerOwnDesign,
} from '../../designs/changedDesign';
import { EXAMPLE_DESIGN } from '../../designs/exampleDesign';
import { designById } from '../../designs/registry';
import { makeOwnText, makeTextChange } from '../../designs/textChange';
import type { Design } from '../../kernel/language/design';
import type { DesignChange } from '../../kernel/language/mutation';
import type { Diagnostic } from '../../kernel/text/diagnostic';
import { makeScenario } from '../../scenario/format/makeScenario';
import { inputErrorText, parseScenario } from '../../scenario/format/parseScenario';
import type { Scenario } from '../../scenario/format/scenario';
import { draftKey } from '../queries/designDraft';
import type { Session } from '../store/session';
import { openScenario } from '../trace/openScenario';
import type { Setup } from '../trace/traceTree';
import { runModified, setupWith } from './mutations';
import { showRun } from './showRun';
import { notifyNotOpened } from './showScenario';

/** Applies an edited text to the run on screen, which makes the same calls as before. A text with a problem is kept as a draft, and only the problem is returned. */
export function editDesign(session: Session, text: string): string | undefined {
  const { setup } = session.getState().run;
  const problem = runModified(session, setupOfText(setup, text), 'edit of the design', {
    continues: true,
  });
  session.setState({
    draft: problem === undefined ? undefined : { of: draftKey(setup), text },
  });
  return problem;
}

/** The setup on screen with the design of a text; a string says what is wrong with the text. */
function setupOfText(setup: Setup, text: string): Setup | string {
  const { scenario, libraryId } = setup;
  const { design: parsed, diagnostics } = parsedDesign(text);
  const [problem] = diagnostics;
  if (!parsed) return problem ? diagnosticText(problem) : 'the text is no design';
  if (!isBuiltIn(scenario.design)) {
    if (isBuiltIn(parsed.id)) return `${parsed.id} is the name of a built-in design`;
    const design = registerOwnDesign(text, parsed);
    const own = withDesign(scenario, design.id);
    return typeof own === 'string'
      ? own
      : { scenario: own, libraryId, design, mutations: [makeOwnText(text)] };
  }
  const base = designById(scenario.design);
  if (!base) return `there is no design ${scenario.design}`;
  const change = makeTextChange(designText(base, scenario.options), text);
  return setupWith(setup, change ? [change] : []);
}

/** The scenario in a design of the user's own, or why its calls do not exist there. */
function withDesign(scenario: Scenario, design: string): Scenario | string {
  const parsed = parseScenario(
    makeScenario({ ...scenario, design, options: {}, expect: undefined }),
  );
  return parsed.ok ? parsed.scenario : inputErrorText(parsed.errors.slice(0, 1));
}

function diagnosticText({ line, column, message }: Diagnostic): string {
  return `${line}:${column}: ${message}`;
}

/** Shows an own design to start from. */
export function openNewDesign(session: Session): void {
  openDesignText(session, 'counter.design', EXAMPLE_DESIGN);
}

/** Shows a design file: as a change of the built-in design of its id with the calls on screen, or as an own design with the calls that it declares. */
export function openDesignText(session: Session, fileName: string, text: string): void {
  const { design, diagnostics } = parsedDesign(text);
  const refuse = (errors: readonly { readonly path: string; readonly message: string }[]): void =>
    notifyNotOpened(session, fileName, errors);
  if (!design)
    return refuse(
      diagnostics
        .slice(0, 5)
        .map(({ line, column, message }) => ({ path: `${line}:${column}`, message })),
    );
  const { setup } = session.getState().run;
  const change = changeOfText(design, text);
  const changes: readonly DesignChange[] = change ? [change] : [];
  const scenario = isBuiltIn(design.id)
    ? withDesignOptions(setup, design)
    : ownScenario(setup.scenario, registerOwnDesign(text, design));
  if (typeof scenario === 'string') return refuse([{ path: 'calls', message: scenario }]);
  const changed = changedDesign(scenario.design, scenario.options, changes);
  if (!changed.ok) return refuse([{ path: 'design', message: changed.message }]);
  try {
    const opened = openScenario({ ...scenario, schedule: 'sequential' }, undefined, changed.design);
    if (!opened.ok) return refuse(opened.errors);
    showRun(session, { run: opened.run });
  } catch (error) {
    refuse([{ path: 'calls', message: error instanceof Error ? error.message : String(error) }]);
  }
}

function withDesignOptions({ scenario }: Setup, design: Design): Scenario | string {
  const options = Object.fromEntries(design.options.map(({ id, values }) => [id, values[0] ?? '']));
  const parsed = parseScenario(
    makeScenario({ ...scenario, design: design.id, options, beats: [], expect: undefined }),
  );
  return parsed.ok ? parsed.scenario : inputErrorText(parsed.errors.slice(0, 1));
}

/** The scenario on screen if it is one of this design, else two threads that make each call that the design declares. */
function ownScenario(current: Scenario, design: Design): Scenario | string {
  if (current.design === design.id) return withDesign(current, design.id);
  const calls = Object.entries(design.calls ?? {})
    .filter(([, { args, by }]) => args.length === 0 && by === 'process')
    .flatMap(([call]) => ['app', 'app/2'].map((by) => ({ by, call })));
  const parsed = parseScenario({
    format: 'vfio-playground/scenario@1',
    title: design.title,
    about: design.about,
    design: design.id,
    world: { devices: [], processes: ['app'] },
    calls,
  });
  return parsed.ok ? parsed.scenario : inputErrorText(parsed.errors.slice(0, 1));
}
