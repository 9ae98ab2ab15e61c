import { autocompletion } from '@codemirror/autocomplete';
import { setDiagnostics, type Diagnostic as EditorDiagnostic } from '@codemirror/lint';
import { unifiedMergeView } from '@codemirror/merge';
import { Compartment, RangeSet, RangeValue, StateEffect, StateField } from '@codemirror/state';
import { EditorView, gutter, GutterMarker } from '@codemirror/view';
import { parsedDesign } from '../../../designs/changedDesign';
import type { Diagnostic } from '../../../kernel/text/diagnostic';
import { counterexampleSteps } from '../../../session/queries/counterexampleSteps';
import { draftKey, editedText } from '../../../session/queries/designDraft';
import { fieldsTouchedBy } from '../../../session/queries/fieldsTouchedBy';
import { stepPlaces } from '../../../session/queries/stepPlaces';
import type { Session, SessionState } from '../../../session/store/session';
import { currentSnapshot } from '../../../session/trace/replay';
import { dispatch } from '../../../session/actions/dispatch';
import { createCodeEditor, setEditorText } from '../../editor/codeEditor';
import { completeDesign, designHighlighting, type DesignFacts } from '../../editor/designLanguage';

/** The editor of the design on screen. */
export interface DesignEditor {
  readonly destroy: () => void;
  /** Shows the difference to this text; undefined shows the text alone. */
  readonly showChanges: (original: string | undefined) => void;
  /** Moves the cursor to a line, from 1. */
  readonly jumpTo: (line: number) => void;
}

/** The names of a step, over the range of its text. */
class StepRange extends RangeValue {
  constructor(readonly names: readonly string[]) {
    super();
  }
  override eq(other: StepRange): boolean {
    return other.names.join() === this.names.join();
  }
}

const setSteps = StateEffect.define<RangeSet<StepRange>>();
const stepsField = StateField.define<RangeSet<StepRange>>({
  create: () => RangeSet.empty,
  update: (steps, transaction) =>
    transaction.effects.find((effect) => effect.is(setSteps))?.value ??
    steps.map(transaction.changes),
});

/** What the gutter says of a step. */
class StepMarker extends GutterMarker {
  constructor(
    private readonly text: string,
    private readonly title: string,
    private readonly kind: string,
  ) {
    super();
  }
  override eq(other: StepMarker): boolean {
    return other.text === this.text && other.title === this.title && other.kind === this.kind;
  }
  override toDOM(): HTMLElement {
    const mark = document.createElement('span');
    mark.textContent = this.text;
    mark.dataset['mark'] = this.kind;
    mark.dataset['tooltip'] = this.title;
    mark.setAttribute('aria-label', this.title);
    return mark;
  }
}

const setMarkers = StateEffect.define<RangeSet<GutterMarker>>();
const markersField = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update: (markers, transaction) =>
    transaction.effects.find((effect) => effect.is(setMarkers))?.value ??
    markers.map(transaction.changes),
});

/** Creates the editor in `parent`. `onChange` gets the text after each change that needs a verdict. */
export function createDesignEditor(
  parent: HTMLElement,
  session: Session,
  onChange: (text: string) => void,
): DesignEditor {
  const changesView = new Compartment();
  let facts: DesignFacts = { design: undefined, steps: [] };
  /** The typed text that the session does not have yet, and the design that it edits. */
  let typed: { readonly of: string; readonly text: string } | undefined;
  let applying = false;
  let showsDiagnostics = false;
  let destroyed = false;

  const view = createCodeEditor({
    parent,
    text: editedText(session.getState()),
    label: 'Text of the design',
    extensions: [
      designHighlighting,
      autocompletion({ override: [(context) => completeDesign(context, facts)], icons: false }),
      stepsField,
      markersField,
      gutter({
        class: 'cm-stepGutter',
        markers: (editor) => editor.state.field(markersField),
        initialSpacer: () => new StepMarker('88', '', 'path'),
      }),
      EditorView.theme({
        '.cm-stepGutter': { minWidth: '2.4em', textAlign: 'right' },
        '.cm-stepGutter span': { padding: '0 3px', cursor: 'default' },
        '.cm-stepGutter [data-mark="path"]': { color: 'var(--bad)', fontWeight: '700' },
        // A ring; the fonts of the page have no such letter.
        '.cm-stepGutter [data-mark="unnoticed"]::before': {
          content: '""',
          display: 'inline-block',
          width: '6px',
          height: '6px',
          border: '1.5px solid var(--warn)',
          borderRadius: '50%',
        },
      }),
      EditorView.domEventHandlers({
        mousemove: (event, editor) => {
          highlight(session, editor, editor.posAtCoords({ x: event.clientX, y: event.clientY }));
        },
        mouseleave: () => dispatch(session, 'hover', { target: undefined }),
      }),
      EditorView.updateListener.of((update) => {
        if (update.selectionSet && !update.docChanged && update.view.hasFocus)
          highlight(session, update.view, update.state.selection.main.head);
      }),
      changesView.of([]),
    ],
    onChange: (text) => {
      if (applying) return;
      typed = { of: draftKey(session.getState().run.setup), text };
      onChange(text);
    },
  });

  const showFacts = (): void => {
    const state = session.getState();
    const text = view.state.doc.toString();
    const parsed = parsedDesign(text);
    if (!parsed.design) return;
    facts = parsed;
    const places = stepPlaces(text);
    view.dispatch({
      effects: [
        setSteps.of(
          RangeSet.of(places.map(({ from, to, names }) => new StepRange(names).range(from, to))),
        ),
        setMarkers.of(markersOf(state, text)),
      ],
    });
  };

  const showDiagnostics = (): void => {
    const { live } = session.getState();
    if (destroyed || !live || live.pending) return;
    const found =
      live.answer?.ok === false && live.text === view.state.doc.toString()
        ? parsedDesign(live.text).diagnostics.map(editorDiagnostic)
        : [];
    if (found.length > 0 || showsDiagnostics) view.dispatch(setDiagnostics(view.state, found));
    showsDiagnostics = found.length > 0;
  };

  const follow = (state: SessionState, before: SessionState): void => {
    // The verdict is painted first.
    if (state.live !== before.live && state.live && !state.live.pending)
      requestAnimationFrame(() => setTimeout(showDiagnostics));
    if (state.run.setup !== before.run.setup || state.draft !== before.draft) {
      const text = editedText(state);
      if (typed?.text === text) typed = undefined;
      if (typed?.of === draftKey(state.run.setup)) return;
      typed = undefined;
      applying = true;
      setEditorText(view, text);
      applying = false;
      showFacts();
      // The last verdict is of another text.
      if (state.live && state.live.text !== text) onChange(text);
    } else if (state.check !== before.check || state.removals !== before.removals) {
      const text = view.state.doc.toString();
      if (!typed) view.dispatch({ effects: setMarkers.of(markersOf(state, text)) });
    }
  };

  showFacts();
  const unsubscribe = session.subscribe(follow);
  scrollToCurrentStep(session, view);
  return {
    destroy: () => {
      destroyed = true;
      unsubscribe();
      view.destroy();
    },
    showChanges: (original) => {
      view.dispatch({
        effects: changesView.reconfigure(
          original === undefined
            ? []
            : unifiedMergeView({
                original,
                highlightChanges: false,
                syntaxHighlightDeletions: false,
                mergeControls: (kind, action) => revertButton(kind, action),
                collapseUnchanged: { margin: 3, minSize: 6 },
              }),
        ),
      });
    },
    jumpTo: (line) => {
      const { from } = view.state.doc.line(Math.min(line, view.state.doc.lines));
      view.dispatch({
        selection: { anchor: from },
        effects: EditorView.scrollIntoView(from, { y: 'center' }),
      });
      view.focus();
    },
  };
}

/** A changed chunk can be reverted; accepting it would only hide it. */
function revertButton(kind: 'accept' | 'reject', action: (event: MouseEvent) => void): HTMLElement {
  const button = document.createElement('button');
  button.textContent = 'Revert';
  button.hidden = kind === 'accept';
  button.addEventListener('mousedown', action);
  return button;
}

function editorDiagnostic({ from, to, message, fix }: Diagnostic): EditorDiagnostic {
  return {
    from,
    to: Math.max(to, from),
    severity: 'error',
    message,
    ...(fix
      ? {
          actions: [
            {
              name: fix.title,
              apply: (view, at, end) =>
                view.dispatch({ changes: { from: at, to: end, insert: fix.insert } }),
            },
          ],
        }
      : {}),
  };
}

/** The step numbers of the counterexample, and which steps no property would miss. */
function markersOf(state: SessionState, text: string): RangeSet<GutterMarker> {
  const path = counterexampleSteps(state);
  const unnoticed = state.removals?.text === text ? state.removals.unnoticed : new Set<string>();
  return RangeSet.of(
    stepPlaces(text).flatMap(({ from, names }) => {
      const numbers = names.flatMap((name) => path.get(name) ?? []).toSorted((a, b) => a - b);
      const [first] = numbers;
      if (first !== undefined)
        return [
          new StepMarker(
            `${first}${numbers.length > 1 ? '+' : ''}`,
            `Step ${numbers.join(', ')} of the counterexample`,
            'path',
          ).range(from),
        ];
      return names.some((name) => unnoticed.has(name))
        ? [
            new StepMarker(
              '',
              'No property is violated if this step is removed',
              'unnoticed',
            ).range(from),
          ]
        : [];
    }),
  );
}

/** Lights up what the step at a position reads and writes. */
function highlight(session: Session, view: EditorView, pos: number | null): void {
  const names: string[] = [];
  if (pos !== null)
    view.state.field(stepsField).between(pos, pos, (_from, _to, value) => {
      names.push(...value.names);
    });
  const state = session.getState();
  const { program } = currentSnapshot(state);
  const step = program.tasks.flatMap(({ steps }) => steps).find(({ name }) => names.includes(name));
  if (state.hover?.step !== step?.name)
    dispatch(session, 'hover', { target: step && fieldsTouchedBy(program, step) });
}

/** Shows the function of the step on screen: a design has thousands of lines. */
function scrollToCurrentStep(session: Session, view: EditorView): void {
  const { program, step } = currentSnapshot(session.getState());
  const name = (step ?? program.tasks[0]?.steps[0])?.name;
  const place = stepPlaces(view.state.doc.toString()).find((each) =>
    each.names.includes(name ?? ''),
  );
  if (!place) return;
  view.dispatch({
    selection: { anchor: place.from },
    effects: EditorView.scrollIntoView(place.from, { y: 'center' }),
  });
}
