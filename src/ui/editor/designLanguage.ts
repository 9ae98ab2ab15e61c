import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { StreamLanguage } from '@codemirror/language';
import { FD_TYPE, FILE_TYPE } from '../../kernel/language/vfs';
import type { Design, FieldSpec, ObjectType } from '../../kernel/language/design';
import type { StepPlace } from '../../kernel/text/parseFunction';
import { STATEMENTS } from '../../kernel/text/parseOps';
import { DECLARATIONS } from '../../kernel/text/tokenReader';

const KEYWORDS = new Set([
  ...DECLARATIONS,
  ...'if else goto return ret fault happens exists live by driver is or of per files name allocated ids max min revision const'.split(
    ' ',
  ),
]);
const TYPES = new Set('int bool mutex refcount number enum completion'.split(' '));
const ATOMS = new Set(['NULL', 'current', 'true', 'false']);

/** Highlighting of the design language. Each line is coloured from the text alone. */
export const designHighlighting = StreamLanguage.define<{ inComment: boolean }>({
  name: 'design',
  startState: () => ({ inComment: false }),
  token(stream, state) {
    if (state.inComment || stream.match('/*')) {
      state.inComment = !stream.match(/^.*?\*\//);
      if (state.inComment) stream.skipToEnd();
      return 'comment';
    }
    if (stream.match('//')) {
      stream.skipToEnd();
      return 'comment';
    }
    if (stream.eatSpace()) return null;
    if (stream.sol() && stream.match(/^[A-Za-z_][\w.]*(?::[A-Za-z_][\w.]*)*:(?!\w*\()/))
      return 'labelName';
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/^-?E[A-Z]+\b/) || stream.match(/^\d+/)) return 'number';
    if (stream.match(/^->\w+/) || stream.match(/^\.\w+/)) return 'propertyName';
    const word = stream.match(/^[A-Za-z_]\w*/);
    if (word && word !== true) {
      const [name] = word;
      if (KEYWORDS.has(name) && !(name === 'int' && !stream.match(/^\s+\w+\s*\(/, false)))
        return 'keyword';
      if (TYPES.has(name)) return 'typeName';
      if (ATOMS.has(name)) return 'atom';
      return stream.match(/^\s*\(/, false) ? 'variableName.function' : 'variableName';
    }
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: '//', block: { open: '/*', close: '*/' } } },
});

/** What completion knows of the text: the last design without errors, and its steps. */
export interface DesignFacts {
  readonly design: Design | undefined;
  readonly steps: readonly StepPlace[];
}

/** Completes fields after `->`, labels after `goto`, and statements, roles and declarations elsewhere. */
export function completeDesign(
  context: CompletionContext,
  facts: DesignFacts,
): CompletionResult | null {
  const objects = [FD_TYPE, FILE_TYPE, ...(facts.design?.model({}).objects ?? [])];
  const path = context.matchBefore(/[\w.]+(?:->\w+)*->\w*/);
  if (path) {
    const parts = path.text.split('->');
    const fields = fieldsAt(objects, parts.slice(0, -1));
    return {
      from: path.to - (parts.at(-1)?.length ?? 0),
      options: Object.entries(fields).map(([name, spec]) => ({ label: name, detail: spec.kind })),
      validFor: /^\w*$/,
    };
  }
  const target = context.matchBefore(/goto\s+[\w.:]*/);
  if (target) {
    const at = facts.steps.findLast(({ from }) => from <= context.pos);
    return {
      from: target.from + target.text.search(/[\w.:]*$/),
      options: facts.steps
        .filter((step) => step.function === at?.function)
        .map(({ id }) => ({ label: id, type: 'label' })),
      validFor: /^[\w.:]*$/,
    };
  }
  const word = context.matchBefore(/\w+/);
  if (!word && !context.explicit) return null;
  const atLineStart = word !== null && context.state.doc.lineAt(word.from).from === word.from;
  const plain = (label: string, detail: string): Completion => ({ label, detail });
  return {
    from: word?.from ?? context.pos,
    options: atLineStart
      ? DECLARATIONS.map((each) => plain(each, 'declaration'))
      : [
          ...STATEMENTS.map((each) => plain(each, 'statement')),
          ...objects.map(({ role, type }) => plain(role, `struct ${type}`)),
        ],
    validFor: /^\w*$/,
  };
}

/** The fields of the object that a path leads to: `device`, then the fields that it goes through. */
function fieldsAt(
  objects: readonly ObjectType[],
  path: readonly string[],
): Readonly<Record<string, FieldSpec>> {
  const [first = '', ...rest] = path;
  const role = first.split('.').at(-1) ?? first;
  let types = objects.filter((object) => object.role === role);
  for (const name of rest) {
    const targets = types.flatMap(({ fields }) => {
      const spec = fields[name];
      return spec?.kind === 'pointer' ? spec.types : spec?.kind === 'link' ? [spec.type] : [];
    });
    types = objects.filter(({ type }) => targets.includes(type));
  }
  return Object.assign({}, ...types.map(({ fields }) => fields)) as Record<string, FieldSpec>;
}
