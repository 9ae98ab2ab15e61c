import { confirmSchedule } from '../explore/counterexample/confirmSchedule';
import type { CheckResult, Counterexample, StoppedBy } from '../explore/checkResult';
import { statedProperties } from '../export/promela/promelaModel';
import {
  readPanReport,
  scheduleOfTrail,
  spinModel,
  type PanReport,
} from '../export/promela/spinRun';
import { groupThousands } from '../export/format';
import type { Program } from '../kernel/compiler/program';
import type { PropertyId } from '../kernel/language/propertyId';
import { PROPERTIES } from '../kernel/properties/properties';
import { optionsAsJson } from '../scenario/format/makeScenario';
import { CliInputError } from './arguments';
import type { Terminal, ToolFolder } from './command';

/** How SPIN searches. */
export interface SpinOptions {
  readonly mode: 'exhaustive' | 'bitstate' | 'hash-compact' | 'swarm';
  /** Processes at a time. */
  readonly cores: number;
  /** The first and the last search of a swarm; each number is another order and another hash. */
  readonly jobs: readonly [first: number, last: number];
  readonly megabytes: number;
  readonly seconds: number;
  readonly properties: readonly PropertyId[];
}

/** The result, and the wanted properties that SPIN cannot check. */
interface SpinAnswer {
  readonly result: CheckResult;
  readonly unchecked: readonly PropertyId[];
}

const MISSING =
  '--engine spin: expected spin and gcc on this machine, got neither or one of them (Debian: apt-get install spin gcc libc6-dev)';
/** No run of 64 calls is longer. */
const MAX_DEPTH = 100_000;
const MODEL = 'model.pml';

/** The bits of a bitstate table that fills the memory of one search. */
function tableBits(megabytes: number): number {
  return Math.max(20, Math.min(38, Math.floor(Math.log2(megabytes)) + 23));
}

/**
 * Checks a program with SPIN: writes the model, compiles it, runs it, and replays each counterexample on our machine before
 * it counts. After a violation the search begins again without that property. Throws `CliInputError` without spin or gcc.
 */
export async function spinCheck(
  program: Program,
  title: string,
  options: SpinOptions,
  terminal: Terminal,
): Promise<SpinAnswer> {
  const { tools } = terminal;
  if (!tools) throw new CliInputError(MISSING);
  const begin = performance.now();
  const wanted = PROPERTIES.map(({ id }) => id).filter(
    (id) => options.properties.length === 0 || options.properties.includes(id),
  );
  const isParallel = options.cores > 1 && options.mode !== 'swarm';
  let checkable = statedProperties(program).filter(
    (id) => wanted.includes(id) && !(isParallel && id === 'lock-order'),
  );
  const found = new Map<PropertyId, Counterexample>();
  let report: PanReport | undefined;
  const folder = tools.makeFolder();
  const removeListener = terminal.onInterrupt?.(() => folder.interrupt());
  try {
    for (;;) {
      const open = checkable.filter((id) => !found.has(id));
      if (open.length === 0) break;
      const left = options.seconds - (performance.now() - begin) / 1000;
      if (left <= 0 && report) {
        report = { ...report, stoppedBy: 'time' };
        break;
      }
      const searched = await search(
        program,
        title,
        open,
        { ...options, seconds: left },
        folder,
        terminal,
      );
      if (searched === 'no-deadlock') {
        checkable = checkable.filter((id) => id !== searched);
        continue;
      }
      report = searched.report;
      if (searched.trail === undefined) break;
      const confirmed = confirmSchedule(program, scheduleOfTrail(searched.trail, program), open);
      if (confirmed) found.set(confirmed.property, confirmed.counterexample);
      // Lock orders of several runs together are the only violation that one run need not show.
      else if (open.includes('lock-order'))
        checkable = checkable.filter((id) => id !== 'lock-order');
      else throw new Error(`SPIN reports a violation that no run shows: ${open.join(', ')}`);
    }
  } finally {
    removeListener?.();
    folder.remove();
    terminal.progress?.('');
  }
  const isDone = checkable.every((id) => found.has(id));
  const stoppedBy = isDone && found.size > 0 ? 'violation' : boundOf(options, report);
  const result = spinResult(
    program,
    options,
    { wanted, checkable, found },
    report,
    stoppedBy,
    begin,
  );
  return {
    result,
    unchecked: result.properties
      .filter(({ id, status }) => status === 'incomplete' && !checkable.includes(id))
      .map(({ id }) => id),
  };
}

/** One search for any of the properties; with the trail of the first violation. Or the property for which the model is too long. */
async function search(
  program: Program,
  title: string,
  properties: readonly PropertyId[],
  options: SpinOptions,
  folder: ToolFolder,
  terminal: Terminal,
): Promise<{ readonly report: PanReport; readonly trail: string | undefined } | 'no-deadlock'> {
  const { mode, cores, jobs, megabytes, seconds } = options;
  const isParallel = cores > 1 && mode !== 'swarm';
  const seesDeadlocks = properties.includes('no-deadlock');
  folder.write(MODEL, spinModel(program, title, { wanted: properties, isParallel, seesDeadlocks }));
  const generated = await folder.run('spin', ['-a', MODEL], {});
  if (generated.status === undefined) throw new CliInputError(MISSING);
  if (seesDeadlocks && generated.output.includes('d_step sequence too long')) return 'no-deadlock';
  if (generated.status !== 0) throw new Error(`spin -a failed:\n${generated.output}`);
  const flags = [
    '-O2',
    '-w',
    '-DSAFETY',
    '-DNOREDUCE',
    '-DVECTORSZ=8192',
    ...(mode === 'bitstate' || mode === 'swarm' ? ['-DBITSTATE'] : [`-DMEMLIM=${megabytes}`]),
    ...(mode === 'swarm' ? ['-DT_RAND', '-DP_RAND'] : []),
    ...(mode === 'hash-compact' ? ['-DHC4'] : []),
    ...(isParallel ? [`-DNCORE=${cores}`, '-DFULL_TRAIL'] : []),
  ];
  const compiled = await folder.run('gcc', [...flags, '-o', 'pan', 'pan.c'], {});
  if (compiled.status === undefined) throw new CliInputError(MISSING);
  if (compiled.status !== 0) throw new Error(`gcc failed:\n${compiled.output}`);
  const [firstJob, lastJob] = jobs;
  const parallel = mode === 'swarm' ? Math.min(cores, lastJob - firstJob + 1) : 1;
  const bits =
    mode === 'bitstate'
      ? tableBits(megabytes)
      : mode === 'swarm'
        ? tableBits(megabytes / parallel)
        : Math.min(26, tableBits(megabytes) - 8);
  // Every search of a swarm gets its part of the time, so that all of them run.
  const rounds = mode === 'swarm' ? Math.ceil((lastJob - firstJob + 1) / parallel) : 1;
  const limits = [`-m${MAX_DEPTH}`, `-w${bits}`];
  const onOutput = (text: string): void => {
    const states = [...text.matchAll(/States=\s*([\d.]+(?:e\+\d+)?)/g)].at(-1)?.[1];
    if (states !== undefined)
      terminal.progress?.(`${groupThousands(Math.round(Number(states)))} states (spin, ${mode})`);
  };
  const reports: PanReport[] = [];
  let trail: string | undefined;
  let next = firstJob;
  const worker = async (): Promise<void> => {
    while (next <= lastJob && trail === undefined) {
      const job = next++;
      // Each job of a swarm writes its own trail; a multi-core search looks for the model beside it.
      const place = mode === 'swarm' ? folder.subfolder(`job${job}`) : folder;
      const seed = mode === 'swarm' ? [`-h${((job - 1) % 499) + 1}`, `-RS${job}`] : [];
      const ran = await place.run(mode === 'swarm' ? '../pan' : './pan', [...limits, ...seed], {
        seconds: seconds / rounds,
        onOutput,
      });
      const report = readPanReport(ran.output);
      if (!report) throw new Error(`pan ended without totals:\n${ran.output.slice(-2000)}`);
      reports.push(ran.timedOut ? { ...report, stoppedBy: 'time' } : report);
      if (report.errors > 0) trail ??= place.take(/trail$/);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  const largest = reports.toSorted((a, b) => b.states - a.states)[0];
  if (!largest) throw new Error('no search ran');
  if (reports.some(({ errors }) => errors > 0) && trail === undefined)
    throw new Error('pan reports an error and wrote no trail');
  return { report: largest, trail };
}

/** What bounds the answer, if no violation was found. */
function boundOf({ mode }: SpinOptions, report: PanReport | undefined): StoppedBy | undefined {
  if (report?.stoppedBy) return report.stoppedBy;
  if (mode !== 'exhaustive') return mode === 'hash-compact' ? 'hash-compact' : 'bitstate';
  return undefined;
}

interface SpinFindings {
  readonly wanted: readonly PropertyId[];
  readonly checkable: readonly PropertyId[];
  readonly found: ReadonlyMap<PropertyId, Counterexample>;
}

function spinResult(
  program: Program,
  { mode, cores, jobs, megabytes }: SpinOptions,
  { wanted, checkable, found }: SpinFindings,
  report: PanReport | undefined,
  stoppedBy: StoppedBy | undefined,
  begin: number,
): CheckResult {
  const properties = PROPERTIES.filter(({ id }) => wanted.includes(id)).map(
    ({ id, appliesTo }): CheckResult['properties'][number] => {
      const witness = found.get(id);
      if (witness) return { id, status: 'violated', witness };
      if (!appliesTo(program)) return { id, status: 'not-applicable' };
      const isSure = stoppedBy === undefined && checkable.includes(id);
      return { id, status: isSure ? 'holds' : 'incomplete' };
    },
  );
  const isUnsure = properties.some(({ status }) => status === 'incomplete');
  const isStopped = ['memory', 'time', 'violation'].includes(stoppedBy ?? '');
  return {
    format: 'vfio-playground/check@1',
    design: program.design.id,
    ...(program.design.modified ? { modified: true } : {}),
    options: optionsAsJson(program.options),
    verdict: found.size > 0 ? 'violated' : isUnsure ? 'incomplete' : 'holds',
    coverage: stoppedBy === undefined ? 'complete' : isStopped ? 'stopped' : 'bounded',
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
    states: Math.round(report?.states ?? 0),
    transitions: Math.round(report?.transitions ?? 0),
    depth: report?.depth ?? 0,
    seconds: Math.round(performance.now() - begin) / 1000,
    engine: 'spin',
    spin: { mode, cores, ...(mode === 'swarm' ? { jobs: jobs[1] - jobs[0] + 1 } : {}), megabytes },
    properties,
    outcomes: [],
  };
}
