import type { HistoryEntry, Run, Session, SessionState } from './session';

/** How many acts undo remembers. */
const UNDO_LIMIT = 500;

/** Puts `run` on screen and remembers the one before under the name of what was done. */
export function commit(session: Session, run: Run, did: string, said: string): void {
  session.setState((state) => ({
    run,
    undo: [...state.undo.slice(1 - UNDO_LIMIT), { run: state.run, did }],
    redo: [],
    hover: undefined,
    announcement: said,
  }));
}

/** Puts `run` on screen as part of the act before it: play and the slider make one act of many. */
export function amend(session: Session, run: Run, said: string): void {
  session.setState({ run, hover: undefined, announcement: said });
}

/** Goes back to where one stood before the last act; what it led to stays reachable. */
export function undo(session: Session): void {
  session.setState((state) => {
    const entry = state.undo.at(-1);
    return entry
      ? {
          ...goTo(state, entry),
          undo: state.undo.slice(0, -1),
          redo: [...state.redo, here(state, entry)],
          announcement: `Undone: ${entry.did}`,
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
          ...goTo(state, entry),
          redo: state.redo.slice(0, -1),
          undo: [...state.undo, here(state, entry)],
          announcement: `Done again: ${entry.did}`,
        }
      : {};
  });
}

function here(state: SessionState, entry: HistoryEntry): HistoryEntry {
  return { run: state.run, did: entry.did };
}

/** Branches only grow while the setup stays, so an older place is a place of today's tree. */
function goTo(
  state: SessionState,
  { run }: HistoryEntry,
): Pick<SessionState, 'run' | 'hover' | 'settings'> {
  const sameTree = run.setup === state.run.setup;
  return {
    run: sameTree ? { ...run, branches: state.run.branches } : run,
    hover: undefined,
    settings: { ...state.settings, playing: false },
  };
}
