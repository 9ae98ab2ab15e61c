import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { compile } from '../../kernel/compiler/compile';
import { defaultOptions, modelOf } from '../../kernel/compiler/designModel';
import type { CallBody, Design, Options, Routine } from '../../kernel/language/design';
import {
  isEnabled,
  enabled,
  initialState,
  makeEventBuffer,
  nextStep,
  step,
} from '../../kernel/machine/machine';
import type { PropertyId } from '../../kernel/language/propertyId';
import { LIBRARY } from '../library/library';
import { seededRandom } from './seededRandom';
import { randomScenario } from '../testing/randomScenario';
import { runStep, startScenarioRun, traceOf } from './scenarioRun';
import { runScenario } from './runScenario';
import type { Scenario } from '../format/scenario';
import { faultSweep, fileKindSweep, interleavingSweep } from '../testing/callSweeps';
import type { SweepCase } from '../testing/callSweeps';
import { DEAD_STEPS } from '../testing/deadSteps';

const reachedSteps = new Map<string, Set<string>>(DESIGNS.map((d) => [d.id, new Set()]));

function optionSets(design: Design): readonly Options[] {
  return [
    {},
    ...design.options.flatMap((o) =>
      o.values.slice(1).map((value): Options => ({ [o.id]: value })),
    ),
  ];
}

/** Runs a scenario in file order and returns its violations. */
function violationsOf(scenario: Scenario): readonly string[] {
  const outcome = runScenario(scenario);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.errors));
  for (const s of outcome.trace.steps) reachedSteps.get(scenario.design)!.add(s.step.name);
  return outcome.trace.steps.flatMap((s) => s.violations.map((v) => `${v.property}: ${v.text}`));
}

const asScenario = (
  design: Design,
  options: Options,
  { world, calls, about }: SweepCase,
): Scenario => ({
  title: about,
  about: '',
  design: design.id,
  options,
  world,
  calls,
  schedule: 'sequential',
  beats: [],
  expect: undefined,
});

/** Properties that a single process can violate in a design, with or without faults. */
const SINGLE_PROCESS_VIOLATIONS: Readonly<Record<string, readonly PropertyId[]>> = {
  // Its open op runs before the bind, and its error paths are wrong (findings R4 and R6).
  'rfc-opened': ['no-ops-before-bind', 'clean-unwind', 'counters', 'memory'],
};

/** What the sweep finds: in v6.6 found by reading, not run; in the parked designs what an option shows. */
const KNOWN_FINDINGS = [
  // ATTACH of an attached device replaces its page table. If the new id cannot be copied to user space, the device is detached, not reattached to the old one.
  {
    design: 'upstream',
    about: 'attach_ioas with a fault at ATTACH.5',
    text: "clean-unwind: p's attach_ioas returned -EFAULT",
  },
  // Nothing refuses a kernel driver in a group that user space owns, or whose container is type1 without a claim: a BUG_ON.
  ...['probe_driver', 'probe_driver with a fault at PROBE.3'].flatMap((about) =>
    ['rfc-opened', 'parked-split'].map((design) => ({
      design,
      about,
      text: 'dma-owner: driver hits a BUG_ON',
    })),
  ),
  // The registration reference is taken before cdev_device_add(), which fails.
  ...['parked-shim', 'parked-split'].map((design) => ({
    design,
    about: 'register_device with a fault at REG.7b',
    text: 'counters: vfio0.refcount is 1, but nothing holds it',
  })),
];

describe('the library', () => {
  it.each(LIBRARY)('runs every variant of $id', ({ variants }) => {
    for (const variant of variants)
      expect(violationsOf(variant).length > 0).toBe((variant.expect?.violations?.length ?? 0) > 0);
  });
});

/** Options that change the path of a single process. */
const isSwept = (options: Options): boolean =>
  !['perDeviceCheck', 'delBeforeWait', 'kvm'].some((o) => o in options) &&
  options['extraState'] !== 'perDeviceUnlocked';

describe.each(
  DESIGNS.flatMap((design) =>
    optionSets(design)
      .filter(isSwept)
      .map((options) => ({ design, options, name: `${design.id} ${JSON.stringify(options)}` })),
  ),
)('$name', ({ design, options }) => {
  it('releases everything, whatever fails', () => {
    const allowed = new Set<string>([
      ...(SINGLE_PROCESS_VIOLATIONS[design.id] ?? []),
      ...(options['groupFdStartsParked'] === 'false' ? ['no-ops-before-bind'] : []),
    ]);
    const unexpected = faultSweep(design, { ...defaultOptions(design), ...options }).flatMap(
      (sweep) =>
        violationsOf(asScenario(design, options, sweep))
          .filter(
            (v) =>
              !allowed.has(v.slice(0, v.indexOf(':'))) &&
              !KNOWN_FINDINGS.some(
                (f) => f.design === design.id && f.about === sweep.about && v.startsWith(f.text),
              ),
          )
          .map((v) => `${sweep.about}: ${v}`),
    );
    expect(unexpected).toEqual([]);
  });
});

describe.each(DESIGNS)('$id', (design) => {
  it('handles every call on every kind of file', () => {
    const allowed = new Set<string>([
      ...(SINGLE_PROCESS_VIOLATIONS[design.id] ?? []),
      ...(design.id === 'parked-split' ? ['path-exclusive', 'dma-owner'] : []),
    ]);
    const unexpected = fileKindSweep().flatMap((sweep) =>
      violationsOf(asScenario(design, {}, sweep))
        .filter((v) => !allowed.has(v.slice(0, v.indexOf(':'))))
        .map((v) => `${sweep.about}: ${v}`),
    );
    expect(unexpected).toEqual([]);
  });
});

describe.each(DESIGNS.filter((d) => interleavingSweep(d.id).length > 0))('$id', (design) => {
  it.each(interleavingSweep(design.id))('reaches: $about', ({ schedule: turns = [], ...sweep }) => {
    const run = startScenarioRun(asScenario(design, {}, sweep));
    for (const [name, until] of turns) {
      const task = run.program.tasks.findIndex((t) => t.name === name);
      while (
        isEnabled(run.program, run.state, task) &&
        nextStep(run.program, run.state, task)?.id !== until
      )
        reachedSteps.get(design.id)!.add(runStep(run, task).step.name);
      if (until !== undefined) expect(nextStep(run.program, run.state, task)?.id).toBe(until);
    }
    expect(enabled(run.program, run.state)).toEqual([]);
  });
});

/** Steps of the random runs of all designs together. */
const RANDOM_STEPS = 1_000_000;
const RUNS_PER_PROGRAM = 500;

describe('random runs', () => {
  it.each(DESIGNS)('of $id keep fields in range and end', (design) => {
    const sets = optionSets(design);
    const events = makeEventBuffer();
    for (let seed = 1, made = 0; made < RANDOM_STEPS / DESIGNS.length; seed++) {
      const options = sets[seed % sets.length]!;
      try {
        made += randomRuns(design, options, seed, events);
      } catch (error) {
        throw new Error(`seed ${seed} of ${design.id} ${JSON.stringify(options)}`, {
          cause: error,
        });
      }
    }
    expect(reachedSteps.get(design.id)!.size).toBeGreaterThan(100);
  });
});

/** Runs one random scenario many times. Returns the number of steps. */
function randomRuns(
  design: Design,
  options: Options,
  seed: number,
  events: ReturnType<typeof makeEventBuffer>,
): number {
  const scenario = randomScenario(seed, design, options);
  const program = compile(design, options, scenario.world, scenario.calls);
  const below = seededRandom(seed);
  const seen = reachedSteps.get(design.id)!;
  let made = 0;
  for (let run = 0; run < RUNS_PER_PROGRAM; run++) {
    const state = initialState(program);
    let steps = 0;
    for (
      let runnable = enabled(program, state);
      runnable.length > 0;
      runnable = enabled(program, state)
    ) {
      const task = runnable[below(runnable.length)]!;
      seen.add(nextStep(program, state, task)!.name);
      step(program, state, task, run === 1 ? events : undefined);
      if (++steps > 20_000) throw new Error('the run does not end');
    }
    made += steps;
    for (const f of program.fields)
      if (state[f.index]! < f.lo || state[f.index]! > f.hi)
        throw new Error(`${f.title} is ${state[f.index]}, outside ${f.lo}..${f.hi}`);
  }
  // Once more with the texts of events.
  const run = startScenarioRun(scenario);
  for (
    let runnable = enabled(run.program, run.state);
    runnable.length > 0;
    runnable = enabled(run.program, run.state)
  )
    runStep(run, runnable[below(runnable.length)]!);
  const { steps } = traceOf(run);
  if (steps.some((s) => s.texts.some((t) => t === '' || /undefined|NaN/.test(t))))
    throw new Error('an incomplete event text');
  return made + steps.length;
}

describe.each(DESIGNS)('the steps of $id', (design) => {
  const names = new Set(
    optionSets(design).flatMap((options) => {
      const model = modelOf(design, options);
      const of = (address: string, r: Routine): string[] =>
        r.steps.map((s) => `${design.id}/${address}/${s.id}`);
      const bodies = (body: CallBody): Routine[] =>
        'steps' in body ? [body] : [...Object.values(body.byKind), body.other];
      return [
        ...Object.entries(model.calls).flatMap(([call, body]) =>
          bodies(body).flatMap((r) => of(call, r)),
        ),
        ...Object.entries(model.releases).flatMap(([kind, r]) => of(`release_${kind}`, r)),
      ];
    }),
  );
  const known = (name: string): boolean =>
    DEAD_STEPS.some(
      (u) => u.design === design.id && u.steps.some((pattern) => matches(pattern, name)),
    );

  it('are all reached by the library, a sweep or a random run, or listed as dead with a reason', () => {
    expect([...names].filter((n) => !reachedSteps.get(design.id)!.has(n) && !known(n))).toEqual([]);
  });

  it('are not listed as dead if they are reached or do not exist', () => {
    const listed = DEAD_STEPS.filter((u) => u.design === design.id).flatMap((u) => u.steps);
    expect([...names].filter((n) => reachedSteps.get(design.id)!.has(n) && known(n))).toEqual([]);
    expect(listed.filter((pattern) => ![...names].some((n) => matches(pattern, n)))).toEqual([]);
  });
});

/** The pattern `get_device_fd/GDF.U5:*` matches every step with this prefix. */
function matches(pattern: string, name: string): boolean {
  const address = name.slice(name.indexOf('/') + 1);
  return pattern.endsWith('*') ? address.startsWith(pattern.slice(0, -1)) : address === pattern;
}
