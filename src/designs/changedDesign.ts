import { mutate, type MutationResult } from '../kernel/compiler/mutate';
import type { Design, Options } from '../kernel/language/design';
import type { DesignChange, Mutation, TextChange } from '../kernel/language/mutation';
import { diagnosticsText } from '../kernel/text/diagnostic';
import { makeDesignParser } from '../kernel/text/designParser';
import type { ParsedDesign } from '../kernel/text/parseDesign';
import { printDesign } from '../kernel/text/printDesign';
import { DESIGN_METAS } from './catalog';
import { designById, overrideDesign } from './registry';
import { applyTextChange, makeOwnText, makeTextChange } from './textChange';

const MAX_CACHED_TEXTS = 8;

const baseTexts = new WeakMap<Design, Map<string, string>>();
const parse = makeDesignParser();
const parsedTexts = new Map<string, ParsedDesign>();

/** Whether a design is one of this playground and not written by the user. */
export function isBuiltIn(id: string): boolean {
  return DESIGN_METAS.some((meta) => meta.id === id);
}

/** The text of a design with these options. Same string for the same arguments. */
export function designText(design: Design, options: Options): string {
  const texts = baseTexts.get(design) ?? new Map<string, string>();
  baseTexts.set(design, texts);
  const key = JSON.stringify(options);
  const text = texts.get(key) ?? printDesign(design, options);
  texts.set(key, text);
  return text;
}

/** The parsed text; the last few are kept. */
export function parsedDesign(text: string): ParsedDesign {
  const parsed = parsedTexts.get(text) ?? parse(text);
  parsedTexts.delete(text);
  parsedTexts.set(text, parsed);
  for (const oldest of parsedTexts.keys()) {
    if (parsedTexts.size <= MAX_CACHED_TEXTS) break;
    parsedTexts.delete(oldest);
  }
  return parsed;
}

/**
 * The design of this id after changes, or why that is impossible. `id` names a built-in design, one that was registered, or
 * the design of a change that holds the whole text.
 */
export function changedDesign(
  id: string,
  options: Options,
  changes: readonly DesignChange[],
): MutationResult {
  const [first, ...rest] = changes;
  const mutations = rest.filter((change): change is Mutation => change.kind !== 'text');
  const text = first?.kind === 'text' ? first : undefined;
  const base = designById(id);
  if (!text) {
    if (!base) return { ok: false, message: `There is no design ${JSON.stringify(id)}.` };
    return first === undefined
      ? { ok: true, design: base }
      : mutate(base, options, changes as readonly Mutation[]);
  }
  if (mutations.length < rest.length)
    return { ok: false, message: 'The text of the design is changed twice.' };
  const changed = designOfTextChange(base, id, options, text);
  return !changed.ok || mutations.length === 0
    ? changed
    : mutate(changed.design, options, mutations);
}

function designOfTextChange(
  base: Design | undefined,
  id: string,
  options: Options,
  change: TextChange,
): MutationResult {
  if (!base && !change.own)
    return { ok: false, message: `There is no design ${JSON.stringify(id)}.` };
  const text = applyTextChange(base && !change.own ? designText(base, options) : '', change);
  if (typeof text === 'number')
    return {
      ok: false,
      message: `The lines of change ${text} are not in the text of ${id} with these options.`,
    };
  const { design, diagnostics } = parsedDesign(text);
  if (!design)
    return { ok: false, message: diagnosticsText(`${id}.design`, diagnostics.slice(0, 1)) };
  if (design.id !== id)
    return {
      ok: false,
      message: `The text names the design ${JSON.stringify(design.id)}, expected ${JSON.stringify(id)}.`,
    };
  const menu = base && !change.own ? { options: base.options, revision: base.revision } : {};
  return { ok: true, design: { ...design, ...menu, modified: [change] } };
}

/**
 * A parsed text as the change that makes it: of the built-in design of its id, or the whole text. Undefined if the text says
 * the same as that built-in design.
 */
export function changeOfText(design: Design, text: string): TextChange | undefined {
  const base = isBuiltIn(design.id) ? designById(design.id) : undefined;
  return base ? makeTextChange(designText(base, textOptions(design)), text) : makeOwnText(text);
}

/** The options that a text sets: each has one value. */
export function textOptions(design: Design): Options {
  return Object.fromEntries(design.options.map(({ id, values: [value = ''] }) => [id, value]));
}

/** Makes a design of the user's own available to scenarios that name it. The latest text of an id counts. */
export function registerOwnDesign(text: string, design: Design): Design {
  const own: Design = { ...design, modified: [makeOwnText(text)] };
  overrideDesign(own);
  return own;
}
