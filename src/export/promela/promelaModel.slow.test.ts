import { describe, expect, it } from 'vitest';
import { randomProgram } from '../../explore/testing/randomProgram';
import { seededRandom } from '../../scenario/run/seededRandom';
import { evaluate } from '../../kernel/language/expressions';
import { isEnabled, initialState, step } from '../../kernel/machine/machine';
import type { Program } from '../../kernel/compiler/program';
import type { Statement } from '../../kernel/language/statements';
import { LIBRARY } from '../../scenario/library/library';
import { startScenarioRun } from '../../scenario/run/scenarioRun';
import { promelaModel } from './promelaModel';
import { stepOutcomes } from './stepOutcomes';

function runStatements(body: readonly Statement[], state: Int32Array): void {
  for (const s of body) {
    if (s.op === 'set') state[s.field] = evaluate(s.value, state);
    if (s.op === 'if') runStatements(evaluate(s.cond, state) === 0 ? s.otherwise : s.then, state);
    if (s.op === 'jump') throw new Error('an outcome has no jumps');
  }
}

/** Walks at random and compares the outcomes of every step with the machine; yields how many steps had several. */
function compareOutcomes(program: Program, draw: (below: number) => number, walks: number): number {
  let split = 0;
  const known = new Map<readonly Statement[], ReturnType<typeof stepOutcomes>>();
  for (let walk = 0; walk < walks; walk++) {
    const state = initialState(program);
    for (let at = 0; at < 400; at++) {
      const able = program.tasks.filter((t) => isEnabled(program, state, t.index));
      const task = able[draw(Math.max(1, able.length))];
      if (!task) break;
      const pc = state[task.pc] ?? 0;
      const body = task.steps[pc]?.body ?? [];
      const outcomes = known.get(body) ?? stepOutcomes(program, body, pc + 1);
      known.set(body, outcomes);
      const taken = outcomes.filter((o) => evaluate(o.when, state) !== 0);
      if (outcomes.length > 1) split++;
      expect(taken, `${task.steps[pc]?.name}`).toHaveLength(1);
      const ours = state.slice();
      runStatements(taken[0]?.body ?? [], ours);
      ours[task.pc] = taken[0]?.target ?? -1;
      step(program, state, task.index);
      expect(ours.subarray(0, program.fields.length)).toEqual(
        state.subarray(0, program.fields.length),
      );
    }
  }
  return split;
}

const programs = LIBRARY.flatMap((entry) =>
  entry.variants.map((scenario) => ({
    name: `${scenario.design} ${entry.id}`,
    program: startScenarioRun(scenario).program,
    title: scenario.title,
  })),
);

describe('the outcomes of a step', () => {
  it('do what the machine does, on random programs', () => {
    let split = 0;
    for (let seed = 0; seed < 200; seed++)
      split += compareOutcomes(randomProgram(seededRandom(seed)), seededRandom(seed + 7), 3);
    expect(split).toBeGreaterThan(200);
  });

  it('do what the machine does, in every design and built-in scenario', () => {
    for (const { program } of programs) compareOutcomes(program, seededRandom(3), 2);
    expect(programs.length).toBeGreaterThan(0);
  });
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
