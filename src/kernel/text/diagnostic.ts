import { closestMatches } from '../language/closestMatches';

/** Part of a text, by offsets in UTF-16 units; `to` is exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is wrong at one place of a design text. */
export interface Diagnostic extends Span {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  readonly message: string;
  /** A replacement of the span that may mend it. */
  readonly fix?: { readonly title: string; readonly insert: string };
}

/** `upstream.design:12:5: expected …`, one line each. */
export function diagnosticsText(file: string, diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`)
    .join('\n');
}

/** Collects diagnostics of one text in the order of their places. */
export class DiagnosticList {
  private readonly found: Diagnostic[] = [];
  private readonly lineStarts: number[] = [];

  constructor(
    private readonly text: string,
    private readonly max: number,
  ) {}

  add(span: Span, message: string, insert?: string): void {
    if (this.found.length >= this.max) return;
    const line = this.lineOf(span.from);
    this.found.push({
      from: span.from,
      to: span.to,
      line,
      column: span.from - (this.lineStarts[line - 1] ?? 0) + 1,
      message,
      ...(insert === undefined ? {} : { fix: { title: `Change to ${insert}`, insert } }),
    });
  }

  /** `expected WHAT, got "x" (did you mean "y"?)`, with the closest of `names` as the fix. */
  addUnknown(span: Span, what: string, got: string, names: readonly string[]): void {
    const compared = got.length <= MAX_COMPARED && this.found.length < MAX_SUGGESTIONS;
    const [closest] = compared ? closestMatches(got, names.slice(0, 500), 1) : [];
    const hint = closest === undefined ? '' : ` (did you mean ${JSON.stringify(closest)}?)`;
    this.add(span, `expected ${what}, got ${quoted(got)}${hint}`, closest);
  }

  /** The number of the line at an offset, from 1. */
  private lineOf(offset: number): number {
    if (this.lineStarts.length === 0)
      for (let at = 0; at >= 0; at = this.text.indexOf('\n', at) + 1 || -1)
        this.lineStarts.push(at);
    return this.lineStarts.findLastIndex((start) => start <= offset) + 1;
  }

  all(): readonly Diagnostic[] {
    return this.found.toSorted((a, b) => a.from - b.from);
  }
}

/** Longer names are not compared with the known ones. */
const MAX_COMPARED = 40;
/** Later problems have no suggestion: comparing names takes most of the time. */
const MAX_SUGGESTIONS = 20;

/** Text in quotes, shortened. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
