import { callResult } from '../../kernel/machine/machine';
import type { Step } from '../../kernel/compiler/program';
import { callText } from '../../scenario/format/callText';
import { branchPath, callInFlight, snapshotAt, type Snapshot } from '../trace/replay';
import type { SessionState } from '../store/session';
import { taskQuestions, type TaskQuestion } from './taskQuestion';
import { taskStatuses, waitSentence } from '../queries/taskStatus';
import { enabledTasks } from '../trace/scheduler';

/** Something that the branch on screen is about to show, asked before it does. */
export type QuizQuestion = TaskQuestion | OutcomeQuestion;

interface OutcomeQuestion {
  readonly kind: 'return' | 'wait';
  /** Where one stands while it is asked, and where the answer is seen. */
  readonly askDepth: number;
  readonly answerDepth: number;
  readonly text: string;
  readonly choices: readonly string[];
  readonly correctChoice: string;
  /** Why it is so, in words. */
  readonly reason: string;
  /** The step that decides it. */
  readonly step: Step | undefined;
}

const MAX_CHOICES = 6;

type WithRun = Pick<SessionState, 'run'>;

/** The first question of the branch on screen from a depth on; undefined where it holds none. */
export function firstQuestion(state: WithRun, depth: number): QuizQuestion | undefined {
  return nextQuestion(branchPath(state), depth, undefined);
}

/** The next question after one that was asked. A depth may hold two: who goes next, then what comes of it. */
export function questionAfter(state: WithRun, asked: QuizQuestion): QuizQuestion | undefined {
  return nextQuestion(
    branchPath(state),
    asked.kind === 'task' ? asked.askDepth : asked.askDepth + 1,
    asked,
  );
}

function nextQuestion(
  moments: TracePath,
  from: number,
  asked: QuizQuestion | undefined,
): QuizQuestion | undefined {
  const ofTasks = taskQuestions(moments);
  for (let ask = from; ask < moments.length - 1; ask += 1) {
    const before = asked?.askDepth === ask ? asked : undefined;
    const frame = snapshotAtDepth(moments, ask);
    const question =
      (before ? undefined : ofTasks.find((each) => each.askDepth === ask)) ??
      returnQuestion(moments, ask, frame, before) ??
      waitQuestion(moments, ask, frame);
    if (question) return question;
  }
  return undefined;
}

type TracePath = ReturnType<typeof branchPath>;

function snapshotAtDepth(moments: TracePath, depth: number): Snapshot {
  const moment = moments[depth];
  if (!moment) throw new Error(`no moment ${depth}`);
  return snapshotAt(moment);
}

/** A call is about to begin that can fail in some way, and this branch shows what it returns, which the question before did not give away. */
function returnQuestion(
  moments: TracePath,
  ask: number,
  before: Snapshot,
  asked: QuizQuestion | undefined,
): QuizQuestion | undefined {
  const next = snapshotAtDepth(moments, ask + 1);
  const call = next.step && next.program.calls[next.step.call];
  if (!call || call.errnos.length === 0 || callInFlight(before, call.task)) return undefined;
  if (asked?.kind === 'task' && asked.outcome.kind === 'success' && asked.outcome.call === call)
    return undefined;
  let why: { readonly reason: string; readonly step: Step } | undefined;
  for (let answer = ask + 1; answer < moments.length; answer += 1) {
    const frame = snapshotAtDepth(moments, answer);
    // A call that was put in by hand makes other indices: the story of this one is told by then or left alone.
    if (frame.program !== next.program) return undefined;
    if (frame.task !== call.task || !frame.step) continue;
    for (const { template: note } of frame.events) {
      if (note.kind === 'fail' && frame.step.call === call.index)
        why = { reason: note.reason, step: frame.step };
      if (note.kind !== 'return' || note.call !== call.index) continue;
      const errno = callResult(frame.program, frame.state, call.index);
      const right = errno === 0 ? '0' : `-${errno}`;
      return {
        kind: 'return',
        askDepth: ask,
        answerDepth: answer,
        correctChoice: right,
        choices: choicesOf(call.errnos, right),
        text: `${call.call.by} is about to call ${callText(call.call)}. What will it return?`,
        reason:
          right === '0'
            ? 'Nothing on its way refuses it.'
            : why
              ? `The call is refused: ${why.reason}.`
              : 'A step on its way fails.',
        step: why?.step ?? frame.step,
      };
    }
  }
  return undefined;
}

/** Success and the errors that the call knows, the right one always among them. */
function choicesOf(errnos: readonly string[], right: string): readonly string[] {
  const all = ['0', ...errnos.map((errno) => `-${errno}`)];
  const few = all.slice(0, MAX_CHOICES);
  return few.includes(right) ? few : [...few.slice(0, -1), right];
}

/** A step has just made somebody wait while another can go on. */
function waitQuestion(moments: TracePath, ask: number, frame: Snapshot): QuizQuestion | undefined {
  const stuck = taskStatuses(frame).filter((task) => task.wait && task.currentCall);
  const free = enabledTasks(frame);
  const [only, other] = stuck;
  if (!only?.wait || other || free.length === 0 || ask === 0) return undefined;
  const before = taskStatuses(snapshotAtDepth(moments, ask - 1)).find(
    ({ name }) => name === only.name,
  );
  if (before?.wait && before.currentCall) return undefined;
  const names = taskStatuses(frame)
    .filter((task) => task.nextStep)
    .map(({ name }) => name);
  return {
    kind: 'wait',
    askDepth: ask,
    answerDepth: ask + 1,
    correctChoice: only.name,
    choices: names,
    text: 'One of these tasks cannot make its next step now. Which?',
    reason: `${only.name} ${waitSentence(only.wait)}.`,
    step: only.nextStep,
  };
}
