import { describe, expect, it } from 'vitest';
import { designById } from '../designs/designs';
import { mutate } from '../kernel/compiler/mutate';
import { parseScenario } from '../scenario/format/parseScenario';
import { libraryEntry } from '../scenario/library/library';
import { runScenario } from '../scenario/run/runScenario';
import { runStep, startScenarioRun, traceOf } from '../scenario/run/scenarioRun';
import type { Trace } from '../scenario/run/trace';
import { EXPORTS } from './exports';

/** What the golden files show; more than a reader would check is left to the contract tests, which loop over the library. */
const TRACES = {
  success: () => libraryTrace('cdev-path'),
  'two tasks, one fails with EBUSY': () => libraryTrace('group-first'),
  'two tasks, a violation': () => libraryTrace('split-race'),
  'three tasks, one blocks': () => libraryTrace('hot-unplug'),
  'short, one fails with ENODEV': () => libraryTrace('open-races-unregister'),
  'short, a violation': () => libraryTrace('open-before-bind'),
  'use after free': () => libraryTrace('container-list-corruption'),
  'lock order cycle': invertedLocks,
  'one call': () => runToEnd(oneCall),
  'a publication': () => libraryTrace('stale-access'),
} as const;
type TraceName = keyof typeof TRACES;

const READABLE: readonly TraceName[] = [
  'success',
  'two tasks, one fails with EBUSY',
  'two tasks, a violation',
  'three tasks, one blocks',
];
/** For formats that machines read. */
const SHORT: readonly TraceName[] = ['short, one fails with ENODEV', 'short, a violation'];

/** By export id; an export that is not listed has the short traces. */
const TRACES_BY_EXPORT: Readonly<Record<string, readonly TraceName[]>> = {
  text: READABLE,
  markdown: READABLE,
  'rst-figure': ['success'],
  rst: READABLE,
  mermaid: READABLE,
  lockdep: ['lock order cycle', 'two tasks, a violation', 'three tasks, one blocks'],
  'use-after-free': ['use after free', 'success'],
  // A model holds every step of its calls: anything longer is beyond review. `verify:spin` runs the rest.
  promela: ['one call'],
  animation: ['one call'],
  tla: ['one call'],
  itf: ['one call'],
  litmus: ['a publication', 'success'],
  selftest: ['two tasks, one fails with EBUSY', 'three tasks, one blocks'],
  rv: ['two tasks, a violation', 'short, one fails with ENODEV'],
};

const oneCall = {
  format: 'vfio-playground/scenario@1',
  title: 'One process opens a device',
  design: 'parked-shim',
  world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu'] },
  calls: [{ by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' }],
};

/** A device is closed while another process asks its group for one. */
const closeAndGet = {
  format: 'vfio-playground/scenario@1',
  title: 'Two lock orders',
  design: 'parked-split',
  world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu', 'dpdk'] },
  calls: [
    { by: 'qemu', call: 'open_container', as: 'c1' },
    { by: 'qemu', call: 'open_group', group: '12', as: 'g' },
    { by: 'qemu', call: 'set_container', fd: 'g', container: 'c1' },
    { by: 'qemu', call: 'set_iommu', fd: 'c1' },
    { by: 'qemu', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'd' },
    { by: 'qemu', call: 'close', fd: 'd' },
  ],
};

function runToEnd(json: unknown): Trace {
  const parsed = parseScenario(json);
  const outcome = parsed.ok ? runScenario(parsed.scenario) : parsed;
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.errors));
  return outcome.trace;
}

function libraryTrace(id: string): Trace {
  const outcome = runScenario(libraryEntry(id)?.scenario ?? expect.fail(id));
  if (!outcome.ok) throw new Error(`${id}: ${JSON.stringify(outcome.errors)}`);
  return outcome.trace;
}

/** No scenario of the library takes locks in two orders, so the design has two of its lock steps swapped. */
function invertedLocks(): Trace {
  const parsed = parseScenario(closeAndGet);
  const design = designById(closeAndGet.design) ?? expect.fail(closeAndGet.design);
  const changed = mutate(design, {}, [
    {
      kind: 'swap',
      a: 'parked-split/release_device/REL.2',
      b: 'parked-split/release_device/REL.3',
    },
  ]);
  if (!parsed.ok || !changed.ok) throw new Error(JSON.stringify([parsed, changed]));
  const run = startScenarioRun(parsed.scenario, changed.design);
  for (const { pc, index, steps } of run.program.tasks)
    while ((run.state[pc] ?? 0) < steps.length) runStep(run, index);
  return traceOf(run);
}

// To update after reading the difference: npx vitest run src/export/golden.test.ts -u
describe('golden files', () => {
  it.each(EXPORTS.map(({ id, make }) => ({ id, make })))('$id', async ({ id, make }) => {
    const parts = (TRACES_BY_EXPORT[id] ?? SHORT).map(
      (name) => `==== ${name}\n${make(TRACES[name]())}`,
    );
    await expect(parts.join('\n')).toMatchFileSnapshot(`./golden/${id}.txt`);
  });
});
