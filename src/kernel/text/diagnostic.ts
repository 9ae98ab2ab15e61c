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

  constructor(
    private readonly text: string,
    private readonly max: number,
  ) {}

  add(span: Span, message: string, insert?: string): void {
    if (this.found.length >= this.max) return;
    const before = this.text.slice(0, span.from);
    const line = before.split('\n').length;
    this.found.push({
      from: span.from,
      to: span.to,
      line,
      column: span.from - (before.lastIndexOf('\n') + 1) + 1,
      message,
      ...(insert === undefined ? {} : { fix: { title: `Change to ${insert}`, insert } }),
    });
  }

  /** `expected WHAT, got "x" (did you mean "y"?)`, with the closest of `names` as the fix. */
  addUnknown(span: Span, what: string, got: string, names: readonly string[]): void {
    const [closest] = got.length > MAX_COMPARED ? [] : closestMatches(got, names.slice(0, 500), 1);
    const hint = closest === undefined ? '' : ` (did you mean ${JSON.stringify(closest)}?)`;
    this.add(span, `expected ${what}, got ${quoted(got)}${hint}`, closest);
  }

  all(): readonly Diagnostic[] {
    return this.found.toSorted((a, b) => a.from - b.from);
  }
}

/** Longer names are not compared with the known ones. */
const MAX_COMPARED = 80;

/** Text in quotes, shortened. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
