import { SCENARIO_FORMAT } from './scenario';
import type { Scenario } from './scenario';

const CALL_KEYS = [
  'by',
  'call',
  'fd',
  'iommufd',
  'ioas',
  'object',
  'container',
  'kvm',
  'device',
  'group',
  'to',
  'as',
  'fault',
] as const;

/**
 * The scenario as a file: keys in one order, what has its default left out, a line per call and beat.
 * `parseScenario(makeScenario(s))` is `s`.
 */
export function makeScenario(scenario: Scenario): string {
  const { world, expect } = scenario;
  const file: Record<string, string> = {
    format: inlineJson(SCENARIO_FORMAT),
    title: inlineJson(scenario.title),
  };
  if (scenario.about !== '') file['about'] = inlineJson(scenario.about);
  if (scenario.design !== 'upstream') file['design'] = inlineJson(scenario.design);
  if (Object.keys(scenario.options).length > 0)
    file['options'] = inlineJson(optionsAsJson(scenario.options));
  file['world'] = objectText(
    {
      devices: arrayText(
        world.devices.map((d) =>
          pickKeys(d, ['name', 'group', 'devset', 'registered', 'kernelDriver', 'devName']),
        ),
        '    ',
      ),
      processes: inlineJson(world.processes),
      ...(world.storeBuffers === true ? { storeBuffers: 'true' } : {}),
    },
    '  ',
  );
  file['calls'] = arrayText(
    scenario.calls.map((c) => pickKeys(c, CALL_KEYS)),
    '  ',
  );
  if (scenario.schedule !== 'sequential') file['schedule'] = inlineJson(scenario.schedule);
  if (scenario.beats.length > 0)
    file['beats'] = arrayText(
      scenario.beats.map((b) => pickKeys(b, ['at', 'by', 'say'])),
      '  ',
    );
  if (expect) {
    file['expect'] = objectText(
      {
        ...(expect.calls
          ? {
              calls: arrayText(
                expect.calls.map((c) => pickKeys(c, ['by', 'call', 'as', 'returns'])),
                '    ',
              ),
            }
          : {}),
        ...(expect.violations ? { violations: inlineJson(expect.violations) } : {}),
        ...(expect.verdict ? { verdict: inlineJson(expect.verdict) } : {}),
      },
      '  ',
    );
  }
  return `${objectText(file, '')}\n`;
}

/** Options as JSON has them: true and false instead of the words. */
export function optionsAsJson(options: Scenario['options']): Record<string, string | boolean> {
  return Object.fromEntries(
    Object.entries(options).map(([k, value]) => [
      k,
      value === 'true' ? true : value === 'false' ? false : value,
    ]),
  );
}

function pickKeys<T extends object>(object: T, keys: readonly (keyof T & string)[]): object {
  return Object.fromEntries(keys.flatMap((k) => (object[k] === undefined ? [] : [[k, object[k]]])));
}

function objectText(entries: Readonly<Record<string, string>>, indent: string): string {
  const inside = Object.entries(entries).map(
    ([k, value]) => `${indent}  ${JSON.stringify(k)}: ${value}`,
  );
  return inside.length === 0 ? '{}' : `{\n${inside.join(',\n')}\n${indent}}`;
}

function arrayText(items: readonly unknown[], indent: string): string {
  return items.length === 0
    ? '[]'
    : `[\n${items.map((i) => `${indent}  ${inlineJson(i)}`).join(',\n')}\n${indent}]`;
}

/** JSON on one line, with the spaces that people put. */
function inlineJson(value: unknown): string {
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : `[${value.map(inlineJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inside = Object.entries(value).map(
    ([k, inner]) => `${JSON.stringify(k)}: ${inlineJson(inner)}`,
  );
  return inside.length === 0 ? '{}' : `{ ${inside.join(', ')} }`;
}
