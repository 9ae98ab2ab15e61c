import { redo, undo } from './history';
import { reset, seek } from './moves';
import { currentBranch, type Session, type SessionState } from './session';
import { back, canPlay, change, forward, pause, play, SPEEDS } from './transport';

/** Something that a button, a key or a message can ask for. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** `Mod` is Ctrl, or Command on a Mac. */
  readonly hotkey: string | undefined;
  readonly enabled: (state: SessionState) => boolean;
  readonly run: (session: Session) => void;
}

const always = (): boolean => true;

/** Every command, in the order of the help. Ids are stable: buttons, keys and messages name them. */
export const COMMANDS = {
  playPause: {
    id: 'play-pause', title: 'Play or pause', hotkey: 'Space', enabled: (state) => state.settings.playing || canPlay(state),
    run: (session) => (session.getState().settings.playing ? pause(session) : play(session)),
  },
  forward: { id: 'forward', title: 'One step forward', hotkey: 'ArrowRight', enabled: canPlay, run: paused(forward) },
  back: { id: 'back', title: 'One step back', hotkey: 'ArrowLeft', enabled: (state) => state.run.cursor > 0, run: paused(back) },
  start: { id: 'start', title: 'To the beginning of the branch', hotkey: 'Home', enabled: (state) => state.run.cursor > 0, run: paused((session) => seek(session, 0)) },
  end: {
    id: 'end', title: 'To the end of the branch', hotkey: 'End', enabled: (state) => state.run.cursor < currentBranch(state.run).tip.depth,
    run: paused((session) => seek(session, Number.MAX_SAFE_INTEGER)),
  },
  undo: { id: 'undo', title: 'Undo', hotkey: 'Mod+Z', enabled: (state) => state.undo.length > 0, run: paused(undo) },
  redo: { id: 'redo', title: 'Redo', hotkey: 'Mod+Shift+Z', enabled: (state) => state.redo.length > 0, run: paused(redo) },
  reset: { id: 'reset', title: 'Reset to the beginning', hotkey: 'R', enabled: (state) => state.run.cursor > 0, run: paused(reset) },
  slower: { id: 'slower', title: 'Play slower', hotkey: '-', enabled: always, run: (session) => changeSpeed(session, -1) },
  faster: { id: 'faster', title: 'Play faster', hotkey: '+', enabled: always, run: (session) => changeSpeed(session, 1) },
  theme: { id: 'theme', title: 'Light or dark', hotkey: 'T', enabled: always, run: toggleTheme },
  help: { id: 'help', title: 'Help and keys', hotkey: '?', enabled: always, run: (session) => session.setState({ dialog: 'help' }) },
} as const satisfies Record<string, Command>;

function paused(run: (session: Session) => void): (session: Session) => void {
  return (session) => {
    pause(session);
    run(session);
  };
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

/** Runs a command where it is enabled. */
export function runCommand(session: Session, command: Command): void {
  if (command.enabled(session.getState())) command.run(session);
}
