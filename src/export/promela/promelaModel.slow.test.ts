import { describe, expect, it } from 'vitest';
import { randomProgram } from '../../explore/testing/randomProgram';
import { seededRandom } from '../../scenario/run/seededRandom';
import { isEnabled, initialState, step } from '../../kernel/machine/machine';
import type { Program, Step } from '../../kernel/compiler/program';
import { LIBRARY } from '../../scenario/library/library';
import { startScenarioRun } from '../../scenario/run/scenarioRun';
import { promelaModel } from './promelaModel';
import { stepTargets } from './stepTargets';

/** Walks at random and compares the targets of every step with the machine; yields how many steps had several. */
function compareTargets(program: Program, draw: (below: number) => number, walks: number): number {
  let several = 0;
  for (let walk = 0; walk < walks; walk++) {
    const state = initialState(program);
    for (let at = 0; at < 400; at++) {
      const able = program.tasks.filter((t) => isEnabled(program, state, t.index));
      const task = able[draw(Math.max(1, able.length))];
      const taken = task?.steps[state[task.pc] ?? 0];
      if (!task || !taken) break;
      const targets = stepTargets(program, taken);
      if (targets.length > 1) several++;
      step(program, state, task.index);
      expect(targets, taken.name).toContain(state[task.pc]);
    }
  }
  return several;
}

const programs = LIBRARY.flatMap((entry) =>
  entry.variants.map((scenario) => ({
    name: `${scenario.design} ${entry.id}`,
    program: startScenarioRun(scenario).program,
    title: scenario.title,
  })),
);

describe('the targets of a step', () => {
  it('are where the machine goes, on random programs', () => {
    let several = 0;
    for (let seed = 0; seed < 200; seed++)
      several += compareTargets(randomProgram(seededRandom(seed)), seededRandom(seed + 7), 3);
    expect(several).toBeGreaterThan(200);
  });

  it('are where the machine goes, in every design and built-in scenario', () => {
    for (const { program } of programs) compareTargets(program, seededRandom(3), 2);
    expect(programs.length).toBeGreaterThan(0);
  });

  it('let the model grow with the program, not with the paths through a step', () => {
    // With twice as much SPIN takes minutes, then refuses: "d_step sequence too long".
    for (const { name, program, title } of programs)
      expect(promelaModel(program, title).length, name).toBeLessThan(3_000_000);
  });
});

it('leaves the pc of the jump at the end of a step, although a branch jumps to the next one', () => {
  const program = randomProgram(seededRandom(1));
  const [task = expect.fail('no task'), ...others] = program.tasks;
  const [first = expect.fail('no step'), ...rest] = task.steps;
  const body: Step['body'] = [
    {
      op: 'if',
      cond: { op: 'eq', a: { op: 'field', field: 0 }, b: { op: 'const', value: 1 } },
      then: [{ op: 'jump', pc: first.pc + 1 }],
      otherwise: [],
    },
    { op: 'jump', pc: first.pc + 2 },
  ];
  const text = promelaModel({
    ...program,
    tasks: [{ ...task, steps: [{ ...first, body }, ...rest] }, ...others],
  });
  const [, pc] = / = (\d+);\n +out_\w+: skip/.exec(text) ?? [];
  expect(Number(pc)).toBe(first.pc + 2);
});

// Each design a few times.
describe.each(
  programs.filter(
    (p, i) =>
      programs.filter((o, at) => at < i && o.program.design === p.program.design).length < 3,
  ),
)('the SPIN model of $name', ({ program, title }) => {
  const text = promelaModel(program, title);

  it('has one process per task and one label per step, and is plain ASCII', () => {
    expect(text).toMatch(/^[\n -~]*$/);
    expect(text.match(/^active proctype/gm)).toHaveLength(program.tasks.length + 1);
    const labels = text.match(/^(?:end_\w+: )?\w+:(?=$)/gm) ?? [];
    expect(labels.length).toBe(program.tasks.reduce((sum, t) => sum + t.steps.length, 0) + 1);
    expect(
      new Set(
        text
          .match(/goto \w+/g)
          ?.map((g) => g.slice(5))
          .filter((g) => g !== 'done' && !new RegExp(`(^| )${g}:`, 'm').test(text)),
      ),
    ).toEqual(new Set());
  });

  it('is the same each time', () => {
    expect(promelaModel(program, title)).toBe(text);
  });
});
