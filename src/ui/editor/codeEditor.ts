// The one set-up of CodeMirror. Import it lazily: it is not part of the first load.
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import {
  bracketMatching,
  HighlightStyle,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** What an editor shows and reports. */
export interface CodeEditorOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  /** Accessible name. */
  readonly label: string;
  /** Language, linting, gutters and completion of the text form. */
  readonly extensions: Extension;
  /** Called after each change that the user or `setEditorText` makes. */
  readonly onChange: (text: string) => void;
}

/** A text editor in the colours of the page. Call `destroy` when its panel goes. */
export function createCodeEditor({
  parent,
  text,
  label,
  extensions,
  onChange,
}: CodeEditorOptions): EditorView {
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        // Before the keys: Escape closes what is open, then leaves the editor to the page's keys.
        extensions,
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        EditorState.allowMultipleSelections.of(true),
        indentUnit.of('\t'),
        EditorState.tabSize.of(4),
        syntaxHighlighting(highlightStyle),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false }),
        highlightActiveLine(),
        highlightSelectionMatches(),
        search({ top: true }),
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...completionKeymap,
          ...lintKeymap,
          indentWithTab,
        ]),
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
        theme,
      ],
    }),
  });
}

/** Replaces the text, and only the part that differs, so that the cursor and the scroll position stay. */
export function setEditorText(view: EditorView, text: string): void {
  const before = view.state.doc.toString();
  if (before === text) return;
  let from = 0;
  const shorter = Math.min(before.length, text.length);
  while (from < shorter && before[from] === text[from]) from++;
  let tail = 0;
  while (tail < shorter - from && before.at(-1 - tail) === text.at(-1 - tail)) tail++;
  view.dispatch({
    changes: {
      from,
      to: before.length - tail,
      insert: text.slice(from, text.length - tail),
    },
  });
}

const highlightStyle = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--ink-3)', fontStyle: 'italic' },
  { tag: tags.keyword, color: 'var(--accent)' },
  { tag: tags.typeName, color: 'var(--proc-3)' },
  { tag: tags.labelName, color: 'var(--ink)', fontWeight: '700' },
  { tag: tags.propertyName, color: 'var(--ink)' },
  { tag: tags.string, color: 'var(--ok)' },
  { tag: [tags.number, tags.atom], color: 'var(--parked)' },
  { tag: tags.function(tags.variableName), color: 'var(--proc-2)' },
]);

const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'var(--paper-2)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { font: 'var(--text-sm) / 1.5 var(--font-mono)', overscrollBehavior: 'contain' },
  '.cm-content': { caretColor: 'var(--ink)', paddingBottom: '40vh' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft) !important',
  },
  '.cm-gutters': {
    color: 'var(--ink-3)',
    backgroundColor: 'var(--paper)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--accent-soft) 45%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--paper-3)', color: 'var(--ink)' },
  '.cm-matchingBracket': {
    outline: '1px solid var(--line-2)',
    backgroundColor: 'transparent !important',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--paper-3)' },
  '.cm-panels': {
    color: 'var(--ink)',
    backgroundColor: 'var(--paper-3)',
    borderColor: 'var(--line)',
  },
  '.cm-panel input, .cm-panel button': {
    color: 'var(--ink)',
    background: 'var(--paper-2)',
    border: '1px solid var(--line-2)',
    borderRadius: 'var(--radius-sm)',
    font: 'var(--text-sm) var(--font-ui)',
  },
  '.cm-tooltip': {
    color: 'var(--ink)',
    backgroundColor: 'var(--paper-2)',
    border: '1px solid var(--line)',
    borderRadius: 'var(--radius-sm)',
    boxShadow: 'var(--shadow-2)',
    maxWidth: 'min(420px, 90vw)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { font: 'var(--text-sm) / 1.6 var(--font-mono)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    color: 'var(--on-accent)',
    backgroundColor: 'var(--accent)',
  },
  '.cm-diagnostic': { font: 'var(--text-sm) / 1.45 var(--font-ui)', padding: '6px 10px' },
  '.cm-diagnostic-error': { borderLeft: '4px solid var(--bad)' },
  '.cm-diagnosticAction': {
    color: 'var(--on-accent)',
    backgroundColor: 'var(--accent)',
    borderRadius: 'var(--radius-sm)',
    padding: '3px 8px',
  },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad) 1px',
    textUnderlineOffset: '3px',
  },
  '.cm-changedLine, &.cm-merge-b .cm-changedLine': { backgroundColor: 'var(--ok-soft)' },
  '.cm-deletedChunk': { backgroundColor: 'var(--bad-soft)' },
  '.cm-deletedChunk .cm-deletedText, .cm-deletedText': { background: 'none' },
  '.cm-chunkButtons button': {
    padding: '0 6px',
    color: 'var(--ink)',
    background: 'var(--paper-2)',
    border: '1px solid var(--line-2)',
    borderRadius: 'var(--radius-sm)',
    font: 'var(--text-sm) var(--font-ui)',
    cursor: 'pointer',
  },
  '.cm-changedText, &.cm-merge-b .cm-changedText': { background: 'none', fontWeight: '600' },
  '.cm-collapsedLines': {
    color: 'var(--ink-2)',
    background: 'var(--paper-3)',
    font: 'var(--text-sm) var(--font-ui)',
  },
});
