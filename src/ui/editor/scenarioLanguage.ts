import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import { linter, type Diagnostic } from '@codemirror/lint';
import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import type { EditorState, Extension } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { SyntaxNode, Tree } from '@lezer/common';
import { expectedInput, type ExpectedInput } from '../../scenario/edit/expectedInput';
import { parseScenario } from '../../scenario/format/parseScenario';

/** JSON with the errors of `parseScenario` at their places, and completion of its keys, words and names. */
export const scenarioLanguage: Extension = [
  json(),
  linter(scenarioDiagnostics, { delay: 200 }),
  autocompletion({ override: [completeScenario], icons: false }),
];

const parseJson = jsonParseLinter();

/** The errors of the text; those of the syntax first, because nothing else can be judged before. */
export function scenarioDiagnostics(view: Pick<EditorView, 'state'>): readonly Diagnostic[] {
  // It reads the state only.
  const syntax = parseJson(view as EditorView);
  // The engine names the place a second time.
  if (syntax.length > 0)
    return syntax.map((each) => ({
      ...each,
      message: each.message.replace(/ in JSON at position \d+.*$| at line \d+ column \d+.*$/s, ''),
    }));
  const parsed = parseScenario(view.state.doc.toString());
  if (parsed.ok) return [];
  return parsed.errors.map(({ path, message }) => ({
    ...rangeOfPath(view.state, path),
    severity: 'error',
    message: path === '$' ? message : `${path}: ${message}`,
  }));
}

/** The range of the value at a path (`calls[2].fd`); of the closest value around it if there is none. */
function rangeOfPath(
  state: EditorState,
  path: string,
): { readonly from: number; readonly to: number } {
  const { topNode } = wholeTree(state);
  let node: SyntaxNode = topNode.firstChild ?? topNode;
  for (const [, key, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    const next: SyntaxNode | undefined =
      node.name === 'Array' && index !== undefined
        ? valuesOf(node)[Number(index)]
        : key === undefined
          ? undefined
          : (propertyOf(state, node, key)?.lastChild ?? undefined);
    if (!next) break;
    node = next;
  }
  return { from: node.from, to: node.to };
}

/** Longer than any scenario takes to parse. */
const PARSE_LIMIT_MS = 500;

/** The tree of the whole text: the editor may have parsed only a part yet. */
function wholeTree(state: EditorState): Tree {
  return ensureSyntaxTree(state, state.doc.length, PARSE_LIMIT_MS) ?? syntaxTree(state);
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

function valuesOf(array: SyntaxNode): readonly SyntaxNode[] {
  return childrenOf(array).filter(({ name }) => /^[A-Z]/.test(name));
}

function propertyOf(state: EditorState, object: SyntaxNode, key: string): SyntaxNode | undefined {
  return object
    .getChildren('Property')
    .find(({ firstChild }) => firstChild && textOf(state, firstChild) === JSON.stringify(key));
}

function textOf(state: EditorState, { from, to }: SyntaxNode): string {
  return state.sliceDoc(from, to);
}

/** What fits at the cursor: keys of the object around it, or values of the key before it. */
export function completeScenario({
  state,
  pos,
  explicit,
}: Pick<CompletionContext, 'state' | 'pos' | 'explicit'>): CompletionResult | null {
  const tree = wholeTree(state);
  const at = tree.resolveInner(pos, -1);
  const isWord = /^(String|PropertyName|Number|True|False|Null)$/.test(at.name);
  const token = isWord
    ? at
    : state.sliceDoc(pos - 1, pos) === '"'
      ? { from: pos - 1, to: pos }
      : undefined;
  if (!token && !explicit) return null;
  const parent = isWord ? at.parent : containerOf(at);
  const before = state.sliceDoc(0, token?.from ?? pos).trimEnd();
  const isValue = before.endsWith(':') || parent?.name === 'Array';
  const path = pathOf(state, at, token?.from ?? pos);
  const root = readValue(state, tree.topNode.firstChild);
  const object = isValue || !isWord ? path : path.slice(0, -1);
  const expected = expectedInput(root, isValue ? path : object);
  const range = { from: token?.from ?? pos, to: token?.to ?? pos };
  const hasColon = /^\s*:/.test(state.sliceDoc(range.to, range.to + 8));
  return {
    ...range,
    options: isValue
      ? [...new Set(expected.values)].map((value) => ({ label: value }))
      : keyCompletions(expected, hasColon),
    validFor: /^"?[\w./:@ -]*$/,
  };
}

const EMPTY_VALUES = { text: '""', object: '{}', array: '[]', other: '' } as const;

function keyCompletions({ keys }: ExpectedInput, hasColon: boolean): readonly Completion[] {
  return keys.map(({ name, value, required }) => ({
    label: JSON.stringify(name),
    ...(required ? { detail: 'required', boost: 1 } : {}),
    ...(hasColon
      ? {}
      : {
          apply: (view: EditorView, completion: Completion, from: number, to: number) => {
            const start = `${completion.label}: `;
            const empty = EMPTY_VALUES[value];
            view.dispatch({
              changes: { from, to, insert: start + empty },
              selection: { anchor: from + start.length + Math.min(1, empty.length) },
            });
          },
        }),
  }));
}

/** The path of the value at a position: `['calls', 2, 'fd']`. */
function pathOf(state: EditorState, at: SyntaxNode, pos: number): (string | number)[] {
  const path: (string | number)[] = [];
  for (let node: SyntaxNode | null = at; node; node = node.parent) {
    const name = node.name === 'Property' ? node.firstChild : undefined;
    if (name) path.unshift(String(readValue(state, name)));
    if (node.name === 'Array') path.unshift(valuesOf(node).filter(({ to }) => to <= pos).length);
  }
  return path;
}

function containerOf(at: SyntaxNode): SyntaxNode | null {
  let node: SyntaxNode | null = at;
  while (node && node.name !== 'Object' && node.name !== 'Array') node = node.parent;
  return node;
}

/** The value of a node, without the parts that are no JSON yet. */
function readValue(state: EditorState, node: SyntaxNode | null): unknown {
  switch (node?.name) {
    case 'Object':
      return Object.fromEntries(
        node.getChildren('Property').flatMap((property) => {
          const { firstChild: name, lastChild: value } = property;
          return name && value && name.from !== value.from
            ? [[String(readValue(state, name)), readValue(state, value)]]
            : [];
        }),
      );
    case 'Array':
      return valuesOf(node).map((item) => readValue(state, item));
    case 'String':
    case 'PropertyName':
    case 'Number':
    case 'True':
    case 'False':
      try {
        return JSON.parse(textOf(state, node)) as unknown;
      } catch {
        // The text of an unfinished string.
        return textOf(state, node).replaceAll('"', '');
      }
    default:
      return undefined;
  }
}
