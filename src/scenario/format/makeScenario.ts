import { SCENARIO_FORMAT, SCENARIO_SCHEMA_URL } from './scenario';
import type { ExpectedCall, Scenario } from './scenario';

const CALL_KEYS = [
  'by',
  'call',
  'fd',
  'iommufd',
  'ioas',
  'hwpt',
  'object',
  'container',
  'kvm',
  'device',
  'group',
  'to',
  'groups',
  'as',
  'fault',
  'after',
] as const;

/**
 * The scenario as file text: keys in a fixed order, defaults left out, one line per call and caption.
 * `parseScenario(makeScenario(s))` gives `s` again. `namesSchema`: for a file that someone edits,
 * with the address of the JSON Schema.
 */
export function makeScenario(
  scenario: Scenario,
  { namesSchema = false }: { readonly namesSchema?: boolean } = {},
): string {
  const { world, expect } = scenario;
  const file: Record<string, string> = {
    ...(namesSchema ? { $schema: inlineJson(SCENARIO_SCHEMA_URL) } : {}),
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
          pickKeys(d, [
            'name',
            'group',
            'devset',
            'registered',
            'kernelDriver',
            'vf',
            'devName',
            'staleNode',
            'noiommu',
          ]),
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
              calls: arrayText(expect.calls.map(expectedCall), '    '),
            }
          : {}),
        ...(expect.violations ? { violations: inlineJson(expect.violations) } : {}),
        ...(expect.verdict ? { verdict: inlineJson(expect.verdict) } : {}),
        ...(expect.reachable
          ? {
              reachable: arrayText(
                expect.reachable.map(({ calls, files }) => ({
                  ...(calls ? { calls: calls.map(expectedCall) } : {}),
                  ...(files ? { files: files.map((f) => pickKeys(f, ['name', 'fops'])) } : {}),
                })),
                '    ',
              ),
            }
          : {}),
      },
      '  ',
    );
  }
  return `${objectText(file, '')}\n`;
}

function expectedCall(call: ExpectedCall): object {
  return pickKeys(call, ['by', 'call', 'as', 'returns']);
}

/** Options with JSON booleans instead of the strings `true` and `false`. */
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
  const members = Object.entries(entries).map(
    ([k, value]) => `${indent}  ${JSON.stringify(k)}: ${value}`,
  );
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}

function arrayText(items: readonly unknown[], indent: string): string {
  return items.length === 0
    ? '[]'
    : `[\n${items.map((i) => `${indent}  ${inlineJson(i)}`).join(',\n')}\n${indent}]`;
}

/** JSON on one line, spaced like Prettier does. */
function inlineJson(value: unknown): string {
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : `[${value.map(inlineJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([k, inner]) => `${JSON.stringify(k)}: ${inlineJson(inner)}`,
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
