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
  const variant = entry && scenarioVariant(entry, design, {});
  const result = variant?.ok ? openScenario(variant.scenario, id) : undefined;
  return result?.ok ? result.run : expect.fail(`${id} does not open in ${design}`);
}

it(
  'asks questions with one correct answer among the choices, before the branch shows it',
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
        const node = branchPath({ run })[question.answerDepth] ?? expect.fail('no trace node');
        const { program, state, step } = snapshotAt(node);
        const errno = callResult(program, state, step?.call ?? -1);
        expect(question.correctChoice).toBe(errno === 0 ? '0' : `-${errno}`);
      }
    }
  },
);

it('asks about the bind that loses the race and names the step that fails', () => {
  const question = questionsOf(openedRun('bind-race', 'upstream')).find(
    ({ correctChoice }) => correctChoice === '-EINVAL',
  );
  expect(question?.text).toContain('dpdk is about to call bind_iommufd');
  expect(question?.step?.name).toContain('bind_iommufd/BIND.');
});

it('asks nothing about an empty run', () => {
  const run = openedRun('cdev-path', 'upstream');
  expect(firstQuestion({ run: freshRun(run.setup) }, 0)).toBeUndefined();
});
