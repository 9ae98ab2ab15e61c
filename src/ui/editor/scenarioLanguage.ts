import { json, jsonParseLinter } from '@codemirror/lang-json';
import { linter, type Diagnostic } from '@codemirror/lint';
import { syntaxTree } from '@codemirror/language';
import type { EditorState, Extension } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { SyntaxNode } from '@lezer/common';
import { parseScenario } from '../../scenario/format/parseScenario';

/** JSON with the errors of `parseScenario` at their places. */
export const scenarioLanguage: Extension = [json(), linter(scenarioDiagnostics, { delay: 200 })];

const parseJson = jsonParseLinter();

/** The errors of the text; those of the syntax first, because nothing else can be judged before. */
function scenarioDiagnostics(view: EditorView): readonly Diagnostic[] {
  const syntax = parseJson(view);
  if (syntax.length > 0) return syntax;
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
  let node: SyntaxNode = syntaxTree(state).topNode.firstChild ?? syntaxTree(state).topNode;
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
