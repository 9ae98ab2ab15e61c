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
    format: line(SCENARIO_FORMAT),
    title: line(scenario.title),
  };
  if (scenario.about !== '') file['about'] = line(scenario.about);
  if (scenario.design !== 'upstream') file['design'] = line(scenario.design);
  if (Object.keys(scenario.options).length > 0)
    file['options'] = line(optionValues(scenario.options));
  file['world'] = block(
    {
      devices: lines(
        world.devices.map((d) =>
          pick(d, ['name', 'group', 'devset', 'registered', 'kernelDriver', 'devName']),
        ),
        '    ',
      ),
      processes: line(world.processes),
      ...(world.storeBuffers === true ? { storeBuffers: 'true' } : {}),
    },
    '  ',
  );
  file['calls'] = lines(
    scenario.calls.map((c) => pick(c, CALL_KEYS)),
    '  ',
  );
  if (scenario.schedule !== 'sequential') file['schedule'] = line(scenario.schedule);
  if (scenario.beats.length > 0)
    file['beats'] = lines(
      scenario.beats.map((b) => pick(b, ['at', 'by', 'say'])),
      '  ',
    );
  if (expect) {
    file['expect'] = block(
      {
        ...(expect.calls
          ? {
              calls: lines(
                expect.calls.map((c) => pick(c, ['by', 'call', 'as', 'returns'])),
                '    ',
              ),
            }
          : {}),
        ...(expect.violations ? { violations: line(expect.violations) } : {}),
        ...(expect.verdict ? { verdict: line(expect.verdict) } : {}),
      },
      '  ',
    );
  }
  return `${block(file, '')}\n`;
}

/** Options as JSON has them: true and false instead of the words. */
export function optionValues(options: Scenario['options']): Record<string, string | boolean> {
  return Object.fromEntries(
    Object.entries(options).map(([k, value]) => [
      k,
      value === 'true' ? true : value === 'false' ? false : value,
    ]),
  );
}

function pick<T extends object>(object: T, keys: readonly (keyof T & string)[]): object {
  return Object.fromEntries(keys.flatMap((k) => (object[k] === undefined ? [] : [[k, object[k]]])));
}

function block(entries: Readonly<Record<string, string>>, indent: string): string {
  const inside = Object.entries(entries).map(
    ([k, value]) => `${indent}  ${JSON.stringify(k)}: ${value}`,
  );
  return inside.length === 0 ? '{}' : `{\n${inside.join(',\n')}\n${indent}}`;
}

function lines(items: readonly unknown[], indent: string): string {
  return items.length === 0
    ? '[]'
    : `[\n${items.map((i) => `${indent}  ${line(i)}`).join(',\n')}\n${indent}]`;
}

/** JSON on one line, with the spaces that people put. */
function line(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${value.map(line).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inside = Object.entries(value).map(([k, inner]) => `${JSON.stringify(k)}: ${line(inner)}`);
  return inside.length === 0 ? '{}' : `{ ${inside.join(', ')} }`;
}
