import type { DiagnosticList, Span } from './diagnostic';
import { quoted } from './diagnostic';
import type { Token } from './lexer';

/** The rest of the line or block cannot be read; its diagnostic is already recorded. */
export class SyntaxProblem extends Error {}

/** The words that start a declaration outside of functions. */
export const DECLARATIONS = [
  'design',
  'option',
  'struct',
  'file',
  'call',
  'int',
  'normal_access',
  'bound',
  'owner_context',
  'owns_dma',
  'kvm',
  'recorded_kvm',
  'path_exclusive',
  'unregister_waits',
  'caveat',
  'counter',
  'group_domain',
  'property',
] as const;

const DECLARATION_WORDS: ReadonlySet<string> = new Set(DECLARATIONS);

/** The deepest nesting of blocks and expressions. */
const MAX_DEPTH = 40;

/** Signs that can be missing at the end of a line. */
const CLOSING = /^[;),{}(]$/;

/** Reads tokens in order. Comments are skipped unless they are asked for. */
export class TokenReader {
  private depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    readonly diagnostics: DiagnosticList,
    /** Index of the next token, comments included. */
    public at = 0,
  ) {}

  /** The next token, a comment included. */
  get raw(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)]!;
  }

  /** The token before the next one; undefined at the start. */
  get previous(): Token | undefined {
    return this.tokens[this.at - 1];
  }

  /** The next token that is no comment. */
  get next(): Token {
    while (this.raw.kind === 'comment') this.at++;
    return this.raw;
  }

  /** The token after `next`, for decisions that need two. */
  get second(): Token {
    let i = this.tokens.indexOf(this.next, this.at) + 1;
    while (this.tokens[i]?.kind === 'comment') i++;
    return this.tokens[i] ?? this.raw;
  }

  /** Whether a declaration starts here, at the beginning of a line: a block that is still open lacks its `}`. */
  get atDeclaration(): boolean {
    const { raw } = this;
    return (
      raw.unindented &&
      raw.kind === 'name' &&
      DECLARATION_WORDS.has(raw.text) &&
      ['name', 'string'].includes(this.tokens[this.at + 1]?.kind ?? '')
    );
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.at++;
    return token;
  }

  /** Whether the next token is this word or sign. */
  is(text: string): boolean {
    const { kind, text: got } = this.next;
    return got === text && (kind === 'name' || kind === 'sign');
  }

  /** Takes the next token if it is this word or sign; else comments before it stay to be read. */
  accept(text: string): boolean {
    const { at } = this;
    if (this.is(text)) {
      this.take();
      return true;
    }
    this.at = at;
    return false;
  }

  expect(text: string): Token {
    return this.is(text) ? this.take() : this.fail(text);
  }

  /** Takes a name; `what` says which one is expected. */
  name(what: string): Token {
    return this.next.kind === 'name' ? this.take() : this.fail(what);
  }

  string(what: string): string {
    return this.next.kind === 'string' ? this.take().text : this.fail(what);
  }

  /** An integer, which may be negative. */
  integer(what: string): number {
    const sign = this.accept('-') ? -1 : 1;
    return this.next.kind === 'number' ? sign * Number(this.take().text) : this.fail(what);
  }

  /** Takes one of these words. */
  oneOf<T extends string>(words: readonly T[], what: string): T {
    const token = this.next;
    const word = token.kind === 'name' ? words.find((w) => w === token.text) : undefined;
    if (word === undefined) {
      if (token.kind !== 'name') return this.fail(what);
      this.diagnostics.addUnknown(token, what, token.text, words);
      throw new SyntaxProblem();
    }
    this.take();
    return word;
  }

  /** `a|b|c`. */
  alternatives<T extends string>(words: readonly T[], what: string): readonly T[] {
    const found = [this.oneOf(words, what)];
    while (this.accept('|')) found.push(this.oneOf(words, what));
    return found;
  }

  /** The comment at the end of the line of the token before, if there is one. */
  trailingComment(): string | undefined {
    const { raw, previous } = this;
    if (raw.kind !== 'comment' || raw.line !== previous?.line) return undefined;
    this.at++;
    return raw.text;
  }

  /** Records `expected WHAT, got …` at the next token. */
  fail(what: string): never {
    const token = this.next;
    // What is missing belongs after the token before it, if the next one is on another line. A statement starts its own line.
    const { previous } = this;
    const isStart =
      !CLOSING.test(what) &&
      previous !== undefined &&
      (previous.kind === 'label' || previous.kind === 'comment' || /^[;{}]$/.test(previous.text));
    const end = previous && previous.line < token.line && !isStart;
    const span: Span = end ? { from: previous.to, to: previous.to } : token;
    const got =
      token.kind === 'end' ? token.text : end ? 'the end of the line' : quoted(token.text);
    const fix = CLOSING.test(what) && end ? what : undefined;
    this.diagnostics.add(span, `expected ${what}, got ${got}`, fix);
    throw new SyntaxProblem();
  }

  problem(span: Span, message: string): never {
    this.diagnostics.add(span, message);
    throw new SyntaxProblem();
  }

  /** Runs `read` one level deeper. */
  nested<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) {
      this.depth--;
      return this.problem(this.next, `expected at most ${MAX_DEPTH} levels of nesting`);
    }
    try {
      return read();
    } finally {
      this.depth--;
    }
  }

  /**
   * Goes on at the next line. A block that the bad line opens is skipped with it. Stops before a `}` that closes the block
   * around the line, and before a label.
   */
  skipLine(start: number): void {
    const line = this.tokens[Math.max(start, this.at - 1)]?.line ?? 0;
    let open = 0;
    this.at = Math.max(this.at, start);
    for (;;) {
      const { raw } = this;
      if (raw.kind === 'end' || (this.at > start && this.atDeclaration)) return;
      if (open === 0 && this.at > start && (raw.line > line || raw.kind === 'label')) return;
      if (raw.kind === 'sign' && raw.text === '{') open++;
      if (raw.kind === 'sign' && raw.text === '}') {
        if (open === 0) return;
        open--;
      }
      this.at++;
    }
  }
}
