import type { Session, SessionState } from '../store/session';

/** A change of a session that buttons, keys, the palette and host messages dispatch by its id. */
export interface Command<Args = void> {
  /** Verb phrase for the help and the palette. */
  readonly title: string;
  /** `Mod` is Ctrl, or Command on a Mac. */
  readonly hotkey?: string;
  readonly alternateHotkeys?: readonly string[];
  /** If present, the command exists only while this is true, and then takes its keys from all other commands. */
  readonly exclusiveWhile?: (state: SessionState) => boolean;
  /** Without it the command is always enabled. */
  readonly enabled?: (state: SessionState) => boolean;
  readonly run: (session: Session, args: Args) => void;
}
