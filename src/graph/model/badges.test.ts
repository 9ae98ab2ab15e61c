import { describe, expect, it } from 'vitest';
import { initialState, makeEventBuffer, readEvents, step } from '../../kernel/machine/machine';
import { testProgram } from '../testing/testDesign';
import { badgesOf, type StepRecord } from './badges';

const program = testProgram();

describe('badgesOf', () => {
  it('keeps a refusal until a task starts another call', () => {
    const state = initialState(program);
    const run: StepRecord[] = [];
    const stepTask = (name: string): readonly string[] => {
      const task = program.tasks.findIndex((candidate) => candidate.name === name);
      const executed = program.tasks[task]?.steps[state[program.tasks[task]?.pc ?? -1] ?? -1];
      const buffer = makeEventBuffer();
      step(program, state, task, buffer);
      run.push({
        program,
        task,
        step: executed,
        events: readEvents(program, buffer),
        violations: [],
      });
      return (badgesOf(run).get('vfio0') ?? []).map((badge) => `${badge.title} ${badge.text}`);
    };
    for (const name of ['a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'b', 'b', 'b', 'b']) stepTask(name);
    expect(stepTask('b')).toEqual(['-EBUSY b: bound']);
    expect(stepTask('b')).toEqual(['-EBUSY b: bound']);
    expect(stepTask('a')).toEqual([]);
  });
});
