import type { DiagnosticList, Span } from './diagnostic';

/** A word, number, string, sign, comment or step id of a design text. */
export interface Token extends Span {
  readonly kind: 'name' | 'number' | 'string' | 'sign' | 'comment' | 'label' | 'stepId' | 'end';
  /** The value: a string without its quotes, a comment without its marks, a label without its colon. */
  readonly text: string;
  /** Line number from 0. */
  readonly line: number;
  /** Whether it is the first character of its line. */
  readonly unindented: boolean;
}

const SIGNS = [
  '->',
  '++',
  '--',
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  ...'{}()[]=;:,.&*!<>+-|?@/'.split(''),
];
const LABEL = /[A-Za-z_][\w.]*(?::[A-Za-z_][\w.]*)*:(?=[ \t\r]*(?:$|\n|\/|\w))/y;
const STEP_ID = /[A-Za-z_][\w.]*(?::[A-Za-z_][\w.]*)*/y;
const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /\d{1,9}(?!\w)/y;
const STRING = /"(?:[^"\\\n]|\\.)*"/y;
const BLANK = /[ \t\r\n]+|\/\/[^\n]*/y;

/** The tokens of a text; `//` comments are left out. Bad characters become diagnostics. */
export function tokenize(text: string, diagnostics: DiagnosticList): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 0;
  let lineStart = true;
  const matchAt = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const push = (kind: Token['kind'], length: number, value: string): void => {
    const unindented = at === 0 || text[at - 1] === '\n';
    tokens.push({ kind, text: value, from: at, to: at + length, line, unindented });
    at += length;
    lineStart = false;
  };
  while (at < text.length) {
    const blank = matchAt(BLANK);
    if (blank !== undefined) {
      const newLines = blank.split('\n').length - 1;
      if (newLines > 0) lineStart = true;
      line += newLines;
      at += blank.length;
      continue;
    }
    if (text.startsWith('/*', at)) {
      const close = text.indexOf('*/', at + 2);
      if (close < 0) {
        diagnostics.add({ from: at, to: at + 2 }, 'expected */ at the end of the comment');
        at = text.length;
        continue;
      }
      const body = text.slice(at + 2, close);
      push('comment', close + 2 - at, commentText(body));
      line += body.split('\n').length - 1;
      continue;
    }
    const label = lineStart ? matchAt(LABEL) : undefined;
    if (label !== undefined) {
      push('label', label.length, label.slice(0, -1));
      continue;
    }
    const last = tokens.at(-1);
    const target =
      last?.kind === 'name' && last.text === 'goto' && last.line === line
        ? matchAt(STEP_ID)
        : undefined;
    if (target !== undefined) {
      push('stepId', target.length, target);
      continue;
    }
    const name = matchAt(NAME);
    if (name !== undefined) {
      push('name', name.length, name);
      continue;
    }
    const number = matchAt(NUMBER);
    if (number !== undefined) {
      push('number', number.length, number);
      continue;
    }
    const string = matchAt(STRING);
    if (string !== undefined) {
      push('string', string.length, stringValue(string));
      continue;
    }
    const sign = SIGNS.find((s) => text.startsWith(s, at));
    if (sign !== undefined) {
      push('sign', sign.length, sign);
      continue;
    }
    const length = text.codePointAt(at)! > 0xffff ? 2 : 1;
    diagnostics.add(
      { from: at, to: at + length },
      text[at] === '"'
        ? 'expected " at the end of the string'
        : /\d/.test(text[at] ?? '')
          ? 'expected a number of at most 9 digits'
          : `expected a name, a number or a sign, got ${JSON.stringify(text.slice(at, at + length))}`,
    );
    at += length;
    lineStart = false;
    while (/[\w"]/.test(text[at] ?? '')) at++;
  }
  tokens.push({
    kind: 'end',
    text: 'the end of the text',
    from: at,
    to: at,
    line,
    unindented: true,
  });
  return tokens;
}

/** The text of a comment: lines joined, without their leading `*`. */
function commentText(body: string): string {
  if (!body.includes('\n')) return body.trim();
  return body
    .split('\n')
    .map((l) => l.trim().replace(/^\*(?: |$)/, ''))
    .filter((l) => l !== '')
    .join(' ');
}

function stringValue(literal: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    // An escape that JSON does not have stands for itself.
    return literal.slice(1, -1).replace(/\\(.)/g, '$1');
  }
}
