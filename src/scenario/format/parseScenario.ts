import * as v from 'valibot';
import { normalizeScenario } from './normalize';
import { escapeControlCharacters, quote } from './quote';
import { checkReferences } from './references';
import { SCENARIO_SCHEMA } from './schema';
import type { InputError, Scenario } from './scenario';

/** A valid scenario, or the errors of the input: at least one, at most `MAX_ERRORS`. */
export type ParsedScenario =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly errors: readonly InputError[] };

/** Maximum length of a scenario text. A file of 64 calls with captions is far shorter. */
export const MAX_SCENARIO_CHARACTERS = 262_144;
const MAX_VALUES = 50_000;
const MAX_ERRORS = 20;

/** Parses a scenario from JSON text or from a parsed JSON value. Never throws. */
export function parseScenario(input: unknown): ParsedScenario {
  const json = typeof input === 'string' ? parseJson(input) : { value: input };
  if ('error' in json) return rejected([{ path: '$', message: json.error }]);
  const unsafe = findUnsafeValue(json.value);
  if (unsafe) return rejected([unsafe]);
  const result = v.safeParse(SCENARIO_SCHEMA, json.value);
  if (!result.success) return rejected(result.issues.map(toInputError));
  const scenario = normalizeScenario(result.output);
  const errors = checkReferences(scenario);
  return errors.length > 0 ? rejected(errors) : { ok: true, scenario };
}

/** The errors as text, one line each: `calls[2].fd: …`. */
export function inputErrorText(errors: readonly InputError[]): string {
  return errors.map((e) => `${e.path}: ${e.message}`).join('\n');
}

function rejected(errors: readonly InputError[]): ParsedScenario {
  return { ok: false, errors: errors.slice(0, MAX_ERRORS) };
}

function parseJson(text: string): { value: unknown } | { error: string } {
  if (text.length > MAX_SCENARIO_CHARACTERS)
    return {
      error: `expected a scenario of at most ${MAX_SCENARIO_CHARACTERS} characters, got ${text.length} characters`,
    };
  try {
    return { value: JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as unknown };
  } catch (error) {
    return {
      error: `expected JSON, got ${quote(text)} (${escapeControlCharacters(error instanceof Error ? error.message : String(error))})`,
    };
  }
}

/** Finds keys that could reach a prototype, and input with more values than any scenario has. */
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
          message: `expected a scenario, got more than ${MAX_VALUES} values`,
        };
      if (
        !Array.isArray(at.value) &&
        (key === '__proto__' || key === 'constructor' || key === 'prototype')
      )
        return {
          path,
          message: `expected only keys of the format, got the key ${quote(key)}`,
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
  const received =
    issue.type === 'strict_object' && issue.expected === 'never'
      ? `the key ${quote(last?.key)}`
      : issue.type === 'max_length'
        ? issue.received.replace(/^(\d+)$/, Array.isArray(issue.input) ? '$1' : '$1 characters')
        : quote(issue.input);
  return {
    path: path === '' ? '$' : path,
    message: `expected ${issue.message}, got ${received}`,
  };
}
