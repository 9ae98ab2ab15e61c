import { useEffect } from 'react';
import { changesOf } from '../../../session/trace/traceTree';
import { changeText } from '../../../session/queries/changeText';
import { DesignName } from '../../controls/DesignName';
import { makeMutation } from '../../../kernel/language/mutation';
import { PROPERTIES } from '../../../kernel/properties/properties';
import type { CheckProgress } from '../../../check-worker/runCheckInSlices';
import { currentSnapshot } from '../../../session/trace/replay';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { Term } from '../../controls/Term';
import { formatCount } from '../../formatCount';
import { useSession, useSessionStore } from '../../useSession';
import { useCheckClient } from './useCheckClient';
import { CheckReport } from './CheckReport';
import styles from './CheckPanel.module.css';
import { isCheckOutOfDate, outOfDateText } from '../../../session/queries/checkSubject';
import { dispatch } from '../../../session/actions/dispatch';

/** Checks every interleaving of the calls on screen; each counterexample can be played. */
export function CheckPanel() {
  const session = useSessionStore();
  const client = useCheckClient(session);
  const check = useSession((state) => state.check);
  const callCount = useSession((state) => currentSnapshot(state).program.calls.length);
  const outOfDate = useSession((state) =>
    'subject' in state.check && isCheckOutOfDate(state, state.check.subject)
      ? outOfDateText(state, state.check.subject)
      : undefined,
  );
  const running = check.kind === 'running';
  useEffect(() => {
    if (check.kind === 'requested') dispatch(session, 'start-check', { client });
  }, [check, session, client]);
  return (
    <section className={styles.panel} aria-label="Check">
      <p className={styles.question}>
        <b>
          Can any interleaving of {callCount === 1 ? 'this call' : `these ${callCount} calls`}{' '}
          violate a property?
        </b>
        All interleavings in <DesignName /> are explored. Each counterexample can be played.
      </p>
      <ModifiedDesign />
      <div className={styles.actions}>
        {running ? (
          <button
            type="button"
            className={buttons.button}
            onClick={() => dispatch(session, 'cancel-check')}
          >
            <Icon name="close" />
            Cancel
          </button>
        ) : (
          <button
            type="button"
            className={`${buttons.button} ${buttons.primary}`}
            onClick={() => {
              dispatch(session, 'start-check', { client });
            }}
          >
            <Icon name="shield" />
            {check.kind === 'done' ? 'Check again' : 'Check all interleavings'}
          </button>
        )}
      </div>
      {check.kind === 'idle' && <ApplicableProperties />}
      {running && <ProgressReport progress={check.progress} />}
      {outOfDate !== undefined && !running && <p className={styles.outOfDate}>{outOfDate}</p>}
      {check.kind === 'failed' && (
        <p className={styles.failed} role="alert">
          {check.message}
        </p>
      )}
      {check.kind === 'done' && (
        <CheckReport
          subject={check.subject}
          result={check.result}
          isOutOfDate={outOfDate !== undefined}
        />
      )}
    </section>
  );
}

/** The properties that the next check covers. */
function ApplicableProperties() {
  const program = useSession((state) => currentSnapshot(state).program);
  return (
    <>
      <h3 className={styles.heading}>Properties</h3>
      <ul className={styles.applicable}>
        {PROPERTIES.filter((property) => property.appliesTo(program)).map(
          ({ id, title, statement }) => (
            <li key={id}>
              <b>{title}</b> {statement}
            </li>
          ),
        )}
      </ul>
    </>
  );
}

/** The steps that are disabled or swapped. */
function ModifiedDesign() {
  const session = useSessionStore();
  const mutations = useSession((state) => changesOf(state.run.setup));
  if (mutations.length === 0) return undefined;
  const isOwn = mutations.some((each) => each.kind === 'text' && each.own);
  return (
    <div className={styles.mutations}>
      <p>{isOwn ? 'Own design:' : 'Modified design:'}</p>
      <ul>
        {mutations.map((mutation) => (
          <li key={makeMutation(mutation)}>
            {changeText(mutation)}
            {!(mutation.kind === 'text' && mutation.own) && (
              <button
                type="button"
                className={`${buttons.button} ${buttons.quiet} ${buttons.icon}`}
                aria-label={`Undo ${changeText(mutation)}`}
                onClick={() => dispatch(session, 'toggle-mutation', { mutation })}
              >
                <Icon name="close" size={12} />
              </button>
            )}
          </li>
        ))}
      </ul>
      {!isOwn && (
        <button
          type="button"
          className={`${buttons.button} ${buttons.small}`}
          onClick={() => dispatch(session, 'discard-mutations')}
        >
          Discard changes
        </button>
      )}
    </div>
  );
}

function ProgressReport({ progress }: { readonly progress: CheckProgress | undefined }) {
  return (
    <div className={styles.progress}>
      <progress aria-label="Check in progress" />
      <p>
        {progress ? (
          <>
            {formatCount(progress.states)} <Term of="state">states</Term>, depth {progress.depth},{' '}
            {formatCount(progress.statesPerSecond)} states/s
            {progress.phase === 'conclude' ? ', building counterexamples' : ''}
          </>
        ) : (
          'Starting…'
        )}
      </p>
    </div>
  );
}
