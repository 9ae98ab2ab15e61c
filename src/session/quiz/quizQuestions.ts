import { callErrorText, type CallError } from '../../kernel/language/errno';
import { callResult } from '../../kernel/machine/machine';
import type { Step } from '../../kernel/compiler/program';
import { callText } from '../../scenario/format/callText';
import { branchPath, callInFlight, snapshotAt, type Snapshot } from '../trace/replay';
import type { WithRun } from '../trace/run';
import { taskQuestions, type TaskQuestion } from './taskQuestion';
import { taskStatuses, waitSentence } from '../queries/taskStatus';
import { enabledTasks } from '../trace/scheduler';

/** A question about the branch on screen, asked before the branch shows the answer. */
export type QuizQuestion = TaskQuestion | OutcomeQuestion;

/** What a call returns, or which task blocks. */
interface OutcomeQuestion {
  readonly kind: 'return' | 'wait';
  /** Depth at which it is asked, and depth at which the branch shows the answer. */
  readonly askDepth: number;
  readonly answerDepth: number;
  readonly text: string;
  readonly choices: readonly string[];
  readonly correctChoice: string;
  readonly reason: string;
  /** The step that decides the answer. */
  readonly step: Step | undefined;
}

const MAX_CHOICES = 6;

type TracePath = ReturnType<typeof branchPath>;

/** The first question of the branch on screen from a depth on; undefined if there is none. */
export function firstQuestion(state: WithRun, depth: number): QuizQuestion | undefined {
  return nextQuestion(branchPath(state), depth, undefined);
}

/** The question after `asked`. One depth may have two: which task runs next, then what comes of it. */
export function questionAfter(state: WithRun, asked: QuizQuestion): QuizQuestion | undefined {
  return nextQuestion(
    branchPath(state),
    asked.kind === 'task' ? asked.askDepth : asked.askDepth + 1,
    asked,
  );
}

function nextQuestion(
  path: TracePath,
  from: number,
  asked: QuizQuestion | undefined,
): QuizQuestion | undefined {
  const aboutTasks = taskQuestions(path);
  for (let ask = from; ask < path.length - 1; ask += 1) {
    const askedHere = asked?.askDepth === ask ? asked : undefined;
    const snapshot = snapshotAtDepth(path, ask);
    const question =
      (askedHere ? undefined : aboutTasks.find((each) => each.askDepth === ask)) ??
      returnQuestion(path, ask, snapshot, askedHere) ??
      waitQuestion(path, ask, snapshot);
    if (question) return question;
  }
  return undefined;
}

function snapshotAtDepth(path: TracePath, depth: number): Snapshot {
  const node = path[depth];
  if (!node) throw new Error(`no trace node at depth ${depth}`);
  return snapshotAt(node);
}

/** Asked before a call that can fail and that returns on this branch, unless the question before it gave the answer away. */
function returnQuestion(
  path: TracePath,
  ask: number,
  before: Snapshot,
  asked: QuizQuestion | undefined,
): QuizQuestion | undefined {
  const next = snapshotAtDepth(path, ask + 1);
  const call = next.step && next.program.calls[next.step.call];
  if (!call || call.errnos.length === 0 || callInFlight(before, call.task)) return undefined;
  if (asked?.kind === 'task' && asked.outcome.kind === 'success' && asked.outcome.call === call)
    return undefined;
  let failure: { readonly reason: string; readonly step: Step } | undefined;
  for (let answer = ask + 1; answer < path.length; answer += 1) {
    const snapshot = snapshotAtDepth(path, answer);
    // After an inserted call the indices of calls differ.
    if (snapshot.program !== next.program) return undefined;
    if (snapshot.task !== call.task || !snapshot.step) continue;
    for (const { template } of snapshot.events) {
      if (template.kind === 'fail' && snapshot.step.call === call.index)
        failure = { reason: template.reason, step: snapshot.step };
      if (template.kind !== 'return' || template.call !== call.index) continue;
      const errno = callResult(snapshot.program, snapshot.state, call.index);
      const correctChoice = errno === 0 ? '0' : callErrorText(errno);
      return {
        kind: 'return',
        askDepth: ask,
        answerDepth: answer,
        correctChoice,
        choices: returnChoices(call.errnos, correctChoice),
        text: `${call.call.by} is about to call ${callText(call.call)}. What will it return?`,
        reason:
          errno === 0
            ? 'No check fails.'
            : failure
              ? `The call fails: ${failure.reason}.`
              : 'A step of the call fails.',
        step: failure?.step ?? snapshot.step,
      };
    }
  }
  return undefined;
}

/** Success and the errors that the call can return; always includes the correct one. */
function returnChoices(errnos: readonly CallError[], correctChoice: string): readonly string[] {
  const all = ['0', ...errnos.map(callErrorText)];
  const few = all.slice(0, MAX_CHOICES);
  return few.includes(correctChoice) ? few : [...few.slice(0, -1), correctChoice];
}

/** Asked after a step that made exactly one task block while another can run. */
function waitQuestion(path: TracePath, ask: number, snapshot: Snapshot): QuizQuestion | undefined {
  const blocked = taskStatuses(snapshot).filter((task) => task.wait && task.currentCall);
  const [only, other] = blocked;
  if (!only?.wait || other || enabledTasks(snapshot).length === 0 || ask === 0) return undefined;
  const before = taskStatuses(snapshotAtDepth(path, ask - 1)).find(
    ({ name }) => name === only.name,
  );
  if (before?.wait && before.currentCall) return undefined;
  return {
    kind: 'wait',
    askDepth: ask,
    answerDepth: ask + 1,
    correctChoice: only.name,
    choices: taskStatuses(snapshot)
      .filter((task) => task.nextStep)
      .map(({ name }) => name),
    text: 'One of these tasks is blocked now. Which?',
    reason: `${only.name} ${waitSentence(only.wait)}.`,
    step: only.nextStep,
  };
}
