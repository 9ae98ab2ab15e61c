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
  const told = entry && scenarioVariant(entry, design, {});
  const result = told?.ok ? openScenario(told.scenario, id) : undefined;
  return result?.ok ? result.run : expect.fail(`${id} does not open in ${design}`);
}

function questionOf(run: Run, ask: number) {
  return (
    taskQuestions(branchPath({ run })).find((each) => each.askDepth === ask) ??
    expect.fail(`no question at ${ask}`)
  );
}

describe('which task must run next', () => {
  it('is asked where two threads meet at a lock, and the answer names the lock that the other would hold', () => {
    const [question] = taskQuestions(branchPath({ run: openedRun('double-bind', 'upstream') }));
    expect(question).toMatchObject({
      correctChoice: 'qemu',
      choices: ['qemu', 'qemu/2'],
      text: 'Which task must run next for qemu/2’s bind_iommufd(fd1, iommufd1) to be refused?',
      reason: 'Here qemu takes devset vfio0.lock.',
    });
    expect(question?.alternatives).toHaveLength(1);
    expect(question?.alternatives[0]?.text).toContain(
      'qemu waits for devset vfio0.lock, held by qemu/2; qemu/2’s bind_iommufd(fd1, iommufd1) succeeds.',
    );
  });

  it('is asked of whole calls where the story makes one after the other', () => {
    const question = questionOf(openedRun('bind-race', 'upstream'), 14);
    expect(question.text).toBe(
      'Which task must make its call next for dpdk’s bind_iommufd(fd2, iommufd2) to be refused?',
    );
    expect(question.choiceDetails).toEqual([
      'bind_iommufd(fd1, iommufd1)',
      'bind_iommufd(fd2, iommufd2)',
    ]);
    expect(question.alternatives[0]?.text).toContain(
      'qemu’s bind_iommufd(fd1, iommufd1) is refused at BIND.9: the device is already open',
    );
  });

  it('is asked of a race that breaks a rule', () => {
    const found = taskQuestions(
      branchPath({ run: openedRun('container-list-corruption', 'rfc-opened') }),
    ).find(({ outcome }) => outcome.kind === 'violation');
    expect(found?.text).toContain('to be broken (found by reading, unconfirmed)?');
    expect(found?.alternatives[0]?.text).toContain('the rule holds to the end');
  });

  it('is not asked where one task runs alone', () => {
    expect(taskQuestions(branchPath({ run: openedRun('cdev-path', 'upstream') }))).toEqual([]);
  });

  it('has one right answer: by brute force, no order after another answer leads to what the right one leads to', () => {
    let asked = 0;
    for (const { id, designs } of LIBRARY) {
      const run = openedRun(id, designs[0] ?? '');
      const moments = branchPath({ run });
      for (const {
        askDepth: ask,
        correctChoice: right,
        choices,
        alternatives: others,
        outcome,
      } of taskQuestions(moments)) {
        asked += 1;
        const here = moments[ask] ?? expect.fail('no moment');
        expect(choices.filter((choice) => choice === right)).toHaveLength(1);
        expect(choices).toHaveLength(others.length + 1);
        expect(moments[ask + 1]?.transition).toEqual({ kind: 'step', task: right });
        if (outcome.kind === 'violation') continue;
        const { program, state } = snapshotAt(here);
        const shows = (at: Int32Array): boolean =>
          callStatus(program, at, outcome.call.index) === 'done' &&
          (callResult(program, at, outcome.call.index) === 0) === (outcome.kind === 'success');
        for (const { tasks: moves, choiceLength: chosen } of others) {
          const from = state.slice();
          for (const name of moves.slice(0, chosen))
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
            if (shows(at)) expect.fail(`${id} ${ask}: the other order leads there too`);
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

  it('shows the other way on a branch with its name, and leads back', () => {
    const run = openedRun('double-bind', 'upstream');
    const session = createSession(run.setup, run);
    const question = taskQuestions(branchPath({ run }))[0] ?? expect.fail('no question');
    const way = question.alternatives[0] ?? expect.fail('no other way');
    showAlternative(session, question, way, run.branchId);
    const away = session.getState().run;
    expect(currentBranch(away)).toMatchObject({
      name: 'qemu/2 first',
      forkedFrom: { branch: run.branchId, depth: question.askDepth },
    });
    expect(away.cursor).toBe(question.askDepth + 1);
    expect(currentSnapshot({ run: away }).eventTexts).toContain('qemu/2 takes devset vfio0.lock');
    showAlternative(session, question, way, run.branchId);
    expect(session.getState().run.branches).toHaveLength(2);
    returnToQuestion(session, question, run.branchId);
    expect(session.getState().run).toMatchObject({
      branchId: run.branchId,
      cursor: question.answerDepth,
    });
  });
});
