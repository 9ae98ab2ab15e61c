import { readFileSync } from 'node:fs';
import { Validator } from '@cfworker/json-schema';
import { toJsonSchema, type JsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { CALL_NAMES } from '../../kernel/language/world';
import { LIBRARY } from '../library/library';
import { makeScenario } from './makeScenario';
import { parseScenario } from './parseScenario';
import { SCENARIO_SCHEMA_URL } from './scenario';
import { alternativesBySchema, SCENARIO_SCHEMA } from './schema';

/** A JSON Schema, as far as this file changes it. */
interface SchemaNode {
  description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

/** What an editor shows for each key of the format, by its path. Arguments of calls have the path `calls[].KEY`. */
const KEY_DESCRIPTIONS: Readonly<Record<string, string>> = {
  $schema: 'The address of this JSON Schema. Ignored when the file is read.',
  format: 'The format and its version.',
  title: 'What the scenario shows, in one line.',
  about: 'One or two sentences, in Markdown.',
  design: 'The id of a design; by default upstream.',
  options: 'Options of the design that differ from their defaults.',
  world: 'The system before the first call.',
  'world.devices': 'The VFIO devices.',
  'world.devices[].name': 'The name of the device in calls, such as vfio0.',
  'world.devices[].group': 'The number of its IOMMU group, as a string.',
  'world.devices[].devset':
    'The reset set. Devices with the same name share one; by default each device has its own.',
  'world.devices[].registered':
    'false: the driver registers the device later, with register_device. Default: true.',
  'world.devices[].kernelDriver':
    'true: a kernel driver that is not a VFIO driver has the device before the first call. Default: false.',
  'world.devices[].staleNode':
    'True if a node with the number of the device exists all the time, such as one made with mknod.',
  'world.devices[].noiommu':
    'True if no IOMMU isolates the device. It is then alone in its group and has no device node.',
  'world.devices[].vf':
    'An SR-IOV virtual function: since Linux v6.17 it has its own reset set, and devset is ignored.',
  'world.devices[].devName':
    'The dev_name() of the parent device, which is unique on one bus only. Default: the name.',
  'world.processes': 'The names of the processes. One that only receives an fd is listed too.',
  'world.storeBuffers':
    'true: each task has a store buffer, so that other tasks see a plain store to an access flag late. Default: false.',
  calls: 'The calls. A task makes its calls in this order.',
  'calls[].by':
    'The task: a process, PROCESS/2 for a second thread with the same fd table, or driver for the kernel side.',
  'calls[].call': 'The name of the call.',
  'calls[].as': 'A name for the result, an fd or an id. Later calls use it.',
  'calls[].after':
    'Calls that must have ended, whatever they returned, before this one begins: names of results, or TASK:N for the N-th call of a task.',
  'calls[].fault':
    'The id of a step of this call that fails, such as an allocation or a copy to user space.',
  'calls[].device': 'The name of a device.',
  'calls[].group': 'The number of an IOMMU group.',
  'calls[].fd': 'The name of a file descriptor.',
  'calls[].iommufd': 'The name of a file descriptor of /dev/iommu.',
  'calls[].ioas': 'The name of the result of ioas_alloc.',
  'calls[].hwpt': 'The name of the result of hwpt_alloc.',
  'calls[].object': 'The name of an ioas, a page table or a bound device fd.',
  'calls[].container': 'The name of a file descriptor of a container or an iommufd.',
  'calls[].groups': 'Group fds of a hot reset. Leave it out for the empty list of cdev users.',
  'calls[].kvm': 'The name of a VM. The first use makes it.',
  'calls[].to': 'The process that receives the fd.',
  schedule:
    'sequential (file order), entries for the tasks in turn, or a random walk. After the entries the rest runs sequentially.',
  'schedule.random': 'The seed of the random walk.',
  beats: 'Captions.',
  'beats[].at': 'The id of the step at which the caption is shown.',
  'beats[].by': 'The task that makes the step; any task if left out.',
  'beats[].say': 'The text of the caption.',
  expect: 'What run --verify and check --verify compare.',
  'expect.calls': 'What calls return on the schedule, in file order. May leave calls out.',
  'expect.violations': 'Exactly the properties that the schedule violates.',
  'expect.verdict':
    'holds or violated, for the schedule and for all interleavings. Leave it out if the two differ.',
  'expect.reachable': 'Partial final outcomes, each of which some interleaving must have.',
  'expect.reachable[].calls': 'What some calls return.',
  'expect.reachable[].files': 'The fops of some open files.',
  'expect.reachable[].files[].name': 'The name of the fd with which the file was opened.',
  'expect.reachable[].files[].fops':
    'normal: calls reach the driver. parked: they do not, or access is not granted.',
  'expect.calls[].by': 'The task.',
  'expect.calls[].call': 'The name of the call.',
  'expect.calls[].as': 'The name of the result, if the task makes this call several times.',
  'expect.calls[].returns':
    'A number, any "fd" or "id", an errno such as "-EBUSY", "blocked" or "skipped".',
};

/** The JSON Schema of scenario files, made from the schema that parses them. Throws if a key has no description. */
function scenarioJsonSchema(): object {
  const schema = convertSchema(SCENARIO_SCHEMA);
  describeKeys(schema as SchemaNode, '');
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: SCENARIO_SCHEMA_URL,
    title: 'Scenario of the VFIO playground',
    description:
      'What processes and drivers call, on which devices, and in which order. References between parts of the file are checked when it is read.',
    ...schema,
  };
}

function convertSchema(schema: v.GenericSchema): JsonSchema {
  const {
    $schema: _dialect,
    definitions: _ofReplacedSchemas,
    ...node
  } = toJsonSchema(schema, {
    typeMode: 'input',
    overrideSchema: ({ valibotSchema }) => {
      const alternatives = alternativesBySchema.get(valibotSchema as v.GenericSchema);
      return alternatives && { anyOf: alternatives.map(convertSchema) };
    },
  });
  return node;
}

function describeKeys(node: SchemaNode, path: string): void {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const childPath = path === '' ? key : `${path}.${key}`;
    // An expected call has the same keys wherever it stands.
    const known = childPath.replace('reachable[].calls', 'calls');
    const description = KEY_DESCRIPTIONS[childPath] ?? KEY_DESCRIPTIONS[known];
    if (description === undefined) throw new Error(`${childPath} has no description`);
    child.description = description;
    describeKeys(child, childPath);
  }
  if (node.items) describeKeys(node.items, `${path}[]`);
  for (const alternative of node.anyOf ?? []) describeKeys(alternative, path);
}

const schema = scenarioJsonSchema();
const validator = new Validator(schema, '7', false);

/** Whether an editor accepts the file. */
const accepts = (file: unknown): boolean => validator.validate(file).valid;

const file = (change: object): unknown => ({
  format: 'vfio-playground/scenario@1',
  title: 'Every word of the format',
  world: {
    devices: [
      { name: 'vfio0', group: '12', devset: 's0', devName: '0000:01:00.0' },
      { name: 'nic0', group: '12', registered: false, kernelDriver: true },
    ],
    processes: ['qemu', 'dpdk'],
    storeBuffers: true,
  },
  calls: [
    { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
    { by: 'qemu', call: 'open_iommufd', as: 'i1' },
    { by: 'qemu', call: 'bind_iommufd', fd: 'fd1', iommufd: 'i1', fault: 'BIND.14' },
    { by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'fd2', after: ['qemu:3', 'i1'] },
    { by: 'driver', call: 'unregister_device', device: 'vfio0', after: ['dpdk:1'] },
  ],
  schedule: ['qemu until BIND.6', 'qemu:flush', 'qemu*2'],
  expect: {
    calls: [{ by: 'qemu', call: 'open_cdev', as: 'fd1', returns: 'fd' }],
    reachable: [
      {
        calls: [{ by: 'driver', call: 'unregister_device', returns: 'blocked' }],
        files: [{ name: 'fd2', fops: 'parked' }],
      },
    ],
  },
  ...change,
});

describe('the JSON Schema of scenario files', () => {
  // To update it: npx vitest run --project unit src/scenario/format/jsonSchema.test.ts -u
  it('ships as it is made from the schema that parses them', async () => {
    await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(
      '../../../public/scenario.schema.json',
    );
  });

  it('accepts every variant of the library, and the address of itself', () => {
    const refused = LIBRARY.flatMap(({ id, variants }) =>
      variants
        .filter((s) => !accepts(JSON.parse(makeScenario(s, { namesSchema: true }))))
        .map((s) => `${id} ${s.design}`),
    );
    expect(refused).toEqual([]);
  });

  it.each([
    {},
    { $schema: './scenario.schema.json' },
    { schedule: 'sequential' },
    { schedule: { random: 7 } },
    { calls: [] },
  ])('accepts what the parser accepts: %j', (change) => {
    const bare = 'calls' in change ? { expect: {}, schedule: 'sequential' } : {};
    const parsed = parseScenario(file({ ...bare, ...change }));
    expect([parsed, accepts(file(change))]).toEqual([expect.objectContaining({ ok: true }), true]);
  });

  it.each([
    { extra: 1 },
    { title: 3 },
    { $schema: 3 },
    { schedule: 'backwards' },
    { schedule: ['qemu until'] },
    { schedule: ['qemu until BIND.6*2'] },
    { schedule: { random: -1 } },
    { calls: [{ by: 'qemu', call: 'opn' }] },
    { calls: [{ by: 'qemu', call: 'open_cdev' }] },
    { calls: [{ by: 'qemu', call: 'open_cdev', device: 'vfio0', fd: 'fd1' }] },
    { calls: [{ by: 'qemu', call: 'open_cdev', device: 'vfio0', after: [] }] },
    { calls: [{ by: 'qemu', call: 'open_cdev', device: 'vfio0', after: 'qemu:1' }] },
    { expect: { verdict: 'maybe' } },
    { expect: { calls: [{ by: 'qemu', call: 'open_cdev', returns: '-EWHAT' }] } },
    { expect: { reachable: [{ files: [{ name: 'fd1', fops: 'open' }] }] } },
  ])('rejects what the parser rejects: %j', (change) => {
    expect([parseScenario(file(change)).ok, accepts(file(change))]).toEqual([false, false]);
  });
});

describe('docs/scenarios.md', () => {
  const docs = readFileSync('docs/scenarios.md', 'utf8');

  it('has every key, every call and the other words of the format', () => {
    const words = [
      ...Object.keys(KEY_DESCRIPTIONS).map((path) => path.replace(/^.*\./, '')),
      ...CALL_NAMES,
      'qemu:flush',
      'driver until REG.12',
      'random',
      'blocked',
      'skipped',
    ];
    expect(
      words.filter((word) => !docs.includes(`\`${word}`) && !docs.includes(`"${word}"`)),
    ).toEqual([]);
  });

  it('has examples that the parser accepts', () => {
    const examples = [...docs.matchAll(/```json\n([^]*?)```/g)].map(([, text]) => text ?? '');
    expect(examples.length).toBeGreaterThan(0);
    for (const text of examples)
      expect([text, parseScenario(text)]).toEqual([text, expect.objectContaining({ ok: true })]);
  });
});
