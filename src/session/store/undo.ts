import type { Run } from '../trace/run';
import { notificationsAfterChange } from './notifications';
import type { Session, SessionState, UndoEntry } from './session';

const MAX_UNDO_ENTRIES = 500;

/** Shows `run` and adds the previous run to the undo list, labelled with the change that undo would take back. */
export function commit(session: Session, run: Run, undoLabel: string, announcement: string): void {
  session.setState((state) => ({
    run,
    undo: [...state.undo.slice(1 - MAX_UNDO_ENTRIES), { run: state.run, undoLabel }],
    redo: [],
    hover: undefined,
    notifications: notificationsAfterChange(state.notifications, sameScenario(run, state.run)),
    announcement,
  }));
}

/** Shows `run` as part of the last committed change: playback and the slider make one change of many steps. */
export function amendLast(session: Session, run: Run, announcement: string): void {
  session.setState({ run, hover: undefined, announcement });
}

/** Takes the last change back. The branches that it made stay reachable. */
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

/** Makes the last undone change again. */
export function redo(session: Session): void {
  session.setState((state) => {
    const entry = state.redo.at(-1);
    return entry
      ? {
          ...restore(state, entry),
          redo: state.redo.slice(0, -1),
          undo: [...state.undo, currentEntry(state, entry)],
          announcement: `Redone: ${entry.undoLabel}`,
        }
      : {};
  });
}

function currentEntry(state: SessionState, entry: UndoEntry): UndoEntry {
  return { run: state.run, undoLabel: entry.undoLabel };
}

/** Branches only grow while the setup stays the same, so an older cursor is valid in the current tree. */
function restore(
  state: SessionState,
  { run }: UndoEntry,
): Pick<SessionState, 'run' | 'draft' | 'hover' | 'settings' | 'callPlayback' | 'notifications'> {
  return {
    run: sameScenario(run, state.run) ? { ...run, branches: state.run.branches } : run,
    draft: undefined,
    hover: undefined,
    settings: { ...state.settings, playing: false },
    callPlayback: undefined,
    notifications: notificationsAfterChange(state.notifications, sameScenario(run, state.run)),
  };
}

/** Whether two runs have the same branches, or one has those of the other and more. */
function sameScenario(a: Run, b: Run): boolean {
  return a.branches[0]?.tip.setup === b.branches[0]?.tip.setup;
}
