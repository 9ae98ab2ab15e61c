import { designById } from '../../designs/registry';
import { mutate } from '../../kernel/compiler/mutate';
import { MAX_MUTATIONS, type Mutation } from '../../kernel/language/mutation';
import type { Design } from '../../kernel/language/design';
import { commit } from '../store/undo';
import { notify } from '../store/notifications';
import type { Session } from '../store/session';
import { pause } from './playback';
import type { CheckSubject } from '../store/checkState';
import { freshRun } from '../trace/run';

export function designOfSubject({ scenario, mutations }: CheckSubject): Design | string {
  const design = designById(scenario.design);
  if (!design) return `there is no design ${scenario.design}`;
  if (mutations.length === 0) return design;
  const made = mutate(design, scenario.options, mutations);
  return made.ok ? made.design : made.message;
}

/** Switches a change of a row on or off for the next check; tells why where it cannot be made. */
export function toggleMutation(session: Session, mutation: Mutation): void {
  const { mutations, run } = session.getState();
  const key = JSON.stringify(mutation);
  const without = mutations.filter((each) => JSON.stringify(each) !== key);
  const next = without.length < mutations.length ? without : [...mutations, mutation];
  if (next.length > MAX_MUTATIONS)
    return notify(session, 'error', 'That row cannot be changed.', [
      `At most ${MAX_MUTATIONS} rows can be changed at once.`,
    ]);
  const tried = designOfSubject({ scenario: run.setup.scenario, mutations: next });
  if (typeof tried === 'string')
    return notify(session, 'error', 'That row cannot be changed.', [tried]);
  session.setState({ mutations: next });
}

/** Goes back to the design as it is: no row is changed, and a run of a changed design is left. */
export function discardMutations(session: Session): void {
  const { run } = session.getState();
  session.setState({ mutations: [] });
  const design = designById(run.setup.scenario.design);
  if (run.setup.mutations === undefined || !design) return;
  pause(session);
  commit(
    session,
    freshRun({
      scenario: { ...run.setup.scenario, schedule: 'sequential' },
      libraryId: run.setup.libraryId,
      design,
    }),
    'back to the design itself',
    'Back to the design itself',
  );
}
