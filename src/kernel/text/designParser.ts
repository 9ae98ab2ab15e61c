import { parseDesign, TEXT_LIMITS } from './parseDesign';
import type { KnownFunction, ParsedDesign, ParsedText } from './parseDesign';

/** A function with the comment before it, as they are printed. No text makes it look at a line often. */
const FUNCTION =
  /(?:^\/\*[^\n]*(?:\n \*(?!\/)[^\n]*)*(?:\n )?\*\/\n)?^int [^\n]*\n\{\n(?:(?![{}]\n)[^\n]*\n)*\}\n/gm;

/** A parser for the versions of one text: reads only the functions that have changed since the last one. Else it equals `parseDesign`. */
export function makeDesignParser(): (text: string) => ParsedDesign {
  let context = '';
  let known = new Map<string, KnownFunction>();
  return (text) => {
    if (text.length > TEXT_LIMITS.characters) return parseDesign(text);
    // One pass: the expression is the slowest part of a key.
    const parts = [...text.matchAll(FUNCTION)].map(({ 0: part, index: at }) => ({ part, at }));
    const rest = replaceParts(text, parts, () => '');
    if (rest !== context) known = new Map();
    context = rest;
    const used: { readonly at: number; readonly of: KnownFunction }[] = [];
    const handles = new Set<string>();
    const skeleton = replaceParts(text, parts, ({ part, at }) => {
      const of = known.get(part);
      // A second function of that name is a problem that has to be found.
      if (!of || handles.has(of.handle)) return part;
      handles.add(of.handle);
      used.push({ at, of });
      return of.blank;
    });
    const parsed = parseDesign(skeleton, used);
    if (parsed.design)
      known = new Map(
        parts.flatMap(({ part, at }) => {
          const found = known.get(part) ?? knownFunction(part, at, parsed);
          return found ? [[part, found]] : [];
        }),
      );
    return parsed;
  };
}

interface Part {
  readonly part: string;
  readonly at: number;
}

function replaceParts(
  text: string,
  parts: readonly Part[],
  replacement: (part: Part) => string,
): string {
  let replaced = '';
  let end = 0;
  for (const each of parts) {
    replaced += text.slice(end, each.at) + replacement(each);
    end = each.at + each.part.length;
  }
  return replaced + text.slice(end);
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
    blank: part.replaceAll(/[^\n]/g, ' '),
  };
}
