import { describe, expect, it } from 'vitest';
import { designById } from '../../designs/designs';
import { acceptedByOracle } from '../../explore/testing/traceOracle';
import { validateTrace } from '../../explore/validate/validateTrace';
import { compile } from '../../kernel/compiler/compile';
import { enabled } from '../../kernel/machine/machine';
import type { KernelEvent, KernelTrace } from '../../scenario/kernelTrace/kernelTrace';
import { readKernelTrace } from '../../scenario/kernelTrace/readKernelTrace';
import { libraryEntry, LIBRARY } from '../../scenario/library/library';
import { runScenario } from '../../scenario/run/runScenario';
import { runStep, startScenarioRun, traceOf } from '../../scenario/run/scenarioRun';
import { seededRandom } from '../../scenario/run/seededRandom';
import type { Trace } from '../../scenario/run/trace';
import { kernelFtrace, SYSCALLS_OF_CALLS } from '../../scenario/testing/kernelFtrace';
import { ftraceExport } from './ftrace';
import type { Scenario } from '../../scenario/format/scenario';

const variants = LIBRARY.flatMap((entry) => entry.variants);

function read(text: string): KernelTrace {
  const parsed = readKernelTrace(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.trace;
}

function randomTrace(scenario: Scenario, seed: number, maxSteps = Infinity): Trace {
  const run = startScenarioRun({ ...scenario, schedule: 'sequential' });
  const below = seededRandom(seed);
  for (let n = 0; n < maxSteps; n++) {
    const able = enabled(run.program, run.state);
    if (able.length === 0) break;
    runStep(run, able[below(able.length)]!);
  }
  return traceOf(run);
}

function callsOnly(trace: KernelTrace): KernelTrace {
  return { ...trace, events: trace.events.filter(({ kind }) => kind !== 'step') };
}

function validate(trace: KernelTrace): ReturnType<typeof validateTrace> {
  return validateTrace(trace, designById(trace.scenario.design) ?? expect.fail('design'));
}

/** Whether the schedule gives the events that the trace has, in their order. */
function replays(trace: KernelTrace, result: ReturnType<typeof validateTrace>): boolean {
  const outcome = runScenario(result.scenario, { endsWithSchedule: true });
  if (!outcome.ok) return false;
  const again = read(ftraceExport.make(outcome.trace));
  const shown = (t: KernelTrace): unknown[] =>
    t.events
      .filter(({ kind }) => kind === 'exit')
      .map((event) => [event.task, event.call, event.kind === 'exit' && event.returns]);
  const perTask = (t: KernelTrace, task: string): unknown[] =>
    shown(t).filter((event) => (event as unknown[])[0] === task);
  const tasks = new Set(trace.events.map(({ task }) => task));
  return [...tasks].every(
    (task) =>
      JSON.stringify(perTask(again, task).slice(0, perTask(trace, task).length)) ===
      JSON.stringify(perTask(trace, task)),
  );
}

describe('the ftrace export, read again', () => {
  it('is explained by the model, with its steps and without, whatever the schedule', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const scenario = variants[(seed * 11) % variants.length]!;
      const trace = read(ftraceExport.make(randomTrace(scenario, seed)));
      const full = validate(trace);
      expect([seed, full.verdict, full.accepted]).toEqual([seed, 'explained', trace.events.length]);
      if (seed % 4 !== 0) continue;
      const silent = callsOnly(trace);
      const found = validate(silent);
      expect([seed, found.verdict]).toEqual([seed, 'explained']);
      expect(replays(silent, found)).toBe(true);
    }
  });

  it('is judged like the oracle judges it when one event is dropped, swapped or renamed', () => {
    const small = ['group-first', 'bind-race', 'open-races-unregister', 'cdev-first'].flatMap(
      (id) => libraryEntry(id)?.scenario ?? [],
    );
    const verdicts = new Set<string>();
    for (let seed = 1; seed <= 24; seed++) {
      const below = seededRandom(seed);
      const scenario = small[below(small.length)]!;
      const recorded = read(ftraceExport.make(randomTrace(scenario, seed, 45)));
      const trace = seed % 3 === 0 ? callsOnly(recorded) : recorded;
      const changed = { ...trace, events: changeOne(trace.events, below) };
      if (!isStructured(changed.events)) continue;
      const { accepted, verdict } = validate(changed);
      const program = compile(
        designById(scenario.design)!,
        scenario.options,
        scenario.world,
        scenario.calls,
      );
      expect([seed, accepted]).toEqual([seed, acceptedByOracle(program, changed.events)]);
      verdicts.add(verdict);
    }
    expect(verdicts).toEqual(new Set(['explained', 'rejected']));
  });
});

describe('a trace as a kernel records it', () => {
  const recordable = variants.filter((scenario) =>
    scenario.calls.every(
      (call) => SYSCALLS_OF_CALLS.includes(call.call) && call.fault === undefined && !call.after,
    ),
  );

  it.each(['trace', 'report'] as const)('is explained, in the words of %s', (dialect) => {
    for (let seed = 1; seed <= 10; seed++) {
      const run = randomTrace(recordable[(seed * 7) % recordable.length]!, seed);
      if (run.steps.some(({ events }) => events.some(({ template }) => template.kind === 'skip')))
        continue;
      const parsed = readKernelTrace(kernelFtrace(run, dialect), {
        design: run.scenario.design,
        options: run.scenario.options,
      });
      if (!parsed.ok) throw new Error(`seed ${seed}: ${JSON.stringify(parsed.errors)}`);
      const { verdict, why } = validate(parsed.trace);
      expect([seed, verdict, why]).toEqual([seed, 'explained', undefined]);
    }
    expect(recordable.length).toBeGreaterThan(20);
  });

  it('takes each contended mutex for one of the model, or leaves it out', () => {
    const scenario = libraryEntry('bind-race')?.scenario ?? expect.fail('bind-race');
    const text = kernelFtrace(randomTrace(scenario, 5), 'trace');
    const [, first = ''] = /contention_begin: (\S+)/.exec(text) ?? expect.fail('no contention');
    const judge = (changed: string, ignored: readonly string[] = []): string => {
      const parsed = readKernelTrace(changed, { ignoredLocks: new Set(ignored) });
      return parsed.ok ? validate(parsed.trace).verdict : 'damaged';
    };
    expect(judge(text)).toBe('explained');
    // A task that waits for no mutex of the model reports another one.
    const [line = ''] = /.*sys_openat ->.*/.exec(text) ?? [];
    const foreign = text.replace(
      line,
      `${line.replace(/sys_openat.*/, 'contention_begin: 0xffff888099990000 (flags=MUTEX)')}\n${line}`,
    );
    expect(judge(foreign)).toBe('rejected');
    expect(judge(foreign, ['ffff888099990000'])).toBe('explained');
    expect(first).toMatch(/^0x/);
  });

  it('leaves out the attempts that a kernel with lockdep reports for every mutex', () => {
    const scenario = libraryEntry('bind-race')?.scenario ?? expect.fail('bind-race');
    const text = kernelFtrace(randomTrace(scenario, 5), 'trace');
    // One wait is an attempt and a sleep, and then ends once.
    const attempts = text.replaceAll(
      /(.*contention_begin: \S+) \(flags=MUTEX\)/g,
      '$1 (flags=SPIN|MUTEX)\n$1 (flags=MUTEX)',
    );
    // Where the model takes no mutex, the kernel can take another one.
    const [line = ''] = /.*sys_openat ->.*/.exec(text) ?? [];
    const of = (event: string): string => line.replace(/sys_openat.*/, event);
    const other = attempts.replace(
      line,
      [
        of('contention_begin: 00000000610328f2 (flags=SPIN|MUTEX)'),
        of('contention_end: 00000000610328f2 (ret=0)'),
        line,
      ].join('\n'),
    );
    expect(attempts).not.toBe(text);
    for (const changed of [attempts, other]) {
      const parsed = readKernelTrace(changed);
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
      expect(validate(parsed.trace).verdict).toBe('explained');
    }
  });

  it('says why the next event is impossible', () => {
    const scenario = libraryEntry('group-first')?.scenario ?? expect.fail('group-first');
    const outcome = runScenario(scenario);
    if (!outcome.ok) throw new Error(outcome.errors[0]?.message);
    const text = kernelFtrace(outcome.trace, 'trace').replace('-> 0xfffffffffffffff0', '-> 0x0');
    const parsed = readKernelTrace(text);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    const result = validate(parsed.trace);
    expect(result.verdict).toBe('rejected');
    expect(result.at?.event).toMatch(/sys_ioctl -> 0x0$/);
    expect(result.why?.[0]?.text).toBe(
      "dpdk's bind_iommufd(dpdk.fd3, dpdk.fd4) returned 0, but -EBUSY is expected at BIND.4 (group 12: the group is open)",
    );
  });
});

function changeOne(events: readonly KernelEvent[], below: (n: number) => number): KernelEvent[] {
  const at = below(events.length - 1);
  const event = events[at]!;
  const steps = events.flatMap((each) => (each.kind === 'step' ? [each.step] : []));
  switch (below(3)) {
    case 0:
      return events.toSpliced(at, 1);
    case 1:
      return events.toSpliced(at, 2, events[at + 1]!, event);
    default:
      return events.with(
        at,
        event.kind === 'step' && steps.length > 0
          ? { ...event, step: steps[below(steps.length)]! }
          : event.kind === 'exit'
            ? { ...event, returns: event.returns === 'success' ? '-EBUSY' : 'success' }
            : event,
      );
  }
}

/** Whether each call begins before it ends, and ends before the next; a reader rejects anything else. */
function isStructured(events: readonly KernelEvent[]): boolean {
  const open = new Map<string, number>();
  return events.every(({ kind, task, call }) => {
    const current = open.get(task);
    if (kind === 'enter') {
      open.set(task, call);
      return current === undefined;
    }
    if (kind === 'exit') open.delete(task);
    return kind !== 'exit' || current === call;
  });
}
