import type { Command } from './command';
import { prefersReducedMotion } from './reducedMotion';
import { setPageLayout, setDialog } from './pageLayout';
import { adjacentCaptionDepth } from '../queries/captions';
import { redo, undo } from '../store/undo';
import { resetToStart, seekTo } from './stepping';
import {
  checkPart,
  comparisonPart,
  libraryPart,
  notesPart,
  scenarioEditPart,
  tourPart,
} from './lazyParts';
import {
  changePresentation,
  present,
  presentCaption,
  presentStep,
  togglePointer,
  toggleBlackScreen,
} from './presentation';
import { type Session, type SessionState } from '../store/session';
import { stepBack, canPlay, hasSteps, stepForward, pause, play, SPEEDS } from './playback';
import { currentBranch } from '../trace/run';
import { changeSettings } from './settings';

const isCallPlaying = ({ callPlayback }: SessionState): boolean => callPlayback !== undefined;
const isTouring = ({ layout }: SessionState): boolean => layout.tourStop !== undefined;
const isComparing = ({ layout }: SessionState): boolean => layout.view === 'compare';
const isPresenting = ({ layout }: SessionState): boolean => layout.presenting;

/** Commands without arguments, in the order of the help. Ids are stable: host pages and notifications name them. */
export const MENU_COMMANDS = {
  'play-pause': {
    title: 'Play or pause',
    hotkey: 'Space',
    enabled: hasSteps,
    run: (session) => (session.getState().settings.playing ? pause(session) : play(session)),
  },
  forward: {
    title: 'Step forward',
    hotkey: 'ArrowRight',
    enabled: canPlay,
    run: (session) =>
      isCallPlaying(session.getState()) ? pause(session) : pauseThen(stepForward)(session),
  },
  'finish-call': {
    title: 'Go to the end of the call that plays',
    hotkey: 'Escape',
    exclusiveWhile: isCallPlaying,
    enabled: isCallPlaying,
    run: pause,
  },
  back: {
    title: 'Step back',
    hotkey: 'ArrowLeft',
    enabled: (state) => state.run.cursor > 0,
    run: pauseThen(stepBack),
  },
  start: {
    title: 'Go to the start of the branch',
    hotkey: 'Home',
    enabled: (state) => state.run.cursor > 0,
    run: pauseThen((session) => seekTo(session, 0)),
  },
  end: {
    title: 'Go to the end of the branch',
    hotkey: 'End',
    enabled: (state) => state.run.cursor < currentBranch(state.run).tip.depth,
    run: pauseThen((session) => seekTo(session, Number.MAX_SAFE_INTEGER)),
  },
  undo: {
    title: 'Undo',
    hotkey: 'Mod+Z',
    enabled: (state) => state.undo.length > 0,
    run: pauseThen(undo),
  },
  redo: {
    title: 'Redo',
    hotkey: 'Mod+Shift+Z',
    enabled: (state) => state.redo.length > 0,
    run: pauseThen(redo),
  },
  reset: {
    title: 'Reset to step 0',
    hotkey: 'R',
    enabled: (state) => state.run.cursor > 0,
    run: pauseThen(resetToStart),
  },
  slower: {
    title: 'Play slower',
    hotkey: '-',
    run: (session) => changeSpeed(session, -1),
  },
  faster: {
    title: 'Play faster',
    hotkey: '+',
    run: (session) => changeSpeed(session, 1),
  },
  'next-beat': {
    title: 'Go to the next caption',
    hotkey: 'PageDown',
    enabled: (state) => state.run.cursor < currentBranch(state.run).tip.depth,
    run: pauseThen((session) => seekTo(session, adjacentCaptionDepth(session.getState(), 1))),
  },
  'last-beat': {
    title: 'Go to the previous caption',
    hotkey: 'PageUp',
    enabled: (state) => state.run.cursor > 0,
    run: pauseThen((session) => seekTo(session, adjacentCaptionDepth(session.getState(), -1))),
  },
  act: {
    title: 'Switch between running calls and stepping them',
    hotkey: 'S',
    run: (session) =>
      setPageLayout(session, {
        callMode: session.getState().layout.callMode === 'run' ? 'start' : 'run',
      }),
  },
  stage: {
    title: 'Show the stage',
    hotkey: '1',
    run: (session) => setPageLayout(session, { view: 'stage', narrowPanel: 'stage' }),
  },
  focus: {
    title: 'Switch between the current step and everything',
    hotkey: 'F',
    run: (session) => changeSettings(session, { focus: !session.getState().settings.focus }),
  },
  compare: {
    title: 'Compare designs',
    hotkey: '2',
    run: (session) => toggleView(session, 'compare'),
  },
  'compare-play': {
    title: 'Play all designs until their results differ, or pause',
    hotkey: 'Space',
    exclusiveWhile: isComparing,
    run: (session) =>
      session.getState().settings.playing
        ? pause(session)
        : comparisonPart.whenLoaded(session, ({ playComparison }) => playComparison(session)),
  },
  'compare-forward': {
    title: 'Step all designs forward',
    hotkey: 'ArrowRight',
    exclusiveWhile: isComparing,
    enabled: (state) => positionOf(state) < 1,
    run: (session) =>
      comparisonPart.whenLoaded(session, ({ stepComparison }) => stepComparison(session, 1)),
  },
  'compare-back': {
    title: 'Step all designs back',
    hotkey: 'ArrowLeft',
    exclusiveWhile: isComparing,
    enabled: (state) => positionOf(state) > 0,
    run: (session) =>
      comparisonPart.whenLoaded(session, ({ stepComparison }) => stepComparison(session, -1)),
  },
  'compare-next': {
    title: 'Go to the next difference',
    hotkey: 'PageDown',
    alternateHotkeys: ['End'],
    exclusiveWhile: isComparing,
    enabled: (state) => positionOf(state) < 1,
    run: (session) =>
      comparisonPart.whenLoaded(session, ({ seekDifference }) => seekDifference(session, 1)),
  },
  'compare-previous': {
    title: 'Go to the previous difference',
    hotkey: 'PageUp',
    alternateHotkeys: ['Home'],
    exclusiveWhile: isComparing,
    enabled: (state) => positionOf(state) > 0,
    run: (session) =>
      comparisonPart.whenLoaded(session, ({ seekDifference }) => seekDifference(session, -1)),
  },
  verdicts: {
    title: 'Show the verdicts of all designs',
    hotkey: '3',
    run: (session) => toggleView(session, 'verdicts'),
  },
  table: {
    title: 'Switch between timeline and step table',
    hotkey: '4',
    run: (session) =>
      setPageLayout(session, {
        bottomPanel: session.getState().layout.bottomPanel === 'table' ? 'timeline' : 'table',
        narrowPanel: 'steps',
      }),
  },
  check: {
    title: 'Check all interleavings, or show the verdict',
    hotkey: 'C',
    run: (session) => {
      setPageLayout(session, { view: 'stage', sidePanel: 'check', narrowPanel: 'source' });
      checkPart.whenLoaded(session, ({ requestCheck }) => requestCheck(session));
    },
  },
  listing: {
    title: 'Show the source',
    hotkey: 'L',
    run: (session) => setPageLayout(session, { sidePanel: 'source', narrowPanel: 'source' }),
  },
  'new-scenario': {
    title: 'Start a new scenario',
    hotkey: 'N',
    run: (session) =>
      scenarioEditPart.whenLoaded(session, ({ newScenario }) => newScenario(session)),
  },
  'edit-scenario-form': {
    title: 'Edit the scenario',
    hotkey: 'B',
    run: (session) => showScenarioPanel(session, 'form'),
  },
  'edit-scenario-json': {
    title: 'Edit the scenario as text',
    hotkey: 'J',
    run: (session) => showScenarioPanel(session, 'text'),
  },
  'remove-selected': {
    title: 'Remove what is selected from the scenario',
    hotkey: 'Delete',
    alternateHotkeys: ['Backspace'],
    enabled: ({ selection }) => selection !== undefined,
    run: (session) =>
      scenarioEditPart.whenLoaded(session, ({ removeSelected }) => removeSelected(session)),
  },
  'keep-run': {
    title: 'Keep this run as a scenario',
    hotkey: 'K',
    enabled: ({ run }) => run.cursor > 0,
    run: (session) => scenarioEditPart.whenLoaded(session, ({ keepRun }) => keepRun(session)),
  },
  'next-scenario': {
    title: 'Open the next scenario',
    run: (session) =>
      libraryPart.whenLoaded(session, ({ showNextScenario }) => showNextScenario(session)),
  },
  library: {
    title: 'Open a scenario',
    hotkey: 'O',
    run: (session) => setDialog(session, 'library'),
  },
  share: {
    title: 'Share or export',
    hotkey: 'E',
    run: (session) => setDialog(session, 'share'),
  },
  record: {
    title: 'Record the run as GIF, video or SVG',
    hotkey: 'V',
    enabled: ({ run }) => currentBranch(run).tip.depth > 0,
    run: (session) => setDialog(session, 'record'),
  },
  'trace-report': {
    title: 'Show what was read of the kernel trace',
    enabled: ({ traceReport }) => traceReport !== undefined,
    run: (session) => setDialog(session, 'trace'),
  },
  palette: {
    title: 'Find a command, call or object',
    hotkey: 'Mod+K',
    run: (session) => setDialog(session, 'palette'),
  },
  tour: {
    title: 'Take the guided tour',
    hotkey: 'G',
    run: (session) =>
      tourPart.whenLoaded(session, ({ showTourStop }) =>
        showTourStop(session, 0, !prefersReducedMotion()),
      ),
  },
  'tour-next': {
    title: 'Go to the next tour stop',
    hotkey: 'ArrowRight',
    alternateHotkeys: ['PageDown', 'ArrowDown'],
    exclusiveWhile: isTouring,
    enabled: ({ layout }) =>
      layout.tourStop !== undefined && tourPart.loaded()?.isLastTourStop(layout.tourStop) === false,
    run: (session) =>
      tourPart.whenLoaded(session, ({ moveTour }) => moveTour(session, 1, !prefersReducedMotion())),
  },
  'tour-back': {
    title: 'Go to the previous tour stop',
    hotkey: 'ArrowLeft',
    alternateHotkeys: ['PageUp', 'ArrowUp'],
    exclusiveWhile: isTouring,
    enabled: ({ layout }) => (layout.tourStop ?? 0) > 0,
    run: (session) =>
      tourPart.whenLoaded(session, ({ moveTour }) =>
        moveTour(session, -1, !prefersReducedMotion()),
      ),
  },
  'tour-leave': {
    title: 'Leave the tour',
    hotkey: 'Escape',
    exclusiveWhile: isTouring,
    run: (session) => tourPart.whenLoaded(session, ({ leaveTour }) => leaveTour(session)),
  },
  predict: {
    title: 'Start the quiz',
    hotkey: 'Q',
    enabled: ({ run }) => currentBranch(run).tip.depth > 0,
    run: (session) => {
      // The card is above the stage only.
      setPageLayout(session, { view: 'stage', narrowPanel: 'stage' });
      setDialog(session, 'quiz');
    },
  },
  present: {
    title: 'Present the stage',
    hotkey: 'P',
    run: (session) => present(session, !isPresenting(session.getState())),
  },
  'present-next': {
    title: 'Present the next caption',
    hotkey: 'PageDown',
    alternateHotkeys: ['Space'],
    exclusiveWhile: isPresenting,
    enabled: ({ presentation }) => presentation.screen !== 'end',
    run: (session) => presentCaption(session, 1),
  },
  'present-back': {
    title: 'Present the previous caption',
    hotkey: 'PageUp',
    exclusiveWhile: isPresenting,
    enabled: ({ run }) => run.cursor > 0,
    run: (session) => presentCaption(session, -1),
  },
  'present-step': {
    title: 'Present the next step',
    hotkey: 'ArrowRight',
    alternateHotkeys: ['ArrowDown'],
    exclusiveWhile: isPresenting,
    enabled: ({ presentation }) => presentation.screen !== 'end',
    run: (session) => presentStep(session, 1),
  },
  'present-step-back': {
    title: 'Present the previous step',
    hotkey: 'ArrowLeft',
    alternateHotkeys: ['ArrowUp'],
    exclusiveWhile: isPresenting,
    enabled: ({ run }) => run.cursor > 0,
    run: (session) => presentStep(session, -1),
  },
  'present-pointer': {
    title: 'Show or hide the pointer in the presentation',
    hotkey: 'L',
    exclusiveWhile: isPresenting,
    run: (session) => togglePointer(session),
  },
  'present-black': {
    title: 'Black the screen out, or show it again',
    hotkey: 'B',
    alternateHotkeys: ['.'],
    exclusiveWhile: isPresenting,
    run: toggleBlackScreen,
  },
  'present-notes': {
    title: 'Open the speaker notes in a second window',
    hotkey: 'N',
    exclusiveWhile: isPresenting,
    run: (session) =>
      notesPart.whenLoaded(session, ({ openNotesWindow }) => openNotesWindow(session, window)),
  },
  'present-link': {
    title: 'Show the link to this step to the audience',
    hotkey: 'K',
    exclusiveWhile: isPresenting,
    run: (session) => changePresentation(session, { link: !session.getState().presentation.link }),
  },
  'present-leave': {
    title: 'Leave the presentation',
    hotkey: 'Escape',
    exclusiveWhile: isPresenting,
    run: (session) => present(session, false),
  },
  theme: { title: 'Switch the theme', hotkey: 'T', run: cycleTheme },
  help: {
    title: 'Show help and shortcuts',
    hotkey: '?',
    run: (session) => setDialog(session, 'help'),
  },
} satisfies Record<string, Command>;

/** Where the comparison is, from 0 at its start to 1 at its end. */
function positionOf(state: SessionState): number {
  const position = comparisonPart.loaded()?.comparisonPosition(state);
  return position === undefined || position.end === 0 ? 0 : position.tick / position.end;
}

function pauseThen(run: (session: Session) => void): (session: Session) => void {
  return (session) => {
    pause(session);
    run(session);
  };
}

function showScenarioPanel(session: Session, scenarioView: 'form' | 'text'): void {
  session.setState({ focusesText: scenarioView === 'text' });
  setPageLayout(session, {
    view: 'stage',
    sidePanel: 'scenario',
    scenarioView,
    narrowPanel: 'source',
  });
}

function toggleView(session: Session, view: 'compare' | 'verdicts'): void {
  pause(session);
  setPageLayout(session, {
    view: session.getState().layout.view === view ? 'stage' : view,
    narrowPanel: 'stage',
  });
}

function changeSpeed(session: Session, by: number): void {
  const now = SPEEDS.indexOf(session.getState().settings.speed);
  const speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, now + by))];
  if (speed !== undefined) changeSettings(session, { speed });
}

function cycleTheme(session: Session): void {
  const { theme } = session.getState().settings;
  changeSettings(session, {
    theme: theme === 'dark' ? 'light' : theme === 'light' ? 'system' : 'dark',
  });
}
