import { diffArrays } from 'diff';
import type { TextChange, TextHunk } from '../kernel/language/mutation';

/** Lines further away from its line number are not tried for a hunk. */
const MAX_DISTANCE = 2000;

/** The lines in which `text` differs from `base`; undefined if it does not. */
export function makeTextChange(base: string, text: string): TextChange | undefined {
  if (base === text) return undefined;
  const lines = base.split('\n');
  const hunks: TextHunk[] = [];
  let line = 0;
  let hunk: { line: number; remove: number; insert: string[] } | undefined;
  const close = (): void => {
    if (hunk) hunks.push({ ...hunk, sum: lineSum(lines, hunk.line, hunk.remove) });
    hunk = undefined;
  };
  for (const { added, removed, value } of diffArrays(lines, text.split('\n'))) {
    if (!added && !removed) close();
    else {
      hunk ??= { line, remove: 0, insert: [] };
      if (removed) hunk.remove += value.length;
      else hunk.insert.push(...value);
    }
    if (!added) line += value.length;
  }
  close();
  return { kind: 'text', hunks };
}

/** The whole text of a design that has no built-in one behind it. */
export function makeOwnText(text: string): TextChange {
  return {
    kind: 'text',
    own: true,
    hunks: [{ line: 0, remove: 0, insert: text.split('\n'), sum: 0 }],
  };
}

/** The text after a change, or the number of the first hunk, from 1, whose lines `base` does not have. */
export function applyTextChange(base: string, { hunks, own }: TextChange): string | number {
  if (own) return hunks.flatMap(({ insert }) => insert).join('\n');
  const lines = base.split('\n');
  const parts: string[] = [];
  let done = 0;
  let shift = 0;
  for (const [index, hunk] of hunks.entries()) {
    const at = findHunk(lines, hunk, hunk.line + shift, done);
    if (at === undefined) return index + 1;
    shift = at - hunk.line;
    parts.push(...lines.slice(done, at), ...hunk.insert);
    done = at + hunk.remove;
  }
  return [...parts, ...lines.slice(done)].join('\n');
}

/** The line nearest to `wanted`, at or after `from`, where the replaced lines and their neighbours are those of the hunk. */
function findHunk(
  lines: readonly string[],
  { remove, sum }: TextHunk,
  wanted: number,
  from: number,
): number | undefined {
  for (let distance = 0; distance <= MAX_DISTANCE; distance++)
    for (const at of distance === 0 ? [wanted] : [wanted - distance, wanted + distance])
      if (at >= from && at + remove <= lines.length && lineSum(lines, at, remove) === sum)
        return at;
  return undefined;
}

/** 16 bits of the lines from `at - 1` to `at + count`. */
function lineSum(lines: readonly string[], at: number, count: number): number {
  let hash = 0x811c9dc5;
  for (let i = at - 1; i <= at + count; i++) {
    const line = `${lines[i] ?? ''}\n`;
    for (let k = 0; k < line.length; k++)
      hash = Math.imul(hash ^ line.charCodeAt(k), 0x01000193) >>> 0;
  }
  return (hash ^ (hash >>> 16)) & 0xffff;
}
