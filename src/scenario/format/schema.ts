import * as v from 'valibot';
import { ERRNO, MODEL_LIMIT_TEXT } from '../../kernel/language/errno';
import { PROPERTY_IDS } from '../../kernel/properties/properties';
import { CALL_SIGNATURES, CALL_NAMES } from '../../kernel/language/world';
import type { CallName, CallSignature } from '../../kernel/language/world';
import { callSignature } from '../../designs/registry';
import { LIMITS } from './limits';
import { quote } from './quote';
import { SCENARIO_FORMAT } from './scenario';

const NAME_PATTERN = /^[A-Za-z0-9_][A-Za-z0-9_.:+-]*$/;
const TASK_PATTERN = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*(\/[2-9])?$/;
const SCHEDULE_ENTRY_PATTERN =
  /^[A-Za-z0-9_][A-Za-z0-9_.+-]*(\/[2-9])?(:flush)?(\*[1-9][0-9]{0,5}| until [A-Za-z0-9_.:]{1,64})?$/;

// A schema's message completes `expected …`; parseScenario.ts adds the path and the value found there.
const boundedText = (max: number, expected: string) =>
  v.pipe(v.string(expected), v.maxLength(max, `${expected} of at most ${max} characters`));
const patternText = (pattern: RegExp, expected: string) =>
  v.pipe(boundedText(LIMITS.name, expected), v.regex(pattern, expected));
const booleanFlag = v.boolean('true or false');
const oneOf = <const T extends readonly string[]>(words: T) =>
  v.picklist(words, alternatives(words));
const listOf = <T extends v.GenericSchema>(item: T, max: number, things: string) =>
  v.pipe(v.array(item, `an array of ${things}`), v.maxLength(max, `at most ${max} ${things}`));

/** `"a", "b" or "c"`. */
function alternatives(words: readonly string[]): string {
  const quoted = words.map((w) => `"${w}"`);
  return [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].filter(Boolean).join(' or ');
}

/** An object with these keys and no others. */
function exactObject<T extends v.ObjectEntries>(entries: T) {
  const keys = Object.keys(entries)
    .map((k) => `"${k}"`)
    .join(', ');
  return v.strictObject(entries, (issue) =>
    issue.expected === 'never'
      ? `only the keys ${keys}`
      : issue.path
        ? `the required key ${issue.expected}`
        : `an object with the keys ${keys}`,
  );
}

/** What each schema that chooses by its input can choose. A description of the whole format needs them all. */
export const alternativesBySchema = new Map<v.GenericSchema, readonly v.GenericSchema[]>();

/** A schema that chooses one of several by the input, so that an error is about what was meant. */
function chooseSchema<T extends v.GenericSchema>(
  schemas: readonly v.GenericSchema[],
  choose: (input: unknown) => T,
) {
  const schema = v.lazy(choose);
  alternativesBySchema.set(schema, schemas);
  return schema;
}

const nameSchema = patternText(NAME_PATTERN, 'a name of letters, digits and _ . : + -');
const processNameSchema = patternText(
  /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/,
  'a process name of letters, digits and _ . + -',
);
const callReferenceSchema = patternText(
  /^[A-Za-z0-9_][A-Za-z0-9_.:+/-]*$/,
  'the name of a result, or TASK:N for the N-th call of a task',
);
const taskSchema = patternText(TASK_PATTERN, 'a task: PROCESS, PROCESS/2, driver or driver/2');

function callSchema(name: string, { args, lists = [], result }: CallSignature) {
  const entries: v.ObjectEntries = { by: taskSchema, call: v.literal(name) };
  for (const arg of args) entries[arg] = arg === 'to' ? processNameSchema : nameSchema;
  for (const list of lists)
    entries[list] = v.optional(listOf(nameSchema, LIMITS.devices, 'names of group fds'));
  if (result !== 'zero') entries['as'] = v.optional(nameSchema);
  entries['fault'] = v.optional(patternText(/^[A-Za-z0-9_.:]+$/, 'the id of a step'));
  entries['after'] = v.optional(
    v.pipe(listOf(callReferenceSchema, LIMITS.calls, 'calls'), v.minLength(1, 'at least one call')),
  );
  return exactObject(entries);
}

const CALL_SCHEMAS: ReadonlyMap<CallName, ReturnType<typeof callSchema>> = new Map(
  CALL_NAMES.map((c) => [c, callSchema(c, CALL_SIGNATURES[c])]),
);
/** The calls that can name an hwpt, in that form. */
const HWPT_CALL_SCHEMAS: ReadonlyMap<string, ReturnType<typeof callSchema>> = new Map(
  CALL_NAMES.flatMap((c) => {
    const { withHwpt, ...signature } = CALL_SIGNATURES[c];
    return withHwpt ? [[c, callSchema(c, { ...signature, args: withHwpt })] as const] : [];
  }),
);
const UNKNOWN_CALL_SCHEMA = v.looseObject(
  { by: v.unknown(), call: oneOf(CALL_NAMES) },
  'a call: an object with "by", "call" and the arguments of the call',
);
const anyCallSchema = chooseSchema(
  [...CALL_SCHEMAS.values(), ...HWPT_CALL_SCHEMAS.values()],
  (input: unknown) => {
    const name =
      typeof input === 'object' && input !== null && Object.hasOwn(input, 'call')
        ? (input as { call: unknown }).call
        : undefined;
    const withHwpt =
      typeof name === 'string' && Object.hasOwn(input as object, 'hwpt')
        ? HWPT_CALL_SCHEMAS.get(name)
        : undefined;
    return (
      withHwpt ??
      CALL_SCHEMAS.get(name as CallName) ??
      declaredCallSchema(name) ??
      UNKNOWN_CALL_SCHEMA
    );
  },
);

/** The schema of a call that a registered design declares. */
function declaredCallSchema(name: unknown) {
  const signature = typeof name === 'string' ? callSignature(name) : undefined;
  return signature && callSchema(String(name), signature);
}

const SCHEDULE_ENTRY_EXPECTATION =
  'a task name, optionally with a number of steps ("qemu*3") or the step before which it stops ("driver until REG.12")';
const SEED_EXPECTATION = 'an integer from 0 to 4294967295';

const sequentialSchema = v.literal(
  'sequential',
  '"sequential", an array of task names, or { "random": seed }',
);
const entriesSchema = listOf(
  v.pipe(
    v.string(SCHEDULE_ENTRY_EXPECTATION),
    v.regex(SCHEDULE_ENTRY_PATTERN, SCHEDULE_ENTRY_EXPECTATION),
  ),
  LIMITS.entries,
  'schedule entries',
);
const randomSchema = exactObject({
  random: v.pipe(
    v.number(SEED_EXPECTATION),
    v.integer(SEED_EXPECTATION),
    v.minValue(0, SEED_EXPECTATION),
    v.maxValue(0xffffffff, SEED_EXPECTATION),
  ),
});
const scheduleSchema = chooseSchema(
  [sequentialSchema, entriesSchema, randomSchema],
  (input: unknown) =>
    Array.isArray(input)
      ? entriesSchema
      : typeof input === 'object' && input !== null
        ? randomSchema
        : sequentialSchema,
);

const RETURN_WORDS = [
  'fd',
  'id',
  'blocked',
  'skipped',
  MODEL_LIMIT_TEXT,
  ...Object.keys(ERRNO).map((e) => `-${e}` as const),
] as const;
const RETURNS_EXPECTATION = `an integer from 0 or one of ${RETURN_WORDS.map(quote).join(', ')}`;

const returnedNumberSchema = v.pipe(
  v.number(RETURNS_EXPECTATION),
  v.integer(RETURNS_EXPECTATION),
  v.minValue(0, RETURNS_EXPECTATION),
);
const returnedWordSchema = v.picklist(RETURN_WORDS, RETURNS_EXPECTATION);
const returnsSchema = chooseSchema([returnedNumberSchema, returnedWordSchema], (input: unknown) =>
  typeof input === 'number' ? returnedNumberSchema : returnedWordSchema,
);

const deviceSchema = exactObject({
  name: nameSchema,
  group: nameSchema,
  devset: v.optional(nameSchema),
  registered: v.optional(booleanFlag),
  kernelDriver: v.optional(booleanFlag),
  vf: v.optional(booleanFlag),
  devName: v.optional(nameSchema),
  staleNode: v.optional(booleanFlag),
  noiommu: v.optional(booleanFlag),
});

const expectedCallsSchema = listOf(
  exactObject({
    by: taskSchema,
    call: oneOf(CALL_NAMES),
    as: v.optional(nameSchema),
    returns: returnsSchema,
  }),
  LIMITS.calls,
  'expected calls',
);

const outcomeSchema = exactObject({
  calls: v.optional(expectedCallsSchema),
  files: v.optional(
    listOf(
      exactObject({ name: nameSchema, fops: oneOf(['parked', 'normal']) }),
      LIMITS.calls,
      'files',
    ),
  ),
});

/** The shape of a scenario file. references.ts checks names that refer to other parts of the file. */
export const SCENARIO_SCHEMA = exactObject({
  $schema: v.optional(boundedText(LIMITS.text, 'the address of the JSON Schema')),
  format: v.literal(SCENARIO_FORMAT, quote(SCENARIO_FORMAT)),
  title: boundedText(LIMITS.title, 'a title'),
  about: v.optional(boundedText(LIMITS.text, 'a text')),
  design: v.optional(v.string('the id of a design')),
  options: v.optional(
    v.record(
      v.string(),
      v.union([v.string(), v.boolean()], 'true, false or a string'),
      'an object of options',
    ),
  ),
  world: exactObject({
    devices: listOf(deviceSchema, LIMITS.devices, 'devices'),
    processes: listOf(processNameSchema, LIMITS.processes, 'process names'),
    storeBuffers: v.optional(booleanFlag),
  }),
  calls: listOf(anyCallSchema, LIMITS.calls, 'calls'),
  schedule: v.optional(scheduleSchema),
  beats: v.optional(
    listOf(
      exactObject({
        at: boundedText(64, 'the id of a step'),
        by: v.optional(taskSchema),
        say: boundedText(LIMITS.text, 'a text'),
      }),
      LIMITS.beats,
      'beats',
    ),
  ),
  expect: v.optional(
    exactObject({
      calls: v.optional(expectedCallsSchema),
      violations: v.optional(listOf(oneOf(PROPERTY_IDS), PROPERTY_IDS.length, 'property ids')),
      verdict: v.optional(oneOf(['holds', 'violated'])),
      reachable: v.optional(listOf(outcomeSchema, LIMITS.outcomes, 'outcomes')),
    }),
  ),
});
