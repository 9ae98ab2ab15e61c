import { arrange, showDialog } from './arrange';
import { beatFrom } from './beats';
import { redo, undo } from './history';
import { reset, seek } from './moves';
import { continuing, guiding } from './onDemand';
import { currentBranch, type Session, type SessionState } from './session';
import { back, canPlay, change, forward, pause, play, SPEEDS } from './transport';

/** Something that a button, a key or a message can ask for. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** `Mod` is Ctrl, or Command on a Mac. */
  readonly hotkey: string | undefined;
  /** Other keys that do the same. */
  readonly also?: readonly string[];
  /** While this holds the command takes its keys from all others; otherwise it does not exist. */
  readonly mode?: (state: SessionState) => boolean;
  /** Needs the whole page, so an embed does not know it. */
  readonly page?: true;
  readonly enabled: (state: SessionState) => boolean;
  readonly run: (session: Session) => void;
}

const touring = ({ layout }: SessionState): boolean => layout.tour !== undefined;
const presenting = ({ layout }: SessionState): boolean => layout.present;
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
    title: 'One step forward',
    hotkey: 'ArrowRight',
    enabled: canPlay,
    run: paused(forward),
  },
  back: {
    id: 'back',
    title: 'One step back',
    hotkey: 'ArrowLeft',
    enabled: (state) => state.run.cursor > 0,
    run: paused(back),
  },
  start: {
    id: 'start',
    title: 'To the beginning of the branch',
    hotkey: 'Home',
    enabled: (state) => state.run.cursor > 0,
    run: paused((session) => seek(session, 0)),
  },
  end: {
    id: 'end',
    title: 'To the end of the branch',
    hotkey: 'End',
    enabled: (state) => state.run.cursor < currentBranch(state.run).tip.depth,
    run: paused((session) => seek(session, Number.MAX_SAFE_INTEGER)),
  },
  undo: {
    id: 'undo',
    title: 'Undo',
    hotkey: 'Mod+Z',
    enabled: (state) => state.undo.length > 0,
    run: paused(undo),
  },
  redo: {
    id: 'redo',
    title: 'Redo',
    hotkey: 'Mod+Shift+Z',
    enabled: (state) => state.redo.length > 0,
    run: paused(redo),
  },
  reset: {
    id: 'reset',
    title: 'Reset to the beginning',
    hotkey: 'R',
    enabled: (state) => state.run.cursor > 0,
    run: paused(reset),
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
    title: 'On to the next point of the story',
    hotkey: 'PageDown',
    enabled: (state) => state.run.cursor < currentBranch(state.run).tip.depth,
    run: paused((session) => seek(session, beatFrom(session.getState(), 1))),
  },
  lastBeat: {
    id: 'last-beat',
    title: 'Back to the last point of the story',
    hotkey: 'PageUp',
    enabled: (state) => state.run.cursor > 0,
    run: paused((session) => seek(session, beatFrom(session.getState(), -1))),
  },
  act: {
    id: 'act',
    title: 'Actions run to the end, or start and are stepped',
    hotkey: 'S',
    page: true,
    enabled: always,
    run: (session) =>
      arrange(session, { act: session.getState().layout.act === 'run' ? 'start' : 'run' }),
  },
  stage: {
    id: 'stage',
    title: 'Show the stage',
    hotkey: '1',
    page: true,
    enabled: always,
    run: (session) => arrange(session, { view: 'stage', pane: 'stage' }),
  },
  compare: {
    id: 'compare',
    title: 'Four designs side by side',
    hotkey: '2',
    page: true,
    enabled: always,
    run: (session) => toggleView(session, 'compare'),
  },
  verdicts: {
    id: 'verdicts',
    title: 'Verdicts: every design against every property',
    hotkey: '3',
    page: true,
    enabled: always,
    run: (session) => toggleView(session, 'verdicts'),
  },
  table: {
    id: 'table',
    title: 'Timeline or table of steps',
    hotkey: '4',
    page: true,
    enabled: always,
    run: (session) =>
      arrange(session, {
        foot: session.getState().layout.foot === 'table' ? 'timeline' : 'table',
        pane: 'steps',
      }),
  },
  check: {
    id: 'check',
    title: 'Can this go wrong? Check every interleaving',
    hotkey: 'C',
    page: true,
    enabled: always,
    run: (session) => arrange(session, { side: 'check', pane: 'listing' }),
  },
  listing: {
    id: 'listing',
    title: 'Show the listing',
    hotkey: 'L',
    page: true,
    enabled: always,
    run: (session) => arrange(session, { side: 'listing', pane: 'listing' }),
  },
  nextScenario: {
    id: 'next-scenario',
    title: 'The next scenario of the list',
    hotkey: undefined,
    page: true,
    enabled: always,
    run: (session) => continuing.use(session, ({ showNext }) => showNext(session)),
  },
  library: {
    id: 'library',
    title: 'Scenarios: pick one or open a file',
    hotkey: 'O',
    page: true,
    enabled: always,
    run: (session) => showDialog(session, 'library'),
  },
  share: {
    id: 'share',
    title: 'Share: link, embed, export',
    hotkey: 'E',
    page: true,
    enabled: always,
    run: (session) => showDialog(session, 'share'),
  },
  palette: {
    id: 'palette',
    title: 'Find a command, an action or an object',
    hotkey: 'Mod+K',
    page: true,
    enabled: always,
    run: (session) => showDialog(session, 'palette'),
  },
  tour: {
    id: 'tour',
    title: 'Take the 90-second tour',
    hotkey: 'G',
    page: true,
    enabled: always,
    run: (session) => guiding.use(session, ({ showStop }) => showStop(session, 0, mayMove())),
  },
  tourNext: {
    id: 'tour-next',
    title: 'Next stop of the tour',
    hotkey: 'ArrowRight',
    also: ['PageDown', 'ArrowDown'],
    page: true,
    mode: touring,
    enabled: ({ layout }) =>
      layout.tour !== undefined && guiding.now()?.isLastStop(layout.tour) === false,
    run: (session) => guiding.use(session, ({ moveTour }) => moveTour(session, 1, mayMove())),
  },
  tourBack: {
    id: 'tour-back',
    title: 'Stop of the tour before',
    hotkey: 'ArrowLeft',
    also: ['PageUp', 'ArrowUp'],
    page: true,
    mode: touring,
    enabled: ({ layout }) => (layout.tour ?? 0) > 0,
    run: (session) => guiding.use(session, ({ moveTour }) => moveTour(session, -1, mayMove())),
  },
  tourLeave: {
    id: 'tour-leave',
    title: 'Leave the tour',
    hotkey: 'Escape',
    page: true,
    mode: touring,
    enabled: always,
    run: (session) => guiding.use(session, ({ leaveTour }) => leaveTour(session)),
  },
  predict: {
    id: 'predict',
    title: 'Predict what comes next',
    hotkey: 'Q',
    page: true,
    enabled: ({ run }) => currentBranch(run).tip.depth > 0,
    run: (session) => showDialog(session, 'predict'),
  },
  present: {
    id: 'present',
    title: 'Present: the stage and its caption, large',
    hotkey: 'P',
    page: true,
    enabled: always,
    run: (session) =>
      arrange(session, {
        present: !session.getState().layout.present,
        view: 'stage',
        pane: 'stage',
        opening: false,
      }),
  },
  presentNext: {
    id: 'present-next',
    title: 'Next point of the story',
    hotkey: 'Space',
    also: ['PageDown', 'ArrowRight', 'ArrowDown'],
    page: true,
    mode: presenting,
    enabled: ({ run }) => run.cursor < currentBranch(run).tip.depth,
    run: paused((session) => toBeat(session, 1)),
  },
  presentBack: {
    id: 'present-back',
    title: 'Point of the story before',
    hotkey: 'PageUp',
    also: ['ArrowLeft', 'ArrowUp'],
    page: true,
    mode: presenting,
    enabled: ({ run }) => run.cursor > 0,
    run: paused((session) => toBeat(session, -1)),
  },
  presentLeave: {
    id: 'present-leave',
    title: 'Leave the presentation',
    hotkey: 'Escape',
    page: true,
    mode: presenting,
    enabled: always,
    run: (session) => arrange(session, { present: false }),
  },
  theme: { id: 'theme', title: 'Light or dark', hotkey: 'T', enabled: always, run: toggleTheme },
  help: {
    id: 'help',
    title: 'Help and keys',
    hotkey: '?',
    page: true,
    enabled: always,
    run: (session) => showDialog(session, 'help'),
  },
} as const satisfies Record<string, Command>;

/** Goes to a point of the story by way of the step before it, so that the change itself is seen. */
function toBeat(session: Session, direction: 1 | -1): void {
  const depth = beatFrom(session.getState(), direction);
  if (direction > 0 && depth - session.getState().run.cursor > 1) seek(session, depth - 1);
  seek(session, depth);
}

/** Whether the reader lets things move. */
function mayMove(): boolean {
  return (
    typeof matchMedia === 'undefined' || !matchMedia('(prefers-reduced-motion: reduce)').matches
  );
}

function paused(run: (session: Session) => void): (session: Session) => void {
  return (session) => {
    pause(session);
    run(session);
  };
}

function toggleView(session: Session, view: 'compare' | 'verdicts'): void {
  arrange(session, {
    view: session.getState().layout.view === view ? 'stage' : view,
    pane: 'stage',
  });
}

function changeSpeed(session: Session, by: number): void {
  const now = SPEEDS.indexOf(session.getState().settings.speed);
  const speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, now + by))];
  if (speed !== undefined) change(session, { speed });
}

function toggleTheme(session: Session): void {
  const { theme } = session.getState().settings;
  change(session, { theme: theme === 'dark' ? 'light' : theme === 'light' ? 'system' : 'dark' });
}

/** Every command, in the order of the help. */
export const COMMAND_LIST: readonly Command[] = Object.values(COMMANDS);

/** Runs a command where it is enabled. */
export function runCommand(session: Session, command: Command): void {
  if (command.enabled(session.getState())) command.run(session);
}
