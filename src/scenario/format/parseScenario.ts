import * as v from 'valibot';
import { normalizeScenario } from './normalize';
import { escapeControlCharacters, quote } from './quote';
import { checkReferences } from './references';
import { SCENARIO_SCHEMA } from './schema';
import type { InputError, Scenario } from './scenario';

/** A checked scenario, or everything that was found wrong with the input (at least one error, at most `MOST_ERRORS`). */
export type ParsedScenario =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly errors: readonly InputError[] };

/** Characters of a scenario text; a file of 64 calls with narration stays far below. */
export const MAX_SCENARIO_CHARACTERS = 262_144;
const MAX_VALUES = 50_000;
const MAX_ERRORS = 20;

/** Reads a scenario from JSON text, or from a value that was JSON. Never throws on any input. */
export function parseScenario(input: unknown): ParsedScenario {
  const read = typeof input === 'string' ? readJson(input) : { value: input };
  if ('error' in read) return rejected([{ path: '$', message: read.error }]);
  const hostile = findUnsafeValue(read.value);
  if (hostile) return rejected([hostile]);
  const result = v.safeParse(SCENARIO_SCHEMA, read.value);
  if (!result.success) return rejected(result.issues.map(toInputError));
  const scenario = normalizeScenario(result.output);
  const errors = checkReferences(scenario);
  return errors.length > 0 ? rejected(errors) : { ok: true, scenario };
}

/** The errors as one text, a line each: `calls[2].fd: …`. */
export function inputErrorText(errors: readonly InputError[]): string {
  return errors.map((e) => `${e.path}: ${e.message}`).join('\n');
}

function rejected(errors: readonly InputError[]): ParsedScenario {
  return { ok: false, errors: errors.slice(0, MAX_ERRORS) };
}

function readJson(text: string): { value: unknown } | { error: string } {
  if (text.length > MAX_SCENARIO_CHARACTERS)
    return {
      error: `${text.length} characters stood here; accepted: a scenario of at most ${MAX_SCENARIO_CHARACTERS} characters`,
    };
  try {
    return { value: JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as unknown };
  } catch (error) {
    return {
      error: `${quote(text)} stood here; accepted: JSON (${escapeControlCharacters(error instanceof Error ? error.message : String(error))})`,
    };
  }
}

/** Looks for what no scenario has: keys that reach a prototype, and more values than any scenario could hold. */
function findUnsafeValue(root: unknown): InputError | undefined {
  const stack: { value: unknown; path: string }[] = [{ value: root, path: '' }];
  let seen = 0;
  for (let at = stack.pop(); at; at = stack.pop()) {
    if (typeof at.value !== 'object' || at.value === null) continue;
    for (const key of Object.keys(at.value)) {
      const path = Array.isArray(at.value) ? `${at.path}[${key}]` : joinPath(at.path, key);
      if (++seen > MAX_VALUES)
        return {
          path: '$',
          message: `more than ${MAX_VALUES} values stood here; accepted: a scenario`,
        };
      if (
        !Array.isArray(at.value) &&
        (key === '__proto__' || key === 'constructor' || key === 'prototype')
      )
        return {
          path,
          message: `the key ${quote(key)} stood here; accepted: only the keys of the format`,
        };
      stack.push({ value: (at.value as Record<string, unknown>)[key], path });
    }
  }
  return undefined;
}

function joinPath(path: string, key: string): string {
  const plain = /^[A-Za-z_]\w*$/.test(key);
  return plain ? (path === '' ? key : `${path}.${key}`) : `${path}[${quote(key)}]`;
}

function toInputError(issue: v.BaseIssue<unknown>): InputError {
  const path = (issue.path ?? []).reduce(
    (p, item) =>
      typeof item.key === 'number' ? `${p}[${item.key}]` : joinPath(p, String(item.key)),
    '',
  );
  const last = issue.path?.at(-1);
  const stood =
    issue.type === 'strict_object' && issue.expected === 'never'
      ? `the key ${quote(last?.key)}`
      : issue.type === 'max_length'
        ? issue.received.replace(
            /^(\d+)$/,
            Array.isArray(issue.input) ? '$1 of them' : '$1 characters',
          )
        : quote(issue.input);
  return {
    path: path === '' ? '$' : path,
    message: `${stood} stood here; accepted: ${issue.message}`,
  };
}
