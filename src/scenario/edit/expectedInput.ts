import type * as v from 'valibot';
import { DESIGN_METAS } from '../../designs/catalog';
import { callSignature, designById } from '../../designs/registry';
import type { Call, CallArgument } from '../../kernel/language/world';
import type { Scenario } from '../format/scenario';
import { SCENARIO_SCHEMA } from '../format/schema';
import { afterChoices, argumentChoices, callsOfTask, faultChoices } from './callArguments';

/** A path into a scenario file: keys and indices. */
export type InputPath = readonly (string | number)[];

/** What a scenario file can have at a path. */
export interface ExpectedInput {
  /** The keys of the object, each with the kind of its value; those that must be there first. */
  readonly keys: readonly {
    readonly name: string;
    readonly value: 'text' | 'object' | 'array' | 'other';
    readonly required: boolean;
  }[];
  /** JSON values: words of the format, and names of the file that fit. */
  readonly values: readonly string[];
}

/** What fits at a path of an unfinished file. `root` is what could be read of it. */
export function expectedInput(root: unknown, path: InputPath): ExpectedInput {
  let schema: v.GenericSchema | undefined = SCENARIO_SCHEMA;
  let value = root;
  for (const key of path) {
    schema = schema && childSchema(resolved(schema, value), key);
    value = childValue(value, key);
  }
  const found = schema && resolved(schema, value);
  return {
    keys: found ? keysOf(found) : [],
    values: [...namesFor(root, path), ...(found ? valuesOf(found) : [])],
  };
}

/** The parts of valibot schemas that are read here. */
interface SchemaParts {
  readonly type: string;
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly item?: v.GenericSchema;
  readonly wrapped?: v.GenericSchema;
  readonly getter?: (input: unknown) => v.GenericSchema;
  readonly options?: readonly (string | v.GenericSchema)[];
  readonly literal?: unknown;
}

/** The schema behind `optional` and `lazy`. */
function resolved(schema: v.GenericSchema, value: unknown): v.GenericSchema {
  const parts = schema as unknown as SchemaParts;
  if (parts.type === 'optional' && parts.wrapped) return resolved(parts.wrapped, value);
  if (parts.type === 'lazy' && parts.getter) return resolved(parts.getter(value), value);
  return schema;
}

function childSchema(schema: v.GenericSchema, key: string | number): v.GenericSchema | undefined {
  const { item, entries } = schema as unknown as SchemaParts;
  if (typeof key === 'number') return item;
  return entries && Object.hasOwn(entries, key) ? entries[key] : undefined;
}

function childValue(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined;
}

function keysOf(schema: v.GenericSchema): ExpectedInput['keys'] {
  const { entries = {} } = schema as unknown as SchemaParts;
  return Object.entries(entries)
    .map(([name, entry]) => ({
      name,
      value: kindOf(resolved(entry, undefined)),
      required: entry.type !== 'optional',
    }))
    .toSorted((a, b) => Number(b.required) - Number(a.required));
}

function kindOf(schema: v.GenericSchema): ExpectedInput['keys'][number]['value'] {
  switch (schema.type) {
    case 'string':
    case 'picklist':
    case 'literal':
      return 'text';
    case 'array':
      return 'array';
    case 'strict_object':
    case 'record':
      return 'object';
    default:
      return 'other';
  }
}

function valuesOf(schema: v.GenericSchema): readonly string[] {
  const { type, literal, options = [] } = schema as unknown as SchemaParts;
  if (type === 'boolean') return ['true', 'false'];
  if (type === 'literal') return [JSON.stringify(literal)];
  if (type !== 'picklist') return [];
  return options.map((option) => JSON.stringify(option));
}

/** The names that fit at a path: of the world, of results, of tasks, of the design. */
function namesFor(root: unknown, path: InputPath): readonly string[] {
  const scenario = readableScenario(root);
  const { calls, world } = scenario;
  const [first, second, third, fourth] = path;
  const tasks = [...new Set(calls.map(({ by }) => by))];
  const strings = (names: readonly string[]): readonly string[] =>
    names.filter((name) => name !== '').map((name) => JSON.stringify(name));
  if (first === 'design') return strings(DESIGN_METAS.map(({ id }) => id));
  if (first === 'options' && typeof second === 'string')
    return strings(
      designById(scenario.design)?.options.find(({ id }) => id === second)?.values ?? [],
    );
  if (first === 'schedule') return strings(path.length > 1 ? tasks : ['sequential']);
  if (first === 'beats') return third === 'by' ? strings(tasks) : [];
  if (first === 'world' && fourth === 'group')
    return strings([...new Set(world.devices.map(({ group }) => group))]);
  if (first !== 'calls' || typeof second !== 'number' || typeof third !== 'string') return [];
  const call = calls[second];
  if (!call) return [];
  if (third === 'by')
    return strings(
      callSignature(call.call)?.by === 'driver'
        ? ['driver']
        : [...new Set([...world.processes, ...tasks, 'driver'])],
    );
  if (third === 'call') return strings(callsOfTask(scenario, call.by));
  if (third === 'after') return strings(afterChoices(scenario, call.by));
  if (third === 'fault') return strings(faultChoices(scenario, call));
  if (third === 'groups') return strings(argumentChoices(scenario, call, second, 'groups'));
  const isArgument = callSignature(call.call)?.args.some((key) => key === third);
  return isArgument
    ? strings(argumentChoices(scenario, call, second, third as CallArgument).toReversed())
    : [];
}

/** What can be read of an unfinished file, with nothing where a part is missing. */
function readableScenario(root: unknown): Scenario {
  const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const texts = (value: unknown, key: string): string => text(childValue(value, key));
  const world = childValue(root, 'world');
  return {
    title: '',
    about: '',
    design: texts(root, 'design') || 'upstream',
    options: {},
    world: {
      devices: list(childValue(world, 'devices')).map((device) => ({
        name: texts(device, 'name'),
        group: texts(device, 'group'),
      })),
      processes: list(childValue(world, 'processes')).map(text),
    },
    calls: list(childValue(root, 'calls')).map((call): Call => {
      const strings = Object.entries(typeof call === 'object' && call !== null ? call : {}).filter(
        ([, value]) => typeof value === 'string',
      );
      return { ...Object.fromEntries(strings), by: texts(call, 'by'), call: texts(call, 'call') };
    }),
    schedule: 'sequential',
    beats: [],
    expect: undefined,
  };
}
