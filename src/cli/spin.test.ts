import { describe, expect, it } from 'vitest';
import { stepTargets } from '../export/promela/stepTargets';
import { initialState, isEnabled, nextStep, step } from '../kernel/machine/machine';
import { libraryEntry } from '../scenario/library/library';
import { runScenario } from '../scenario/run/runScenario';
import { startScenarioRun } from '../scenario/run/scenarioRun';
import type { ToolFolder, Tools } from './command';
import { runInMemory } from './testing/runInMemory';

const TOTALS = `
State-vector 60 byte, depth reached 57, errors: 0
 1.234e+08 states, stored
      770 states, matched
     1637 transitions (= stored+matched)
`;

interface FakePan {
  readonly output: string;
  readonly trail?: string;
}

/** Tools without processes: pan prints these reports, one per run. The last one repeats. */
function fakeTools(pans: readonly FakePan[], commands: string[] = []): Tools {
  let runs = 0;
  const folder: ToolFolder = {
    write: (name, text) => commands.push(`write ${name} ${text.length > 0}`),
    take: () => pans[Math.min(runs, pans.length) - 1]?.trail,
    subfolder: () => folder,
    interrupt: () => {},
    remove: () => commands.push('remove'),
    run: async (program, args) => {
      commands.push([program, ...args].join(' '));
      if (!program.endsWith('pan')) return { status: 0, output: '', timedOut: false };
      runs++;
      return {
        status: 0,
        output: pans[Math.min(runs, pans.length) - 1]?.output ?? '',
        timedOut: false,
      };
    },
  };
  return { cores: 2, makeFolder: () => folder };
}

async function checkJson(
  command: string,
  tools: Tools,
): Promise<{ status: number; err: string; result: Record<string, unknown> }> {
  const { status, out, err } = await runInMemory(`${command} --json`, '', { tools });
  return { status, err, result: JSON.parse(out) as Record<string, unknown> };
}

/** The trail of the scenario's own run, as pan writes it: one more line where a step has several targets. */
function trailOf(id: string): string {
  const outcome = runScenario(libraryEntry(id)?.scenario ?? expect.fail(id));
  if (!outcome.ok) throw new Error(outcome.errors[0]?.message);
  const { program, schedule } = outcome.trace;
  const state = initialState(program);
  const processes = schedule.flatMap((task) => {
    const taken = nextStep(program, state, task) ?? expect.fail('no step');
    step(program, state, task);
    return stepTargets(program, taken).length > 1 ? [task, task] : [task];
  });
  return `-4:-4:-4\n${processes.map((process, i) => `${i + 1}:${process}:7`).join('\n')}\n`;
}

const VIOLATED = TOTALS.replace('errors: 0', 'errors: 1');

describe('check --engine spin', () => {
  it('holds only after a whole search', async () => {
    const command = 'check bind-race --engine spin --property memory';
    const whole = await checkJson(command, fakeTools([{ output: TOTALS }]));
    expect(whole).toMatchObject({
      status: 0,
      result: { verdict: 'holds', coverage: 'complete', states: 123_400_000, engine: 'spin' },
    });
    for (const [mode, bound] of [
      ['--bitstate', 'bitstate'],
      ['--hash-compact', 'hash-compact'],
      ['--swarm 3', 'bitstate'],
    ])
      expect(await checkJson(`${command} ${mode}`, fakeTools([{ output: TOTALS }]))).toMatchObject({
        status: 3,
        result: {
          verdict: 'incomplete',
          coverage: 'bounded',
          stoppedBy: bound,
          properties: [{ id: 'memory', status: 'incomplete' }],
        },
      });
  });

  it.each([
    ['pan: reached -DMEMLIM bound', 'stopped', 'memory'],
    ['Interrupted', 'stopped', 'time'],
    ['error: max search depth too small', 'bounded', 'depth'],
  ])('says what ended a search: %s', async (line, coverage, stoppedBy) => {
    const tools = fakeTools([{ output: `${line}\n${TOTALS}` }]);
    expect(await checkJson('check bind-race --engine spin --property memory', tools)).toMatchObject(
      { status: 3, result: { coverage, stoppedBy } },
    );
  });

  it('replays a counterexample before it counts, and goes on without its property', async () => {
    const commands: string[] = [];
    const tools = fakeTools(
      [{ output: VIOLATED, trail: trailOf('split-race') }, { output: TOTALS }],
      commands,
    );
    const { status, result } = await checkJson(
      'check split-race --engine spin --property dma-owner --property memory',
      tools,
    );
    expect([status, result['verdict']]).toEqual([1, 'violated']);
    const [found] = (
      result['properties'] as { id: string; witness?: { schedule: string[] } }[]
    ).filter(({ id }) => id === 'dma-owner');
    const run = startScenarioRun(libraryEntry('split-race')!.scenario);
    const state = initialState(run.program);
    for (const entry of found?.witness?.schedule ?? expect.fail('no schedule')) {
      const [name, count = '1'] = entry.split('*');
      const task = run.program.tasks.findIndex((each) => each.name === name);
      for (let n = 0; n < Number(count); n++) {
        expect(isEnabled(run.program, state, task)).toBe(true);
        step(run.program, state, task);
      }
    }
    expect(commands.filter((each) => each.startsWith('./pan'))).toHaveLength(2);
    expect(commands.at(-1)).toBe('remove');
  });

  it('does not believe a trail that shows no violation', async () => {
    const tools = fakeTools([{ output: VIOLATED, trail: '1:0:7\n2:1:7\n' }]);
    await expect(
      runInMemory('check bind-race --engine spin --property memory', '', { tools }),
    ).rejects.toThrow('SPIN reports a violation that no run shows: memory');
  });

  it('numbers the searches of a swarm', async () => {
    const commands: string[] = [];
    await checkJson(
      'check bind-race --engine spin --swarm 65-67 --memory 512 --property memory',
      fakeTools([{ output: TOTALS }], commands),
    );
    expect(commands.filter((each) => each.startsWith('../pan')).toSorted()).toEqual([
      '../pan -m100000 -w31 -h65 -RS65',
      '../pan -m100000 -w31 -h66 -RS66',
      '../pan -m100000 -w31 -h67 -RS67',
    ]);
  });

  it('shares the time among the searches of a swarm', async () => {
    const tools = fakeTools([{ output: TOTALS }]);
    const folder = tools.makeFolder();
    const seconds: (number | undefined)[] = [];
    const timed: ToolFolder = {
      ...folder,
      subfolder: () => timed,
      run: (program, args, options) => {
        if (program === '../pan') seconds.push(options.seconds);
        return folder.run(program, args, options);
      },
    };
    await checkJson(
      'check bind-race --engine spin --swarm 3 --cores 2 --max-seconds 60 --property memory',
      { ...tools, makeFolder: () => timed },
    );
    expect(seconds).toHaveLength(3);
    for (const each of seconds) expect(each).toBeLessThanOrEqual(30);
  });

  it('names the packages where spin or gcc is missing', async () => {
    const none = await runInMemory('check bind-race --engine spin');
    expect([none.status, none.err]).toEqual([
      2,
      expect.stringContaining('apt-get install spin gcc libc6-dev'),
    ]);
    const tools = fakeTools([]);
    const folder = {
      ...tools.makeFolder(),
      run: async () => ({ status: undefined, output: '', timedOut: false }),
    };
    expect(
      (
        await runInMemory('check bind-race --engine spin', '', {
          tools: { cores: 1, makeFolder: () => folder },
        })
      ).status,
    ).toBe(2);
  });

  it.each([
    ['--bitstate', '--bitstate: expected --engine spin with it, got it alone\n'],
    [
      '--engine spin --bitstate --swarm 2',
      '--engine spin: expected one of --bitstate, --hash-compact and --swarm, got bitstate and swarm\n',
    ],
    ['--engine spin --reduce', '--reduce: expected --engine wasm or bytecode with it, got spin\n'],
    [
      '--engine spin --max-memory 3',
      '--max-memory: expected --engine wasm or bytecode with it, got spin, which takes --memory\n',
    ],
    [
      '--engine spin --swarm 9-3',
      '--swarm: expected a number of searches, or a part of them as 33-64, got "9-3"\n',
    ],
    ['--engine spin --cores 0', '--cores: expected an integer from 1 to 64, got "0"\n'],
  ])('refuses %s', async (options, message) => {
    const { status, err } = await runInMemory(`check bind-race ${options}`);
    expect([status, err]).toEqual([2, message]);
  });
});
