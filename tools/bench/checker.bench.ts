import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker as Thread } from 'node:worker_threads';
import { chromium } from '@playwright/test';
import { build } from 'vite';
import { promelaModel } from '../../src/export/promela/promelaModel';
import { runCheck } from '../../src/explore/check';
import { compileRequest } from '../../src/explore/checkRequest';
import { launchOptions } from '../test/browser.mjs';
import { missingSpin } from '../spin/spin.mjs';
import type { EngineName } from '../../src/explore/search/search';
import type { Measured, Task } from './checkerWorker';
import { WORKLOADS } from './checkerWorkloads';
import type { Workload } from './checkerWorkloads';

interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}
interface SpinTimes {
  readonly states: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Generating and compiling. */ readonly preparing: number;
}

const run = promisify(execFile);

/** The worker as one classic script. */
async function bundle(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      write: false,
      target: 'es2022',
      lib: {
        entry: join(import.meta.dirname, 'checkerWorker.ts'),
        formats: ['iife'],
        name: 'bench',
      },
    },
  });
  const [first] = Array.isArray(output) ? output : [output];
  if (!first || !('output' in first)) throw new Error('vite built nothing');
  return first.output[0].code;
}

function inNode(code: string, task: Task): Promise<Measured> {
  const shim = `const { parentPort } = require('node:worker_threads');
    require('node:v8').setFlagsFromString('--expose-gc');
    const collect = require('node:vm').runInNewContext('gc');
    globalThis.heldBytes = () => { collect(); const { heapUsed, external } = process.memoryUsage(); return heapUsed + external; };
    globalThis.postMessage = (m) => parentPort.postMessage(m);
    globalThis.addEventListener = (_, f) => parentPort.on('message', (data) => f({ data }));\n`;
  const worker = new Thread(shim + code, { eval: true });
  return new Promise<Measured>((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
    worker.postMessage(task, []);
  }).finally(() => void worker.terminate());
}

/** One worker after the other for each list of tasks, which it does in turn. */
async function inChromium(
  code: string,
  lists: readonly (readonly Task[])[],
): Promise<Measured[][]> {
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage();
    const measured: Measured[][] = [];
    for (const tasks of lists) {
      measured.push(
        await page.evaluate(
          async ([script, asked]) => {
            const worker = new Worker(
              URL.createObjectURL(new Blob([script], { type: 'text/javascript' })),
            );
            const done: Measured[] = [];
            for (const task of asked) {
              done.push(
                await new Promise<Measured>((resolve, reject) => {
                  worker.addEventListener(
                    'message',
                    ({ data }: MessageEvent<Measured>) => resolve(data),
                    { once: true },
                  );
                  worker.addEventListener('error', (event) => reject(new Error(event.message)), {
                    once: true,
                  });
                  worker.postMessage(task, []);
                }),
              );
            }
            worker.terminate();
            return done;
          },
          [code, tasks] as const,
        ),
      );
    }
    return measured;
  } finally {
    await browser.close();
  }
}

/** SPIN's search of a scenario, ready to run. */
interface Prepared {
  readonly folder: string;
  readonly seconds: number;
}

/** Generates and compiles SPIN's search, without reduction, in depth-first or breadth-first order. */
async function prepareSpin({ scenario }: Workload, breadthFirst: boolean): Promise<Prepared> {
  const folder = await mkdtemp(join(tmpdir(), 'vfio-bench-'));
  const options = { cwd: folder, maxBuffer: 2 ** 26 };
  const begin = performance.now();
  const model = promelaModel(compileRequest({ scenario }));
  // SPIN has no hidden variables in breadth-first order; there what the model remembers beside the state is part of it, and tells some more states apart.
  await writeFile(
    join(folder, 'model.pml'),
    breadthFirst ? model.replaceAll(/^hidden /gm, '') : model,
  );
  // ALL: a broken property does not end its run.
  await run('spin', ['-a', '-DALL', 'model.pml'], options);
  await run(
    'gcc',
    [
      '-O2',
      '-w',
      '-DSAFETY',
      '-DNOREDUCE',
      '-DMEMLIM=12000',
      ...(breadthFirst ? ['-DBFS'] : []),
      '-o',
      'pan',
      'pan.c',
    ],
    options,
  );
  return { folder, seconds: (performance.now() - begin) / 1000 };
}

/** Runs it some times; the best counts. Its folder is gone afterwards. */
async function inSpin(
  { states, times }: Workload,
  { folder, seconds: preparing }: Prepared,
  breadthFirst: boolean,
): Promise<SpinTimes> {
  try {
    // A hash table about as large as the states, as SPIN's manual advises.
    const table = `-w${Math.max(18, Math.ceil(Math.log2(states)))}`;
    let best: SpinTimes | undefined;
    for (let i = 0; i < times; i++) {
      const start = performance.now();
      const { stdout } = await run('./pan', ['-c0', '-m100000', table], {
        cwd: folder,
        maxBuffer: 2 ** 26,
      });
      const seconds = (performance.now() - start) / 1000;
      const found = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
      // In breadth-first order SPIN also stores the moments in the middle of an atomic step.
      const inside = breadthFirst ? found(/(\d+) atomic steps/) : 0;
      const each = {
        states: found(/(\d+) states, stored/) - inside,
        bytes: found(/([\d.]+)\s+total actual memory usage/) * 2 ** 20,
        seconds,
        preparing,
      };
      if (
        found(/errors: (\d+)/) !== 0 ||
        (breadthFirst ? each.states < states : each.states !== states)
      )
        throw new Error(
          `SPIN did not explore the same ${states} states:\n${stdout.slice(0, 2000)}`,
        );
      if (!best || seconds < best.seconds) best = each;
    }
    return best!;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Two compilers at a time: how long they take is asked of the depth-first ones only, which have the machine to themselves. */
async function prepareBreadthFirst(): Promise<ReadonlyMap<string, Prepared>> {
  const waiting = [...WORKLOADS];
  const ready = new Map<string, Prepared>();
  const compiler = async (): Promise<void> => {
    for (let load = waiting.pop(); load; load = waiting.pop())
      ready.set(load.id, await prepareSpin(load, true));
  };
  await Promise.all([compiler(), compiler()]);
  return ready;
}

/** The interpreter is not measured on more states of a workload. */
const INTERPRETED = 30_000;

/** Rows that a reviewer switches off on the page's workload, one after the other. */
const TOGGLES = [
  'unregister_device/UNREG.2',
  'unregister_device/UNREG.3',
  'release_cdev/REL.7',
  'release_cdev/REL.8',
].map((row) => `parked-shim/${row}`);
const TOGGLE_ROUNDS = 4;

interface Speed {
  readonly states: number;
  readonly seconds: number;
}

function speed({ states, seconds }: Speed): number {
  return states / seconds;
}

/** Switches one row after the other off and on again, the design itself checked in between, all in one worker. */
async function toggles(code: string, { scenario }: Workload): Promise<Row[]> {
  const verdict = (without: readonly string[]): Task => ({
    kind: 'verdict',
    scenario,
    engine: 'wasm',
    mutations: without.map((step) => ({ kind: 'without', step })),
  });
  const round = TOGGLES.flatMap((step) => [[], [step]]);
  const asked = Array.from({ length: TOGGLE_ROUNDS }, () => round).flat();
  const [measured] = await inChromium(code, [asked.map(verdict)]);
  const of = (step: string | undefined): number[] =>
    measured!
      .filter((_, i) => asked[i]![0] === step)
      .map((m) => m.seconds * 1000)
      .sort((a, b) => a - b);
  const middle = (times: readonly number[]): number => times[Math.floor(times.length / 2)]!;
  const bar = 'ms (bar: below 150)';
  return [
    {
      name: 'page: first verdict in a new worker',
      value: measured![0]!.seconds * 1000,
      unit: 'ms',
    },
    { name: 'page: verdict on the design again, best', value: of(undefined)[0]!, unit: bar },
    { name: 'page: verdict on the design again, median', value: middle(of(undefined)), unit: bar },
    ...TOGGLES.map((step) => ({
      name: `page: verdict with ${step.slice(step.indexOf('/') + 1)} off, best`,
      value: of(step)[0]!,
      unit: bar,
    })),
  ];
}

/** States per second and bytes per state of each engine, times to a verdict, and the ratios that the project holds itself to. */
export const bench = {
  title: 'Checker: every interleaving, full search without reduction',
  async run(): Promise<Row[]> {
    const missing = await missingSpin();
    if (missing !== undefined) throw new Error(missing);
    const code = await bundle();
    const breadthFirst = await prepareBreadthFirst();
    const rows: Row[] = [];
    const bars: Row[] = [];
    for (const load of WORKLOADS) {
      const { id, scenario, times } = load;
      const ask = (engine: EngineName, often: number): Task => ({
        kind: 'explore',
        scenario,
        engine,
        times: often,
      });
      const dfs = await inSpin(load, await prepareSpin(load, false), false);
      const wasm = await inNode(code, ask('wasm', times));
      const [[page], [slow], [verdict]] = (await inChromium(code, [
        [ask('wasm', times)],
        [ask('bytecode', 1)],
        [{ kind: 'verdict', scenario, engine: 'wasm', mutations: [] }],
      ])) as [[Measured], [Measured], [Measured]];
      const bytecode = await inNode(code, ask('bytecode', Math.min(times, 2)));
      const bfs = await inSpin(load, breadthFirst.get(id)!, true);
      const interpreter = await inNode(code, { kind: 'interpreter', scenario, most: INTERPRETED });
      const part =
        interpreter.states < load.states
          ? `, on the first ${interpreter.states.toLocaleString('en-US')} states`
          : '';
      const engines: readonly (readonly [string, Measured | SpinTimes])[] = [
        ['SPIN, depth first', dfs],
        ['SPIN, breadth first', bfs],
        ['WebAssembly, Node', wasm],
        ['WebAssembly, Chromium worker', page],
        ['bytecode, Node', bytecode],
        ['bytecode, Chromium worker', slow],
        [`interpreter, Node${part}`, interpreter],
      ];
      for (const [name, { states, seconds, bytes }] of engines) {
        if (states !== load.states && !/breadth|first \d/.test(name))
          throw new Error(`${id}, ${name}: ${states} states instead of ${load.states}`);
        rows.push({
          name: `${id}: ${name}`,
          value: states / seconds / 1e6,
          unit: `million states/s, ${(bytes / states).toFixed(1)} bytes/state`,
        });
      }
      rows.push({
        name: `${id}: verdict, Chromium worker from its start`,
        value: verdict.seconds,
        unit: 's',
      });
      rows.push({
        name: `${id}: verdict, SPIN from the model's text`,
        value: dfs.preparing + dfs.seconds,
        unit: `s, of which ${dfs.preparing.toFixed(2)} s generating and compiling`,
      });
      const bar = (name: string, value: number, unit: string): void => {
        bars.push({ name: `${id}: ${name}`, value, unit });
      };
      if (id === '1e6')
        bar(
          'WebAssembly in Chromium to SPIN depth first',
          speed(page) / speed(dfs),
          'times (bar: at least 3)',
        );
      if (id === '1e7')
        bar(
          'WebAssembly in Chromium to SPIN depth first',
          speed(page) / speed(dfs),
          'times (bar: at least 2.5)',
        );
      if (id === '1e6' || id === '1e7') {
        bar(
          'bytecode in Chromium to SPIN depth first',
          speed(slow) / speed(dfs),
          'times (bar: at least 1)',
        );
        bar(
          'bytecode in Node to SPIN depth first',
          speed(bytecode) / speed(dfs),
          'times (bar: at least 1)',
        );
        bar(
          'memory all in',
          Math.max(wasm.bytes, page.bytes, bytecode.bytes, slow.bytes) / load.states,
          'bytes/state (bar: at most 32)',
        );
      }
      if (id === '1e6')
        bar(
          'symmetry, fewer states',
          load.states /
            runCheck(compileRequest({ scenario }), { reduce: 'symmetry', outcomes: false }).states,
          'times (bar: at least 20)',
        );
      if (id === 'page') bars.push(...(await toggles(code, load)));
      bar(
        'SPIN to us, time to verdict',
        (dfs.preparing + dfs.seconds) / verdict.seconds,
        'times (bar: above 1)',
      );
    }
    return [...rows, ...bars];
  },
};
