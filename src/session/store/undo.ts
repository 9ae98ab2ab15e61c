import type { UndoEntry, Session, SessionState } from './session';
import type { Run } from '../trace/run';

/** How many acts undo remembers. */
const MAX_UNDO_ENTRIES = 500;

/** Puts `run` on screen and remembers the one before under the name of what was done. */
export function commit(session: Session, run: Run, did: string, said: string): void {
  session.setState((state) => ({
    run,
    undo: [...state.undo.slice(1 - MAX_UNDO_ENTRIES), { run: state.run, undoLabel: did }],
    redo: [],
    hover: undefined,
    announcement: said,
  }));
}

/** Puts `run` on screen as part of the act before it: play and the slider make one act of many. */
export function amendLast(session: Session, run: Run, said: string): void {
  session.setState({ run, hover: undefined, announcement: said });
}

/** Goes back to where one stood before the last act; what it led to stays reachable. */
export function undo(session: Session): void {
  session.setState((state) => {
    const entry = state.undo.at(-1);
    return entry
      ? {
          ...restore(state, entry),
          undo: state.undo.slice(0, -1),
          redo: [...state.redo, currentEntry(state, entry)],
          announcement: `Undone: ${entry.undoLabel}`,
        }
      : {};
  });
}

/** Does again what was undone last. */
export function redo(session: Session): void {
  session.setState((state) => {
    const entry = state.redo.at(-1);
    return entry
      ? {
          ...restore(state, entry),
          redo: state.redo.slice(0, -1),
          undo: [...state.undo, currentEntry(state, entry)],
          announcement: `Done again: ${entry.undoLabel}`,
        }
      : {};
  });
}

function currentEntry(state: SessionState, entry: UndoEntry): UndoEntry {
  return { run: state.run, undoLabel: entry.undoLabel };
}

/** Branches only grow while the setup stays, so an older place is a place of today's tree. */
function restore(
  state: SessionState,
  { run }: UndoEntry,
): Pick<SessionState, 'run' | 'hover' | 'settings'> {
  const sameTree = run.setup === state.run.setup;
  return {
    run: sameTree ? { ...run, branches: state.run.branches } : run,
    hover: undefined,
    settings: { ...state.settings, playing: false },
  };
}
