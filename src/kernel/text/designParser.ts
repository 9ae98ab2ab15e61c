import { parseDesign, parseFunctions, TEXT_LIMITS } from './parseDesign';
import type { Declarations, KnownFunction, ParsedDesign, ParsedText } from './parseDesign';

/** A function with the comment before it, as they are printed. No text makes it look at a line often. */
const FUNCTION =
  /(?:^\/\*[^\n]*(?:\n \*(?!\/)[^\n]*)*(?:\n )?\*\/\n)?^int [^\n]*\n\{\n(?:(?![{}]\n)[^\n]*\n)*\}\n/gm;

/** In the place of a function in the text around the functions. */
const PLACE = '\0';

/** A parser for the versions of one text: reads only the functions that have changed since the last one. Else it equals `parseDesign`. */
export function makeDesignParser(): (text: string) => ParsedDesign {
  let context = '';
  let known = new Map<string, KnownFunction>();
  let declarations: Declarations | undefined;
  return (text) => {
    if (text.length > TEXT_LIMITS.characters) return parseDesign(text);
    // One pass: the expression is the slowest part of a key.
    const parts = [...text.matchAll(FUNCTION)].map(({ 0: part, index: at }) => ({ part, at }));
    // The number tells places from the same character in a text.
    const rest = `${parts.length} ${textAround(text, parts)}`;
    const changed =
      rest === context && declarations ? parseChanged(text, parts, known, declarations) : undefined;
    if (changed) {
      known = changed.known;
      return changed.parsed;
    }
    const parsed = parseDesign(text);
    if (!parsed.design) return parsed;
    context = rest;
    known = new Map(
      parts.flatMap(({ part, at }) => {
        const found = knownFunction(part, at, parsed);
        return found ? [[part, found]] : [];
      }),
    );
    // A function that is not written as it is printed belongs to the text around.
    declarations = known.size === parsed.functions.size ? parsed.declarations : undefined;
    return parsed;
  };
}

/** The design after a change inside of functions only; undefined if it has to be read as a whole. */
function parseChanged(
  text: string,
  parts: readonly Part[],
  known: ReadonlyMap<string, KnownFunction>,
  declarations: Declarations,
): { readonly parsed: ParsedDesign; readonly known: Map<string, KnownFunction> } | undefined {
  const same: KnownFunction[] = [];
  const changed: Part[] = [];
  let end = 0;
  let changedText = '';
  for (const { part, at } of parts) {
    const of = known.get(part);
    if (of) same.push(of);
    else {
      // A comment further before the function is its citation.
      if (/\*\/\s*$/.test(text.slice(end, at))) return undefined;
      changed.push({ part, at: changedText.length });
      changedText += part;
    }
    end = at + part.length;
  }
  const handles = new Set(same.map(({ handle }) => handle));
  if (
    handles.size < same.length ||
    text.split('\n', TEXT_LIMITS.lines + 1).length > TEXT_LIMITS.lines
  )
    return undefined;
  const parsed = parseFunctions(changedText, declarations, same);
  if (!parsed) return undefined;
  const now = new Map<string, KnownFunction>();
  for (const { part, at } of changed) {
    const found = knownFunction(part, at, parsed);
    if (!found) return undefined;
    now.set(part, found);
  }
  const all = new Map<string, KnownFunction>();
  const steps = parts.flatMap(({ part, at }) => {
    const of = known.get(part) ?? now.get(part);
    if (!of) return [];
    all.set(part, of);
    return of.steps.map((step) => ({ ...step, from: step.from + at, to: step.to + at }));
  });
  return all.size === parts.length ? { parsed: { ...parsed, steps }, known: all } : undefined;
}

interface Part {
  readonly part: string;
  readonly at: number;
}

/** The text with a place for each function. */
function textAround(text: string, parts: readonly Part[]): string {
  let around = '';
  let end = 0;
  for (const { part, at } of parts) {
    around += text.slice(end, at) + PLACE;
    end = at + part.length;
  }
  return around + text.slice(end);
}

/** The function whose text is `part` at `at`; undefined if the parser sees another end or more than one. */
function knownFunction(
  part: string,
  at: number,
  { steps, functions, ends }: ParsedText,
): KnownFunction | undefined {
  const inside = steps.filter(({ from }) => from >= at && from < at + part.length);
  const handle = inside[0]?.function;
  const routine = handle === undefined ? undefined : functions.get(handle);
  if (handle === undefined || !routine || ends.get(handle) !== at + part.length - 1)
    return undefined;
  return {
    handle,
    routine,
    steps: inside.map((step) => ({ ...step, from: step.from - at, to: step.to - at })),
  };
}
