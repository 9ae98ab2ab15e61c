import { expect, it } from 'vitest';
import { searchTrace } from '../../explore/validate/traceSearch';
import { enabled } from '../../kernel/machine/machine';
import { readKernelTrace } from '../../scenario/kernelTrace/readKernelTrace';
import { LIBRARY } from '../../scenario/library/library';
import { runStep, startScenarioRun, traceOf } from '../../scenario/run/scenarioRun';
import { seededRandom } from '../../scenario/run/seededRandom';
import { ftraceExport } from './ftrace';

/** TRACE_ROUND_TRIPS=10000 is the run before a release. */
const ROUND_TRIPS = Number(process.env['TRACE_ROUND_TRIPS'] ?? 60);

it(
  'explains random schedules of the library, with their steps and with the calls only',
  { timeout: 3_600_000 },
  () => {
    const variants = LIBRARY.flatMap((entry) => entry.variants);
    let explained = 0;
    let most = 0;
    for (let seed = 1; seed <= ROUND_TRIPS; seed++) {
      const run = startScenarioRun({
        ...variants[seed % variants.length]!,
        schedule: 'sequential',
      });
      const below = seededRandom(seed);
      for (
        let able = enabled(run.program, run.state);
        able.length > 0;
        able = enabled(run.program, run.state)
      )
        runStep(run, able[below(able.length)]!);
      const parsed = readKernelTrace(ftraceExport.make(traceOf(run)));
      if (!parsed.ok) throw new Error(`seed ${seed}: ${parsed.errors[0]?.message}`);
      const { events } = parsed.trace;
      const silent = events.filter(({ kind }) => kind !== 'step');
      for (const shown of [events, silent]) {
        const { kind, states } = searchTrace(run.program, shown, 2_000_000);
        expect([seed, shown === silent, kind]).toEqual([seed, shown === silent, 'explained']);
        most = Math.max(most, states);
        explained++;
      }
    }
    expect(explained).toBe(2 * ROUND_TRIPS);
    if (ROUND_TRIPS > 1000) console.log(`${explained} explained, at most ${most} states each`);
  },
);
