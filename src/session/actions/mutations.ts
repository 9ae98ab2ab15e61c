import { changedDesign } from '../../designs/changedDesign';
import type { Design } from '../../kernel/language/design';
import { MAX_MUTATIONS, type DesignChange } from '../../kernel/language/mutation';
import { variantFor } from '../queries/scenarioVariants';
import type { CheckSubject } from '../store/checkState';
import { notify } from '../store/notifications';
import type { Session } from '../store/session';
import { amendLast, commit } from '../store/undo';
import { rebaseOnDesign } from '../trace/rebaseOnDesign';
import { currentSnapshot } from '../trace/replay';
import { changesOf, type Setup } from '../trace/traceTree';
import { pause } from './playback';

/** The design of a check subject with its modifications applied. A string says why that is impossible. */
export function designOfSubject({ scenario, mutations }: CheckSubject): Design | string {
  const changed = changedDesign(scenario.design, scenario.options, mutations);
  return changed.ok ? changed.design : changed.message;
}

/** Adds a modification of the design, or takes it back. One that is impossible notifies the user. */
export function toggleMutation(session: Session, mutation: DesignChange): void {
  const { setup } = session.getState().run;
  const changes = changesOf(setup);
  const key = JSON.stringify(mutation);
  const others = changes.filter((each) => JSON.stringify(each) !== key);
  const isTakenBack = others.length < changes.length;
  const problem =
    !isTakenBack && changes.length >= MAX_MUTATIONS
      ? `At most ${MAX_MUTATIONS} steps can be changed at once.`
      : runModified(
          session,
          setupWith(setup, isTakenBack ? others : [...changes, mutation]),
          isTakenBack ? 'taking back a change of the design' : 'change of the design',
        );
  if (problem !== undefined) notify(session, 'error', 'That step cannot be changed.', [problem]);
}

/** Takes every modification back. There is nothing behind the text of an own design, which stays. */
export function discardMutations(session: Session): void {
  const { setup } = session.getState().run;
  const changes = changesOf(setup);
  const own = changes.filter((change) => change.kind === 'text' && change.own);
  session.setState({ draft: undefined });
  if (own.length === changes.length) return;
  const problem = runModified(session, setupWith(setup, own), 'discard changes');
  if (problem !== undefined)
    notify(session, 'error', 'The changes cannot be discarded.', [problem]);
}

/** A setup whose design has exactly these changes; a string says why that is impossible. The built-in captions are those of the unmodified design. */
export function setupWith(setup: Setup, changes: readonly DesignChange[]): Setup | string {
  const { scenario, libraryId, plannedCalls } = setup;
  const design = designOfSubject({ scenario, mutations: changes });
  if (typeof design === 'string') return design;
  const captioned =
    changes.length === 0 ? variantFor(setup, scenario.design, scenario.options) : undefined;
  return {
    scenario: captioned ?? { ...scenario, beats: [], expect: undefined },
    libraryId,
    design,
    ...(changes.length > 0 ? { mutations: changes } : {}),
    ...(plannedCalls ? { plannedCalls } : {}),
  };
}

/** Makes the calls on screen again in a modified design; a string says why that is impossible. `continues`: as part of the last change, if that has the same label. */
export function runModified(
  session: Session,
  next: Setup | string,
  undoLabel: string,
  { continues = false }: { readonly continues?: boolean } = {},
): string | undefined {
  if (typeof next === 'string') return next;
  const { run, undo, redo } = session.getState();
  let rebased;
  try {
    rebased = rebaseOnDesign(run, next);
    // A design can be valid and still not fit the calls; the replay finds that.
    currentSnapshot({ run: rebased });
  } catch (error) {
    return `The calls of this scenario cannot run in this design: ${error instanceof Error ? error.message : String(error)}`;
  }
  pause(session);
  if (continues && undo.at(-1)?.undoLabel === undoLabel && redo.length === 0)
    amendLast(session, rebased, 'Design changed');
  else commit(session, rebased, undoLabel, 'Design changed');
  return undefined;
}
