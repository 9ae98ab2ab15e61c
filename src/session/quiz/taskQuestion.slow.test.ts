import { describe, expect, it } from 'vitest';
import { callResult, callStatus, enabled, step } from '../../kernel/machine/machine';
import { scenarioVariant } from '../../scenario/library/builtInScenario';
import { LIBRARY } from '../../scenario/library/library';
import { branchPath, currentSnapshot, snapshotAt } from '../trace/replay';
import { openScenario } from '../trace/openScenario';
import { createSession } from '../store/session';
import { taskQuestions } from './taskQuestion';
import { returnToQuestion, showAlternative } from './showAlternative';
import { currentBranch, type Run } from '../trace/run';

function openedRun(id: string, design: string): Run {
  const entry = LIBRARY.find((each) => each.id === id);
  const variant = entry && scenarioVariant(entry, design, {});
  const result = variant?.ok ? openScenario(variant.scenario, id) : undefined;
  return result?.ok ? result.run : expect.fail(`${id} does not open in ${design}`);
}

function questionOf(run: Run, ask: number) {
  return (
    taskQuestions(branchPath({ run })).find((each) => each.askDepth === ask) ??
    expect.fail(`no question at ${ask}`)
  );
}

describe('which task must run next', () => {
  it('is asked at a contended lock, and the feedback names the lock that the other task would hold', () => {
    const [question] = taskQuestions(branchPath({ run: openedRun('double-bind', 'upstream') }));
    expect(question).toMatchObject({
      correctChoice: 'qemu',
      choices: ['qemu', 'qemu/2'],
      text: 'Which task must run next for qemu/2’s bind_iommufd(fd1, iommufd1) to fail?',
      reason: 'Here qemu takes devset vfio0.lock.',
    });
    expect(question?.alternatives).toHaveLength(1);
    expect(question?.alternatives[0]?.text).toContain(
      'qemu waits for devset vfio0.lock, held by qemu/2; qemu/2’s bind_iommufd(fd1, iommufd1) succeeds.',
    );
  });

  it('is asked about whole calls between calls', () => {
    const question = questionOf(openedRun('bind-race', 'upstream'), 14);
    expect(question.text).toBe(
      'Which task must make its call next for dpdk’s bind_iommufd(fd2, iommufd2) to fail?',
    );
    expect(question.choiceDetails).toEqual([
      'bind_iommufd(fd1, iommufd1)',
      'bind_iommufd(fd2, iommufd2)',
    ]);
    expect(question.alternatives[0]?.text).toContain(
      'qemu’s bind_iommufd(fd1, iommufd1) fails at BIND.9: the device is already open',
    );
  });

  it('is asked about a race that violates a property', () => {
    const found = taskQuestions(
      branchPath({ run: openedRun('container-list-corruption', 'rfc-opened') }),
    ).find(({ outcome }) => outcome.kind === 'violation');
    expect(found?.text).toContain(
      'to be violated (found by reading the RFC of 2021-09-19, not run)?',
    );
    expect(found?.alternatives[0]?.text).toContain('the property holds to the end');
  });

  it('is not asked if only one task runs', () => {
    expect(taskQuestions(branchPath({ run: openedRun('cdev-path', 'upstream') }))).toEqual([]);
  });

  it('has one correct answer: a brute-force search after a wrong answer never finds the outcome', () => {
    let asked = 0;
    for (const { id, designs } of LIBRARY) {
      const run = openedRun(id, designs[0] ?? '');
      const path = branchPath({ run });
      for (const { askDepth: ask, correctChoice, choices, alternatives, outcome } of taskQuestions(
        path,
      )) {
        asked += 1;
        const node = path[ask] ?? expect.fail('no trace node');
        expect(choices.filter((choice) => choice === correctChoice)).toHaveLength(1);
        expect(choices).toHaveLength(alternatives.length + 1);
        expect(path[ask + 1]?.transition).toEqual({ kind: 'step', task: correctChoice });
        if (outcome.kind === 'violation') continue;
        const { program, state } = snapshotAt(node);
        const shows = (at: Int32Array): boolean =>
          callStatus(program, at, outcome.call.index) === 'done' &&
          (callResult(program, at, outcome.call.index) === 0) === (outcome.kind === 'success');
        for (const { tasks, choiceLength } of alternatives) {
          const from = state.slice();
          for (const name of tasks.slice(0, choiceLength))
            step(
              program,
              from,
              program.tasks.findIndex((task) => task.name === name),
            );
          const seen = new Set<string>();
          for (const open = [from]; open.length > 0;) {
            const at = open.pop() ?? from;
            if (seen.has(at.join())) continue;
            seen.add(at.join());
            if (shows(at)) expect.fail(`${id} ${ask}: a wrong answer leads there too`);
            for (const task of enabled(program, at)) {
              const next = at.slice();
              step(program, next, task);
              open.push(next);
            }
          }
        }
      }
    }
    expect(asked).toBeGreaterThan(15);
  });

  it('shows an alternative on a named branch and returns', () => {
    const run = openedRun('double-bind', 'upstream');
    const session = createSession(run.setup, run);
    const question = taskQuestions(branchPath({ run }))[0] ?? expect.fail('no question');
    const alternative = question.alternatives[0] ?? expect.fail('no alternative');
    showAlternative(session, question, alternative, run.branchId);
    const shown = session.getState().run;
    expect(currentBranch(shown)).toMatchObject({
      name: 'qemu/2 first',
      forkedFrom: { branch: run.branchId, depth: question.askDepth },
    });
    expect(shown.cursor).toBe(question.askDepth + 1);
    expect(currentSnapshot({ run: shown }).eventTexts).toContain('qemu/2 takes devset vfio0.lock');
    showAlternative(session, question, alternative, run.branchId);
    expect(session.getState().run.branches).toHaveLength(2);
    returnToQuestion(session, question, run.branchId);
    expect(session.getState().run).toMatchObject({
      branchId: run.branchId,
      cursor: question.answerDepth,
    });
  });
});
