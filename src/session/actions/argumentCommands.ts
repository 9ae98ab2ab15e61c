import type { CheckClient } from '../../check-worker/checkClient';
import type { CheckResult } from '../../explore/checkResult';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { DesignChange } from '../../kernel/language/mutation';
import type { Call } from '../../kernel/language/world';
import type { CheckSubject, FoundFix } from '../store/checkState';
import type { ScenarioEdit } from '../../scenario/edit/editScenario';
import { beginQuiz } from '../quiz/beginQuiz';
import type { QuizQuestion } from '../quiz/quizQuestions';
import { returnToQuestion, showAlternative } from '../quiz/showAlternative';
import type { AlternativeSchedule, TaskQuestion } from '../quiz/taskQuestion';
import { dismissNotification, notify } from '../store/notifications';
import type { HoverTarget, PageLayout, Session, Settings } from '../store/session';
import { renameBranch, switchBranch } from './branches';
import type { Command } from './command';
import {
  checkPart,
  comparisonPart,
  libraryPart,
  scenarioEditPart,
  tourPart,
  verdictsPart,
} from './lazyParts';
import { setDialog, setPageLayout } from './pageLayout';
import { canPlay, pause, play, playCall, playTo, stepForward } from './playback';
import { setHover, setSelection } from './selection';
import { prefersReducedMotion } from './reducedMotion';
import { changeSettings } from './settings';
import { showRun, type ShownRun } from './showRun';
import { runCall, runTask, seekTo, startCall, stepTask } from './stepping';

/** A call to make, with `by` naming the process or the driver. */
export interface CallArguments {
  readonly call: Call;
  /** Names the call in the message that says why it was refused. */
  readonly title: string;
}

/** Commands that take arguments. They have no keys. */
export const ARGUMENT_COMMANDS = {
  step: {
    title: 'Step forward or back',
    run: (session, { count }: { readonly count: number }) =>
      isComparing(session)
        ? comparisonPart.whenLoaded(session, ({ stepComparison }) => stepComparison(session, count))
        : stepBy(session, count),
  },
  seek: {
    title: 'Go to a step',
    run: (session, { depth }: { readonly depth: number }) =>
      isComparing(session)
        ? comparisonPart.whenLoaded(session, ({ seekComparison }) => seekComparison(session, depth))
        : seekInRun(session, depth),
  },
  play: {
    title: 'Play',
    run: (session, { speed }: { readonly speed?: number | undefined }) => {
      if (speed !== undefined) changeSettings(session, { speed });
      if (isComparing(session))
        comparisonPart.whenLoaded(session, ({ playComparison }) => playComparison(session));
      else play(session);
    },
  },
  'play-to': {
    title: 'Play to a step',
    run: (session, { depth }: { readonly depth: number }) => playTo(session, depth),
  },
  'change-settings': {
    title: 'Change settings',
    run: (session, settings: Partial<Omit<Settings, 'playing'>>) =>
      changeSettings(session, settings),
  },
  'set-layout': {
    title: 'Change the page layout',
    run: (session, layout: Partial<PageLayout>) => setPageLayout(session, layout),
  },
  'run-call': {
    title: 'Run a call',
    run: (session, args: CallArguments) => makeCall(session, args, runCall),
  },
  'start-call': {
    title: 'Start a call',
    run: (session, args: CallArguments) => makeCall(session, args, startCall),
  },
  'step-task': {
    title: 'Step a task',
    run: (session, { task }: { readonly task: string }) => {
      if (finishCall(session)) return;
      pause(session);
      stepTask(session, task);
    },
  },
  'run-task': {
    title: 'Run a task until its call returns or blocks',
    run: (session, { task }: { readonly task: string }) => {
      if (finishCall(session)) return;
      pause(session);
      runTask(session, task, prefersReducedMotion() ? undefined : `Run ${task}`);
      playCall(session);
    },
  },
  select: {
    title: 'Select an object or task',
    run: (session, { name }: { readonly name: string | undefined }) => setSelection(session, name),
  },
  hover: {
    title: 'Highlight objects and fields',
    run: (session, { target }: { readonly target: HoverTarget | undefined }) =>
      setHover(session, target),
  },
  'switch-branch': {
    title: 'Switch to a branch',
    run: (session, { id }: { readonly id: number }) => switchBranch(session, id),
  },
  'rename-branch': {
    title: 'Rename a branch',
    run: (session, { id, name }: { readonly id: number; readonly name: string }) =>
      renameBranch(session, id, name),
  },
  'show-run': {
    title: 'Show a run',
    run: (session, shown: ShownRun) => showRun(session, shown),
  },
  'open-scenario': {
    title: 'Open a built-in scenario',
    run: (session, { id }: { readonly id: string }) =>
      libraryPart.whenLoaded(session, ({ showLibraryScenario }) =>
        showLibraryScenario(session, id),
      ),
  },
  'open-file': {
    title: 'Open a scenario file',
    run: (session, { file }: { readonly file: File }) =>
      libraryPart.whenLoaded(
        session,
        ({ openScenarioFile }) => void openScenarioFile(session, file),
      ),
  },
  'switch-design': {
    title: 'Switch the design',
    run: (session, { design }: { readonly design: string }) =>
      libraryPart.whenLoaded(session, ({ switchDesign }) => switchDesign(session, design)),
  },
  'set-option': {
    title: 'Set an option of the design',
    run: (session, { option, value }: { readonly option: string; readonly value: string }) =>
      libraryPart.whenLoaded(session, ({ setOption }) => setOption(session, option, value)),
  },
  'compare-option': {
    title: 'Choose what is compared',
    run: (session, { option }: { readonly option: string | undefined }) =>
      comparisonPart.whenLoaded(session, ({ compareOption }) => compareOption(session, option)),
  },
  'compare-column': {
    title: 'Show or hide a design in the comparison',
    run: (session, { name }: { readonly name: string }) =>
      comparisonPart.whenLoaded(session, ({ toggleColumn }) => toggleColumn(session, name)),
  },
  'start-check': {
    title: 'Check all interleavings',
    run: (session, { client }: { readonly client: CheckClient }) =>
      checkPart.whenLoaded(session, ({ startCheck }) => void startCheck(session, client)),
  },
  'start-verdicts': {
    title: 'Check every design and property',
    run: (session, { client }: { readonly client: CheckClient }) =>
      verdictsPart.whenLoaded(session, ({ startVerdicts }) => void startVerdicts(session, client)),
  },
  'stop-verdicts': {
    title: 'Stop the verdicts',
    run: (session) => verdictsPart.loaded()?.stopVerdicts(session),
  },
  'toggle-mutation': {
    title: 'Modify the design',
    run: (session, { mutation }: { readonly mutation: DesignChange }) =>
      checkPart.whenLoaded(session, ({ toggleMutation }) => toggleMutation(session, mutation)),
  },
  'check-while-typing': {
    title: 'Check the text of the design',
    run: (session, { text, client }: { readonly text: string; readonly client: CheckClient }) =>
      checkPart.whenLoaded(
        session,
        ({ checkWhileTyping }) => void checkWhileTyping(session, client, text),
      ),
  },
  'explain-violation': {
    title: 'Explain a violated property',
    run: (
      session,
      {
        client,
        subject,
        result,
        property,
      }: {
        readonly client: CheckClient;
        readonly subject: CheckSubject;
        readonly result: CheckResult;
        readonly property: PropertyId;
      },
    ) =>
      checkPart.whenLoaded(
        session,
        ({ explainViolation }) => void explainViolation(session, client, subject, result, property),
      ),
  },
  'apply-fix': {
    title: 'Apply a fix',
    run: (session, { fix }: { readonly fix: FoundFix }) =>
      checkPart.whenLoaded(session, ({ applyFix }) => applyFix(session, fix)),
  },
  'new-design': {
    title: 'Write a new design',
    run: (session) => checkPart.whenLoaded(session, ({ openNewDesign }) => openNewDesign(session)),
  },
  'prepare-checks': {
    title: 'Get ready to check the text of the design',
    run: (session, { client }: { readonly client: CheckClient }) =>
      checkPart.whenLoaded(session, ({ prepareChecks }) => void prepareChecks(session, client)),
  },
  'show-checked-text': {
    title: 'Show the text of the design on the stage',
    run: (session) =>
      checkPart.whenLoaded(session, ({ showCheckedText }) => showCheckedText(session)),
  },
  'edit-design': {
    title: 'Edit the text of the design',
    run: (session, { text }: { readonly text: string }) =>
      checkPart.whenLoaded(session, ({ editDesign }) => void editDesign(session, text)),
  },
  'edit-scenario': {
    title: 'Edit the scenario',
    run: (session, { edit }: { readonly edit: ScenarioEdit }) =>
      scenarioEditPart.whenLoaded(session, ({ editScenario }) => editScenario(session, edit)),
  },
  'edit-scenario-text': {
    title: 'Edit the text of the scenario',
    run: (session, { text }: { readonly text: string }) =>
      scenarioEditPart.whenLoaded(session, ({ editScenarioText }) =>
        editScenarioText(session, text),
      ),
  },
  'write-caption': {
    title: 'Write the caption of the step',
    run: (session, { say }: { readonly say: string }) =>
      scenarioEditPart.whenLoaded(session, ({ writeCaption }) => writeCaption(session, say)),
  },
  'show-counterexample': {
    title: 'Play a counterexample',
    run: (
      session,
      args: {
        readonly subject: CheckSubject;
        readonly name: string;
        readonly schedule: readonly string[];
      },
    ) =>
      checkPart.whenLoaded(session, ({ showCounterexample }) =>
        showCounterexample(session, args.subject, args.name, args.schedule),
      ),
  },
  'tour-stop': {
    title: 'Go to a tour stop',
    run: (session, { stop }: { readonly stop: number }) =>
      tourPart.whenLoaded(session, ({ showTourStop }) => showTourStop(session, stop, false)),
  },
  'begin-quiz': { title: 'Begin the quiz', run: beginQuiz },
  'show-alternative': {
    title: 'Show the other order',
    run: (
      session,
      {
        question,
        alternative,
        branch,
      }: {
        readonly question: TaskQuestion;
        readonly alternative: AlternativeSchedule;
        readonly branch: number;
      },
    ) => showAlternative(session, question, alternative, branch),
  },
  'return-to-question': {
    title: 'Return to the question',
    run: (
      session,
      { question, branch }: { readonly question: QuizQuestion; readonly branch: number },
    ) => returnToQuestion(session, question, branch),
  },
  'dismiss-notification': {
    title: 'Dismiss a notification',
    run: (session, { id }: { readonly id: number }) => dismissNotification(session, id),
  },
  pause: { title: 'Pause', run: pause },
  'cancel-check': {
    title: 'Cancel the check',
    run: (session) => checkPart.whenLoaded(session, ({ cancelCheck }) => cancelCheck(session)),
  },
  'discard-mutations': {
    title: 'Discard changes',
    run: (session) =>
      checkPart.whenLoaded(session, ({ discardMutations }) => discardMutations(session)),
  },
  'close-dialog': { title: 'Close the dialog', run: (session) => setDialog(session, undefined) },
} satisfies Readonly<Record<string, Command<never>>>;

/** In the comparison, positions and steps are those of the shared timeline. */
function isComparing(session: Session): boolean {
  return session.getState().layout.view === 'compare';
}

/** Shows the end of the call that plays, if one does. */
function finishCall(session: Session): boolean {
  const isPlaying = session.getState().callPlayback !== undefined;
  if (isPlaying) pause(session);
  return isPlaying;
}

/** Playback goes on from there, but a call that was run at once does not. */
function seekInRun(session: Session, depth: number): void {
  finishCall(session);
  seekTo(session, depth);
}

/** Recorded and new steps forward, or steps back if `count` is negative; stops early if nothing can move. */
function stepBy(session: Session, count: number): void {
  pause(session);
  if (count < 0) seekTo(session, session.getState().run.cursor + count);
  for (let done = 0; done < count && canPlay(session.getState()); done += 1) stepForward(session);
}

function makeCall(session: Session, { call, title }: CallArguments, make: typeof runCall): void {
  const button = `${call.by}: ${title}`;
  const isAgain = session.getState().callPlayback?.button === button;
  pause(session);
  if (isAgain) return;
  const refusal = make(session, call, prefersReducedMotion() ? undefined : button);
  if (refusal !== undefined)
    return notify(session, 'error', `${title} is not possible now.`, [refusal]);
  playCall(session);
}
