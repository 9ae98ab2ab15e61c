import { designById } from '../../designs/registry';
import { changedDesign } from '../../designs/changedDesign';
import type { Design } from '../../kernel/language/design';
import { MAX_MUTATIONS, type DesignChange } from '../../kernel/language/mutation';
import type { CheckSubject } from '../store/checkState';
import { notify } from '../store/notifications';
import type { Session } from '../store/session';
import { commit } from '../store/undo';
import { freshRun } from '../trace/run';
import { originalText } from '../queries/designDraft';
import { editDesign } from './editDesign';
import { pause } from './playback';

/** The design of a check subject with its modifications applied. A string says why that is impossible. */
export function designOfSubject({ scenario, mutations }: CheckSubject): Design | string {
  const changed = changedDesign(scenario.design, scenario.options, mutations);
  return changed.ok ? changed.design : changed.message;
}

/** Adds a modification of the design for the next check, or removes it. A modification that does not compile notifies the user. */
export function toggleMutation(session: Session, mutation: DesignChange): void {
  const { mutations, run } = session.getState();
  const key = JSON.stringify(mutation);
  const others = mutations.filter((each) => JSON.stringify(each) !== key);
  const next = others.length < mutations.length ? others : [...mutations, mutation];
  const problem =
    next.length > MAX_MUTATIONS
      ? `At most ${MAX_MUTATIONS} steps can be changed at once.`
      : designOfSubject({ scenario: run.setup.scenario, mutations: next });
  if (typeof problem === 'string')
    notify(session, 'error', 'That step cannot be changed.', [problem]);
  else session.setState({ mutations: next });
}

/** Removes every modification; a run of a modified design restarts under the original one. */
export function discardMutations(session: Session): void {
  const { setup } = session.getState().run;
  const [text] = setup.mutations ?? [];
  if (text?.kind === 'text') {
    // There is nothing behind the text of an own design.
    if (!text.own) editDesign(session, originalText(setup), 'discard changes');
    return;
  }
  session.setState({ mutations: [] });
  const design = designById(setup.scenario.design);
  if (setup.mutations === undefined || !design) return;
  pause(session);
  const { libraryId } = setup;
  commit(
    session,
    freshRun({ scenario: { ...setup.scenario, schedule: 'sequential' }, libraryId, design }),
    'discard changes',
    'Discarded the changes of the design',
  );
}
