import { applyPatch, createTwoFilesPatch, parsePatch } from 'diff';

/** The changes of a design as a unified diff between the text of the built-in design and `text`. */
export function makeDesignDiff(id: string, base: string, text: string): string {
  return createTwoFilesPatch(id, `${id} (modified)`, base, text, undefined, undefined, {
    context: 3,
  }).replace(/^=+\n/, '');
}

/** Whether a text is a unified diff and no design. */
export function isDesignDiff(text: string): boolean {
  return /^(?:[^-\n][^\n]*\n)*--- /.test(text);
}

/** A diff applied to the built-in design that it names, or what is wrong with it. */
export type AppliedDiff =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** Applies a diff; `textOf` prints a built-in design, undefined if there is none of this id. Lines may have moved. Never throws. */
export function applyDesignDiff(
  patch: string,
  textOf: (id: string) => string | undefined,
): AppliedDiff {
  let files;
  try {
    files = parsePatch(patch);
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  const [file] = files;
  if (!file || files.length > 1)
    return { ok: false, message: `expected the changes of one design, got ${files.length}` };
  const base = textOf(file.oldFileName ?? '');
  if (base === undefined)
    return {
      ok: false,
      message: `expected the id of a built-in design after "---", got "${file.oldFileName ?? ''}"`,
    };
  const text = applyPatch(base, file, { fuzzFactor: 0 });
  return text === false
    ? {
        ok: false,
        message: `expected changes of the text of ${file.oldFileName}, got lines that it does not have; make the diff again`,
      }
    : { ok: true, text };
}
