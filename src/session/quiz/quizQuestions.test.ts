import { expect, it } from 'vitest';
import { scenarioVariant } from '../../scenario/library/builtInScenario';
import { LIBRARY } from '../../scenario/library/library';
import { callResult } from '../../kernel/machine/machine';
import { branchPath, snapshotAt } from '../trace/replay';
import { openScenario } from '../trace/openScenario';
import { firstQuestion, questionAfter, type QuizQuestion } from './quizQuestions';
import { freshRun, type Run } from '../trace/run';

function questionsOf(run: Run): readonly QuizQuestion[] {
  const questions: QuizQuestion[] = [];
  for (
    let question = firstQuestion({ run }, 0);
    question;
    question = questionAfter({ run }, question)
  )
    questions.push(question);
  return questions;
}

function openedRun(id: string, design: string): Run {
  const entry = LIBRARY.find((each) => each.id === id);
  const told = entry && scenarioVariant(entry, design, {});
  const result = told?.ok ? openScenario(told.scenario, id) : undefined;
  return result?.ok ? result.run : expect.fail(`${id} does not open in ${design}`);
}

it(
  'asks only what has one right answer among its choices, before it is seen',
  { timeout: 60_000 },
  () => {
    for (const { id, designs } of LIBRARY) {
      const run = openedRun(id, designs[0] ?? '');
      for (const question of questionsOf(run)) {
        expect(new Set(question.choices).size).toBe(question.choices.length);
        expect(question.choices.filter((choice) => choice === question.correctChoice)).toHaveLength(
          1,
        );
        expect(question.choices.length).toBeGreaterThan(1);
        expect(question.answerDepth).toBeGreaterThan(question.askDepth);
        if (question.kind !== 'return') continue;
        const moment = branchPath({ run })[question.answerDepth];
        const frame = moment ? snapshotAt(moment) : expect.fail('no moment');
        const errno = callResult(frame.program, frame.state, frame.step?.call ?? -1);
        expect(question.correctChoice).toBe(errno === 0 ? '0' : `-${errno}`);
      }
    }
  },
);

it('asks about the bind that loses the race, and names the step that refuses it', () => {
  const refused = questionsOf(openedRun('bind-race', 'upstream')).find(
    ({ correctChoice: right }) => right === '-EINVAL',
  );
  expect(refused?.text).toContain('dpdk is about to call bind_iommufd');
  expect(refused?.step?.name).toContain('bind_iommufd/BIND.');
});

it('asks nothing of a run that holds nothing', () => {
  const run = openedRun('cdev-path', 'upstream');
  expect(firstQuestion({ run: freshRun(run.setup) }, 0)).toBeUndefined();
});
