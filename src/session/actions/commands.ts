import { setPageLayout, setDialog } from './pageLayout';
import { adjacentCaptionDepth } from '../queries/captions';
import { redo, undo } from '../store/undo';
import { resetToStart, seekTo } from './stepping';
import { libraryPart, tourPart } from './lazyParts';
import { type Session, type SessionState } from '../store/session';
import { stepBack, canPlay, stepForward, pause, play, SPEEDS } from './playback';
import { currentBranch } from '../trace/run';
import { changeSettings } from './settings';

/** Something that a button, a key or a message can ask for. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** `Mod` is Ctrl, or Command on a Mac. */
  readonly hotkey: string | undefined;
  /** Other keys that do the same. */
  readonly alternateHotkeys?: readonly string[];
  /** While this holds the command takes its keys from all others; otherwise it does not exist. */
  readonly exclusiveWhile?: (state: SessionState) => boolean;
  /** Needs the whole page, so an embed does not know it. */
  readonly pageOnly?: true;
  readonly enabled: (state: SessionState) => boolean;
  readonly run: (session: Session) => void;
}

const isTouring = ({ layout }: SessionState): boolean => layout.tourStop !== undefined;
const isPresenting = ({ layout }: SessionState): boolean => layout.presenting;
const always = (): boolean => true;

/** Every command by the name that the code uses. Ids are stable: buttons, keys and messages name them. */
export const COMMANDS = {
  playPause: {
    id: 'play-pause',
    title: 'Play or pause',
    hotkey: 'Space',
    enabled: (state) => state.settings.playing || canPlay(state),
    run: (session) => (session.getState().settings.playing ? pause(session) : play(session)),
  },
  forward: {
    id: 'forward',
    title: 'Step forward',
    hotkey: 'ArrowRight',
    enabled: canPlay,
    run: pauseThen(stepForward),
  },
  back: {
    id: 'back',
    title: 'Step back',
    hotkey: 'ArrowLeft',
    enabled: (state) => state.run.cursor > 0,
    run: pauseThen(stepBack),
  },
  start: {
    id: 'start',
    title: 'Go to the start of the branch',
    hotkey: 'Home',
    enabled: (state) => state.run.cursor > 0,
    run: pauseThen((session) => seekTo(session, 0)),
  },
  end: {
    id: 'end',
    title: 'Go to the end of the branch',
    hotkey: 'End',
    enabled: (state) => state.run.cursor < currentBranch(state.run).tip.depth,
    run: pauseThen((session) => seekTo(session, Number.MAX_SAFE_INTEGER)),
  },
  undo: {
    id: 'undo',
    title: 'Undo',
    hotkey: 'Mod+Z',
    enabled: (state) => state.undo.length > 0,
    run: pauseThen(undo),
  },
  redo: {
    id: 'redo',
    title: 'Redo',
    hotkey: 'Mod+Shift+Z',
    enabled: (state) => state.redo.length > 0,
    run: pauseThen(redo),
  },
  reset: {
    id: 'reset',
    title: 'Reset to step 0',
    hotkey: 'R',
    enabled: (state) => state.run.cursor > 0,
    run: pauseThen(resetToStart),
  },
  slower: {
    id: 'slower',
    title: 'Play slower',
    hotkey: '-',
    enabled: always,
    run: (session) => changeSpeed(session, -1),
  },
  faster: {
    id: 'faster',
    title: 'Play faster',
    hotkey: '+',
    enabled: always,
    run: (session) => changeSpeed(session, 1),
  },
  nextBeat: {
    id: 'next-beat',
    title: 'Go to the next caption',
    hotkey: 'PageDown',
    enabled: (state) => state.run.cursor < currentBranch(state.run).tip.depth,
    run: pauseThen((session) => seekTo(session, adjacentCaptionDepth(session.getState(), 1))),
  },
  lastBeat: {
    id: 'last-beat',
    title: 'Go to the previous caption',
    hotkey: 'PageUp',
    enabled: (state) => state.run.cursor > 0,
    run: pauseThen((session) => seekTo(session, adjacentCaptionDepth(session.getState(), -1))),
  },
  act: {
    id: 'act',
    title: 'Switch between running calls and stepping them',
    hotkey: 'S',
    pageOnly: true,
    enabled: always,
    run: (session) =>
      setPageLayout(session, {
        callMode: session.getState().layout.callMode === 'run' ? 'start' : 'run',
      }),
  },
  stage: {
    id: 'stage',
    title: 'Show the stage',
    hotkey: '1',
    pageOnly: true,
    enabled: always,
    run: (session) => setPageLayout(session, { view: 'stage', narrowPanel: 'stage' }),
  },
  compare: {
    id: 'compare',
    title: 'Compare designs',
    hotkey: '2',
    pageOnly: true,
    enabled: always,
    run: (session) => toggleView(session, 'compare'),
  },
  verdicts: {
    id: 'verdicts',
    title: 'Show the verdicts of all designs',
    hotkey: '3',
    pageOnly: true,
    enabled: always,
    run: (session) => toggleView(session, 'verdicts'),
  },
  table: {
    id: 'table',
    title: 'Switch between timeline and step table',
    hotkey: '4',
    pageOnly: true,
    enabled: always,
    run: (session) =>
      setPageLayout(session, {
        bottomPanel: session.getState().layout.bottomPanel === 'table' ? 'timeline' : 'table',
        narrowPanel: 'steps',
      }),
  },
  check: {
    id: 'check',
    title: 'Show the check',
    hotkey: 'C',
    pageOnly: true,
    enabled: always,
    run: (session) => setPageLayout(session, { sidePanel: 'check', narrowPanel: 'source' }),
  },
  listing: {
    id: 'listing',
    title: 'Show the source',
    hotkey: 'L',
    pageOnly: true,
    enabled: always,
    run: (session) => setPageLayout(session, { sidePanel: 'source', narrowPanel: 'source' }),
  },
  nextScenario: {
    id: 'next-scenario',
    title: 'Open the next scenario',
    hotkey: undefined,
    pageOnly: true,
    enabled: always,
    run: (session) =>
      libraryPart.whenLoaded(session, ({ showNextScenario }) => showNextScenario(session)),
  },
  library: {
    id: 'library',
    title: 'Open a scenario',
    hotkey: 'O',
    pageOnly: true,
    enabled: always,
    run: (session) => setDialog(session, 'library'),
  },
  share: {
    id: 'share',
    title: 'Share or export',
    hotkey: 'E',
    pageOnly: true,
    enabled: always,
    run: (session) => setDialog(session, 'share'),
  },
  palette: {
    id: 'palette',
    title: 'Find a command, call or object',
    hotkey: 'Mod+K',
    pageOnly: true,
    enabled: always,
    run: (session) => setDialog(session, 'palette'),
  },
  tour: {
    id: 'tour',
    title: 'Take the 90-second tour',
    hotkey: 'G',
    pageOnly: true,
    enabled: always,
    run: (session) =>
      tourPart.whenLoaded(session, ({ showTourStop }) => showTourStop(session, 0, motionAllowed())),
  },
  tourNext: {
    id: 'tour-next',
    title: 'Go to the next tour stop',
    hotkey: 'ArrowRight',
    alternateHotkeys: ['PageDown', 'ArrowDown'],
    pageOnly: true,
    exclusiveWhile: isTouring,
    enabled: ({ layout }) =>
      layout.tourStop !== undefined && tourPart.loaded()?.isLastTourStop(layout.tourStop) === false,
    run: (session) =>
      tourPart.whenLoaded(session, ({ moveTour }) => moveTour(session, 1, motionAllowed())),
  },
  tourBack: {
    id: 'tour-back',
    title: 'Go to the previous tour stop',
    hotkey: 'ArrowLeft',
    alternateHotkeys: ['PageUp', 'ArrowUp'],
    pageOnly: true,
    exclusiveWhile: isTouring,
    enabled: ({ layout }) => (layout.tourStop ?? 0) > 0,
    run: (session) =>
      tourPart.whenLoaded(session, ({ moveTour }) => moveTour(session, -1, motionAllowed())),
  },
  tourLeave: {
    id: 'tour-leave',
    title: 'Leave the tour',
    hotkey: 'Escape',
    pageOnly: true,
    exclusiveWhile: isTouring,
    enabled: always,
    run: (session) => tourPart.whenLoaded(session, ({ leaveTour }) => leaveTour(session)),
  },
  predict: {
    id: 'predict',
    title: 'Start the quiz',
    hotkey: 'Q',
    pageOnly: true,
    enabled: ({ run }) => currentBranch(run).tip.depth > 0,
    run: (session) => setDialog(session, 'quiz'),
  },
  present: {
    id: 'present',
    title: 'Present the stage',
    hotkey: 'P',
    pageOnly: true,
    enabled: always,
    run: (session) =>
      setPageLayout(session, {
        presenting: !session.getState().layout.presenting,
        view: 'stage',
        narrowPanel: 'stage',
        autoplayIntro: false,
      }),
  },
  presentNext: {
    id: 'present-next',
    title: 'Present the next caption',
    hotkey: 'Space',
    alternateHotkeys: ['PageDown', 'ArrowRight', 'ArrowDown'],
    pageOnly: true,
    exclusiveWhile: isPresenting,
    enabled: ({ run }) => run.cursor < currentBranch(run).tip.depth,
    run: pauseThen((session) => seekToCaption(session, 1)),
  },
  presentBack: {
    id: 'present-back',
    title: 'Present the previous caption',
    hotkey: 'PageUp',
    alternateHotkeys: ['ArrowLeft', 'ArrowUp'],
    pageOnly: true,
    exclusiveWhile: isPresenting,
    enabled: ({ run }) => run.cursor > 0,
    run: pauseThen((session) => seekToCaption(session, -1)),
  },
  presentLeave: {
    id: 'present-leave',
    title: 'Leave the presentation',
    hotkey: 'Escape',
    pageOnly: true,
    exclusiveWhile: isPresenting,
    enabled: always,
    run: (session) => setPageLayout(session, { presenting: false }),
  },
  theme: { id: 'theme', title: 'Switch the theme', hotkey: 'T', enabled: always, run: cycleTheme },
  help: {
    id: 'help',
    title: 'Show help and shortcuts',
    hotkey: '?',
    pageOnly: true,
    enabled: always,
    run: (session) => setDialog(session, 'help'),
  },
} as const satisfies Record<string, Command>;

/** Goes to a point of the story by way of the step before it, so that the change itself is seen. */
function seekToCaption(session: Session, direction: 1 | -1): void {
  const depth = adjacentCaptionDepth(session.getState(), direction);
  if (direction > 0 && depth - session.getState().run.cursor > 1) seekTo(session, depth - 1);
  seekTo(session, depth);
}

/** Whether the reader lets things move. */
function motionAllowed(): boolean {
  return (
    typeof matchMedia === 'undefined' || !matchMedia('(prefers-reduced-motion: reduce)').matches
  );
}

function pauseThen(run: (session: Session) => void): (session: Session) => void {
  return (session) => {
    pause(session);
    run(session);
  };
}

function toggleView(session: Session, view: 'compare' | 'verdicts'): void {
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

/** Every command, in the order of the help. */
export const COMMAND_LIST: readonly Command[] = Object.values(COMMANDS);

/** Runs a command where it is enabled. */
export function runCommand(session: Session, command: Command): void {
  if (command.enabled(session.getState())) command.run(session);
}
