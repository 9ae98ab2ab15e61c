import * as v from 'valibot';
import { ERRNO } from '../../kernel/language/errno';
import { PROPERTY_IDS } from '../../kernel/language/propertyId';
import { CALL_SIGNATURES, CALL_NAMES } from '../../kernel/language/world';
import type { CallName } from '../../kernel/language/world';
import { quote } from './quote';
import { SCENARIO_FORMAT } from './scenario';

/** The limits of the format; each is named in the error of a file that goes beyond it. */
export const LIMITS = {
  devices: 8,
  groups: 4,
  tasks: 8,
  calls: 64,
  processes: 8,
  beats: 256,
  entries: 4096,
  name: 32,
  title: 200,
  text: 4000,
} as const;

const NAME_PATTERN = /^[A-Za-z0-9_][A-Za-z0-9_.:+-]*$/;
const TASK_PATTERN = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*(\/[2-9])?$/;
const SCHEDULE_ENTRY_PATTERN =
  /^[A-Za-z0-9_][A-Za-z0-9_.+-]*(\/[2-9])?(:flush)?(\*[1-9][0-9]{0,5})?$/;

// A schema's message is the phrase for what is accepted; `parse.ts` adds the path and what stood there.
const boundedText = (max: number, accepted: string) =>
  v.pipe(v.string(accepted), v.maxLength(max, `${accepted} of at most ${max} characters`));
const patternText = (pattern: RegExp, accepted: string) =>
  v.pipe(boundedText(LIMITS.name, accepted), v.regex(pattern, accepted));
const booleanFlag = v.boolean('true or false');
const oneOf = <const T extends readonly string[]>(words: T) =>
  v.picklist(words, words.map((w) => `"${w}"`).join(', '));
const listOf = <T extends v.GenericSchema>(item: T, max: number, things: string) =>
  v.pipe(v.array(item, `an array of ${things}`), v.maxLength(max, `at most ${max} ${things}`));

/** An object with these keys and no others. */
function exactObject<T extends v.ObjectEntries>(entries: T) {
  const keys = Object.keys(entries)
    .map((k) => `"${k}"`)
    .join(', ');
  return v.strictObject(entries, (issue) =>
    issue.expected === 'never'
      ? `only the keys ${keys}`
      : issue.path
        ? `the key ${issue.expected}, which is required`
        : `an object with the keys ${keys}`,
  );
}

const nameSchema = patternText(NAME_PATTERN, 'a name: letters, digits and _ . : + -');
const processNameSchema = patternText(
  /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/,
  'a process name: letters, digits and _ . + -',
);
const taskSchema = patternText(TASK_PATTERN, 'a task: a process, process/2, driver or driver/2');

const anyCallSchema = v.lazy((input: unknown) => {
  const named =
    typeof input === 'object' && input !== null && Object.hasOwn(input, 'call')
      ? (input as { call: unknown }).call
      : undefined;
  return CALL_SCHEMAS.get(named as CallName) ?? UNKNOWN_CALL_SCHEMA;
});

function callSchema(called: CallName) {
  const { args, result } = CALL_SIGNATURES[called];
  const entries: v.ObjectEntries = { by: taskSchema, call: v.literal(called) };
  for (const arg of args) entries[arg] = arg === 'to' ? processNameSchema : nameSchema;
  if (result !== 'zero') entries['as'] = v.optional(nameSchema);
  entries['fault'] = v.optional(patternText(/^[A-Za-z0-9_.:]+$/, 'the id of a step'));
  return exactObject(entries);
}

const CALL_SCHEMAS: ReadonlyMap<CallName, ReturnType<typeof callSchema>> = new Map(
  CALL_NAMES.map((c) => [c, callSchema(c)]),
);
const UNKNOWN_CALL_SCHEMA = v.looseObject(
  { by: v.unknown(), call: oneOf(CALL_NAMES) },
  `a call: an object with "by", "call" and its arguments`,
);

const scheduleSchema = v.lazy((input: unknown) => {
  if (Array.isArray(input))
    return listOf(
      v.pipe(
        v.string('a task name, perhaps with a number of steps: "qemu*3"'),
        v.regex(SCHEDULE_ENTRY_PATTERN, 'a task name, perhaps with a number of steps: "qemu*3"'),
      ),
      LIMITS.entries,
      'schedule entries',
    );
  if (typeof input === 'object' && input !== null)
    return exactObject({
      random: v.pipe(
        v.number(SEED_EXPECTATION),
        v.integer(SEED_EXPECTATION),
        v.minValue(0, SEED_EXPECTATION),
        v.maxValue(0xffffffff, SEED_EXPECTATION),
      ),
    });
  return v.literal('sequential', '"sequential", an array of task names, or { "random": seed }');
});

const SEED_EXPECTATION = 'a whole number from 0 to 4294967295';

const returnsSchema = v.lazy((input: unknown) =>
  typeof input === 'number'
    ? v.pipe(
        v.number(RETURNS_EXPECTATION),
        v.integer(RETURNS_EXPECTATION),
        v.minValue(0, RETURNS_EXPECTATION),
      )
    : v.custom<string>(
        (s) =>
          typeof s === 'string' &&
          (s === 'blocked' ||
            s === 'skipped' ||
            (s.startsWith('-') && Object.hasOwn(ERRNO, s.slice(1)))),
        RETURNS_EXPECTATION,
      ),
);

const RETURNS_EXPECTATION = `a number, "blocked", "skipped", or one of ${Object.keys(ERRNO)
  .map((e) => `"-${e}"`)
  .join(', ')}`;

const deviceSchema = exactObject({
  name: nameSchema,
  group: nameSchema,
  devset: v.optional(nameSchema),
  registered: v.optional(booleanFlag),
  kernelDriver: v.optional(booleanFlag),
  devName: v.optional(nameSchema),
});

/** The shape of a scenario file; what the parts say of one another is checked in `references.ts`. */
export const SCENARIO_SCHEMA = exactObject({
  format: v.literal(SCENARIO_FORMAT, quote(SCENARIO_FORMAT)),
  title: boundedText(LIMITS.title, 'a title'),
  about: v.optional(boundedText(LIMITS.text, 'a text')),
  design: v.optional(v.string('the id of a design')),
  options: v.optional(
    v.record(
      v.string(),
      v.union([v.string(), v.boolean()], 'true, false or a word'),
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
      calls: v.optional(
        listOf(
          exactObject({
            by: taskSchema,
            call: oneOf(CALL_NAMES),
            as: v.optional(nameSchema),
            returns: returnsSchema,
          }),
          LIMITS.calls,
          'expected calls',
        ),
      ),
      violations: v.optional(listOf(oneOf(PROPERTY_IDS), PROPERTY_IDS.length, 'property ids')),
      verdict: v.optional(oneOf(['holds', 'violated'])),
    }),
  ),
});
