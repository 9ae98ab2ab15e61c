import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuUsage } from 'node:process';
import { expect, it } from 'vitest';
import { DESIGNS } from '../designs/designs';
import type { Design, DesignModel } from '../kernel/language/design';
import { parseDesign, type ParsedDesign } from '../kernel/text/parseDesign';
import { printDesign } from '../kernel/text/printDesign';
import { makeScenario } from '../scenario/format/makeScenario';
import { fuzzRounds, InputTimes } from '../scenario/testing/fuzzRounds';
import { seededRandom } from '../scenario/run/seededRandom';
import { mutateText } from '../kernel/testing/mutateText';
import { runInMemory } from './testing/runInMemory';

/** A design with only some of its calls: its text is short. */
function partOf(design: Design, calls: readonly string[]): Design {
  const model = (options: Record<string, string>): DesignModel => {
    const whole = design.model(options);
    return {
      ...whole,
      calls: Object.fromEntries(
        Object.entries(whole.calls).filter(([name]) => calls.includes(name)),
      ) as DesignModel['calls'],
      releases: {},
      propertyInputs: {
        ...whole.propertyInputs,
        counters: whole.propertyInputs.counters.slice(0, 2),
      },
    };
  };
  return { ...design, model };
}

const SHORT = [
  ...DESIGNS.map((d) => partOf(d, ['open_group', 'device_io'])),
  ...DESIGNS.map((d) => partOf(d, ['kvm_add', 'probe_driver'])),
].map((d) => printDesign(d));
const LONG = DESIGNS.map((d) => printDesign(d));
const example = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../docs/examples', name), 'utf8');
const EXAMPLE = example('counter.design');

/** A small scenario: most changes of its text are errors, and the others run fast. */
const SCENARIO = makeScenario({
  title: 'A device is opened and closed',
  about: '',
  design: 'upstream',
  options: {},
  world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu'] },
  calls: [
    { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
    { by: 'qemu', call: 'close', fd: 'fd1' },
  ],
  schedule: ['qemu*3'],
  beats: [],
  expect: undefined,
});

/** Checks what must hold of any text that was parsed. */
function checkParsed(text: string, { design, diagnostics }: ParsedDesign): void {
  if ((design === undefined) !== diagnostics.length > 0)
    throw new Error('expected either a design or diagnostics');
  const lines = text.split('\n');
  for (const { line, column, from, to, message } of diagnostics) {
    const width = (lines[line - 1] ?? '').length;
    const placed =
      line <= lines.length && column >= 1 && column <= width + 1 && from <= to && to <= text.length;
    if (!placed || message === '') throw new Error(`${line}:${column}: ${message}`);
  }
  if (!design) return;
  const again = printDesign(design);
  const parsed = parseDesign(again);
  if (!parsed.design || printDesign(parsed.design) !== again)
    throw new Error(`the text of a parsed design does not parse to it:\n${again}`);
}

async function report(times: InputTimes, what: string): Promise<void> {
  const line = await times.report(what);
  if (line !== '') console.log(line);
}

it.each([
  ['short', SHORT, fuzzRounds(150, 10_000), 1],
  ['long', LONG, fuzzRounds(12, 2_000), 2],
  ['example', [EXAMPLE], fuzzRounds(5_000, 100_000), 3],
] as const)('reports what is wrong with changed texts: %s', async (name, texts, count, seed) => {
  const below = seededRandom(seed);
  const times = new InputTimes(cpuUsage);
  const failures: string[] = [];
  for (let i = 0; i < count; i++) {
    const text = mutateText(texts[i % texts.length] ?? '', below);
    try {
      checkParsed(
        text,
        times.run(() => parseDesign(text)),
      );
    } catch (error) {
      failures.push(`seed ${seed}, mutation ${i}: ${String(error)}`);
    }
  }
  expect(failures).toEqual([]);
  await report(times, `${name} designs, parsed`);
});

const BAD_INPUT = 2;

it.each([
  ['example', EXAMPLE, example('counter.scenario.json'), fuzzRounds(200, 100_000)],
  ['long', LONG[0] ?? '', 'bind-race', fuzzRounds(3, 1_000)],
] as const)(
  'the command line checks each changed design, or says where it is wrong: %s',
  async (name, design, scenario, count) => {
    const below = seededRandom(4);
    const times = new InputTimes(cpuUsage);
    let checked = 0;
    for (let i = 0; i < count; i++) {
      const text = mutateText(design, below);
      const read = (file: string): string => (file === 'a.design' ? text : scenario);
      const file = name === 'long' ? scenario : 'a.json';
      const { status, err } = await times.runAsync(() =>
        runInMemory(`check ${file} --design a.design --max-states 500`, '', { read }),
      );
      if (status !== BAD_INPUT) checked++;
      else expect(err).toMatch(/^(a\.design:\d+:\d+: |a\.json: |[\w.[\]]+: |--\w+: )\S/);
    }
    expect(checked).toBeGreaterThan(0);
    await report(times, `${name} designs on the command line (check, at most 500 states)`);
  },
);

const scenarioRounds = fuzzRounds(200, 100_000);
it(`the command line runs each of ${scenarioRounds} changed scenarios, or says where it is wrong`, async () => {
  const below = seededRandom(6);
  const times = new InputTimes(cpuUsage);
  let ran = 0;
  for (let i = 0; i < scenarioRounds; i++) {
    const text = mutateText(SCENARIO, below);
    const { status, err } = await times.runAsync(() => runInMemory('run - --json', text));
    if (status !== BAD_INPUT) ran++;
    else expect(err).toMatch(/^standard input: .+/);
  }
  expect(ran).toBeGreaterThan(0);
  await report(times, 'scenario files on the command line (run)');
});
