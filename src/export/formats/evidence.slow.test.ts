// What an export says is checked by the tool that reads it. A tool that is not installed is named and skipped.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check_spec_with_config, initSync } from 'tla-checker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCheck } from '../../explore/check';
import {
  firstRejected,
  objectAutomaton,
  objectEvents,
} from '../../explore/automaton/objectAutomaton';
import { enabled } from '../../kernel/machine/machine';
import { PROPERTY_IDS } from '../../kernel/properties/properties';
import { LIBRARY, libraryEntry } from '../../scenario/library/library';
import { runScenario } from '../../scenario/run/runScenario';
import { runStep, startScenarioRun, traceOf } from '../../scenario/run/scenarioRun';
import { seededRandom } from '../../scenario/run/seededRandom';
import type { Trace } from '../../scenario/run/trace';
import { bpftraceExport } from './bpftrace';
import { selftestExport } from './selftest';
import { tlaExport } from './tla';

function traceOfLibrary(id: string): Trace {
  const outcome = runScenario(libraryEntry(id)?.scenario ?? expect.fail(id));
  if (!outcome.ok) throw new Error(outcome.errors[0]?.message);
  return outcome.trace;
}

function isInstalled(program: string): boolean {
  const found = spawnSync(program, ['--version']).status === 0;
  if (!found) console.log(`skipped: ${program} is not installed`);
  return found;
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfio-evidence-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the TLA+ module, read by tla-checker', () => {
  it.each(['open-races-unregister', 'group-first'])('has the states of %s', (id) => {
    const wasm = createRequire(import.meta.url)
      .resolve('tla-checker')
      .replace(/\.js$/, '_bg.wasm');
    initSync({ module: readFileSync(wasm) });
    const trace = traceOfLibrary(id);
    const found = JSON.parse(
      check_spec_with_config(tlaExport.make(trace), '{}', 100_000, 1000, true, false),
    ) as Record<string, unknown>;
    expect([found['error_message'], found['states_explored']]).toEqual([
      null,
      runCheck(trace.program, { outcomes: false }).states,
    ]);
  });
});

describe.skipIf(!isInstalled('gcc'))('the selftest, compiled by gcc', () => {
  const headers = join(import.meta.dirname, '../testing/selftest');

  function compile(name: string, trace: Trace): string {
    const source = join(folder, `${name}.c`);
    writeFileSync(source, selftestExport.make(trace));
    const { status, stderr } = spawnSync(
      'gcc',
      [
        '-Wall',
        '-Werror',
        '-D_GNU_SOURCE',
        '-I',
        headers,
        '-pthread',
        '-o',
        join(folder, name),
        source,
      ],
      { encoding: 'utf8' },
    );
    expect([name, status, stderr]).toEqual([name, 0, '']);
    return join(folder, name);
  }

  it('makes the calls in the order of the run, 1000 of 1000 times', () => {
    const outcome = runScenario(libraryEntry('group-first')?.scenario ?? expect.fail(), {
      schedule: 'sequential',
    });
    if (!outcome.ok) throw new Error(outcome.errors[0]?.message);
    const { stdout } = spawnSync(compile('order', outcome.trace), { encoding: 'utf8' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.at(-1)).toBe('1000 of 1000');
    const word = { open_group: 'open /dev/vfio/12', open_cdev: 'open /dev/vfio/devices/vfio0' };
    const expected = outcome.trace.scenario.calls.map(({ call }) =>
      call === 'bind_iommufd'
        ? 'ioctl 3b76'
        : call === 'open_iommufd'
          ? 'open /dev/iommu 2'
          : call === 'close'
            ? 'close 0'
            : `${word[call as keyof typeof word]} 2`,
    );
    expect(lines.slice(0, -1)).toEqual(expected);
  });

  it('compiles without a warning whatever the calls are', () => {
    const compiled: string[] = [];
    for (const id of [
      'hot-unplug',
      'split-race',
      'mapped-file',
      'unregister-starved',
      'stale-access',
    ])
      compiled.push(compile(id, traceOfLibrary(id)));
    expect(compiled).toHaveLength(5);
  });
});

describe.skipIf(!isInstalled('bpftrace'))('the bpftrace script, read by bpftrace -d', () => {
  it.each(['bind-race', 'hot-unplug', 'group-first'])('parses: %s', (id) => {
    const script = join(folder, `${id}.bt`);
    const text = bpftraceExport.make(traceOfLibrary(id));
    // Without tracefs, as in a container, bpftrace knows no tracepoint.
    const known = existsSync('/sys/kernel/tracing/events')
      ? text
      : text
          .replaceAll(/tracepoint:syscalls:sys_enter_/g, 'kprobe:sys_')
          .replaceAll(/tracepoint:syscalls:sys_exit_/g, 'kretprobe:sys_')
          .replaceAll('args->ret', '(int64)retval');
    writeFileSync(script, known);
    const { status, stderr } = spawnSync('bpftrace', ['-d', script], {
      encoding: 'utf8',
      maxBuffer: 2 ** 27,
    });
    const problems = stderr
      .split('\n')
      .filter((line) => line.includes('ERROR: ') && line.includes(`${id}.bt`));
    expect([status, problems]).toEqual([0, []]);
  });
});

/** Random runs of all scenarios together; RV_TRACES=100000 is the run before a release. */
const RANDOM_TRACES = Number(process.env['RV_TRACES'] ?? 400);

describe('the rv automaton', () => {
  const small = LIBRARY.flatMap(({ variants }) => variants).filter(
    ({ calls, world }) => calls.length <= 8 && world.storeBuffers !== true,
  );

  it('accepts random runs without a violation', () => {
    const chosen = small.filter((_, i) => i % Math.ceil(small.length / 12) === 0);
    const each = Math.ceil(RANDOM_TRACES / chosen.length);
    let accepted = 0;
    for (const scenario of chosen) {
      const run = startScenarioRun(scenario);
      const objects = run.program.objects.filter(({ type }) => type.startsWith('vfio_'));
      const automata = objects.slice(0, 3).flatMap(({ index }) => {
        const made = objectAutomaton(run.program, index, PROPERTY_IDS);
        return typeof made === 'string' ? [] : [made];
      });
      for (let seed = 1; seed <= each; seed++) {
        const random = startScenarioRun(scenario);
        const below = seededRandom(seed);
        for (
          let able = enabled(random.program, random.state);
          able.length > 0;
          able = enabled(random.program, random.state)
        )
          runStep(random, able[below(able.length)]!);
        const { schedule, steps } = traceOf(random);
        const violated = steps.findIndex(({ violations }) => violations.length > 0);
        const clean = violated < 0 ? schedule : schedule.slice(0, violated);
        for (const automaton of automata) {
          const labels = objectEvents(run.program, clean, automaton.object).map((e) => e.label);
          expect([scenario.title, seed, firstRejected(automaton, labels)]).toEqual([
            scenario.title,
            seed,
            -1,
          ]);
        }
        accepted++;
      }
    }
    expect(accepted).toBeGreaterThanOrEqual(RANDOM_TRACES);
  }, 3_600_000);

  it('rejects counterexamples whose violation shows in the events of the object', () => {
    let shown = 0;
    for (const scenario of small.filter(({ expect: e }) => (e?.violations?.length ?? 0) > 0)) {
      const outcome = runScenario(scenario);
      if (!outcome.ok) throw new Error(outcome.errors[0]?.message);
      const { program, schedule, steps } = outcome.trace;
      const violation = steps.flatMap(({ violations }) => violations)[0];
      if (violation?.object === undefined) continue;
      const automaton = objectAutomaton(program, violation.object, [violation.property]);
      if (typeof automaton === 'string') continue;
      const events = objectEvents(program, schedule, violation.object);
      const rejected = firstRejected(
        automaton,
        events.map(({ label }) => label),
      );
      // Never before the violation: until then the run is one without it.
      if (rejected >= 0) expect(events[rejected]!.step).toBeGreaterThanOrEqual(violation.step);
      if (rejected >= 0) shown++;
    }
    expect(shown).toBeGreaterThan(2);
  });
});
