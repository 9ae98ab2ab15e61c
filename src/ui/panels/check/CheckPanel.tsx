import type { CSSProperties } from 'react';
import { makeMutation } from '../../../kernel/language/mutation';
import { PROPERTIES, propertyById } from '../../../kernel/properties/properties';
import type { CheckResult, CheckOutcome, PropertyVerdict } from '../../../explore/checkResult';
import type { CheckProgress } from '../../../check-worker/runCheckInSlices';
import { currentSnapshot } from '../../../session/trace/replay';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { useSession, useSessionStore } from '../../useSession';
import { useCheckClient } from './useCheckClient';
import styles from './CheckPanel.module.css';
import type { CheckSubject } from '../../../session/store/checkState';
import { isCheckOutOfDate, verdictText } from '../../../session/queries/checkSubject';
import { dispatch } from '../../../session/actions/dispatch';

const formatCount = (n: number): string => n.toLocaleString('en-US');

/** Answers "can this go wrong?" for the calls on screen, with a schedule to play for every yes. */
export function CheckPanel() {
  const session = useSessionStore();
  const client = useCheckClient(session);
  const check = useSession((state) => state.check);
  const calls = useSession((state) => currentSnapshot(state).program.calls.length);
  const design = useSession((state) => state.run.setup.design.id);
  const stale = useSession(
    (state) => state.check.kind !== 'idle' && isCheckOutOfDate(state, state.check.subject),
  );
  const running = check.kind === 'running';
  return (
    <section className={styles.panel} aria-label="Check">
      <p className={styles.question}>
        <b>Can {calls === 1 ? 'this call' : `these ${calls} calls`} go wrong in any order?</b>
        Every interleaving is tried in <code>{design}</code>, and each one that breaks a rule can be
        played.
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
            {check.kind === 'done' && !stale ? 'Check again' : 'Check all interleavings'}
          </button>
        )}
      </div>
      {check.kind === 'idle' && <ApplicableProperties />}
      {running && <ProgressReport news={check.progress} />}
      {stale && !running && (
        <p className={styles.stale}>
          The result below is about other calls, options or rows than those on screen now.
        </p>
      )}
      {check.kind === 'failed' && (
        <p className={styles.failed} role="alert">
          {check.message}
        </p>
      )}
      {check.kind === 'done' && <CheckReport of={check.subject} result={check.result} />}
    </section>
  );
}

/** What a check will ask, before it has an answer. */
function ApplicableProperties() {
  const program = useSession((state) => currentSnapshot(state).program);
  return (
    <>
      <h3 className={styles.heading}>What is asked</h3>
      <ul className={styles.rules}>
        {PROPERTIES.filter((each) => each.appliesTo(program)).map(({ id, title, statement }) => (
          <li key={id}>
            <b>{title}</b> {statement}
          </li>
        ))}
      </ul>
    </>
  );
}

function ModifiedDesign() {
  const session = useSessionStore();
  const mutations = useSession((state) => state.mutations);
  const onStage = useSession((state) => state.run.setup.mutations);
  if (mutations.length === 0 && !onStage) return undefined;
  return (
    <div className={styles.mutations}>
      <p>This is not the design itself:</p>
      <ul>
        {mutations.map((mutation) => (
          <li key={makeMutation(mutation)}>
            <code>{makeMutation(mutation)}</code>
            <button
              type="button"
              className={`${buttons.button} ${buttons.quiet} ${buttons.icon}`}
              aria-label={`Undo ${makeMutation(mutation)}`}
              onClick={() => dispatch(session, 'toggle-mutation', { mutation })}
            >
              <Icon name="close" size={12} />
            </button>
          </li>
        ))}
      </ul>
      <button
        type="button"
        className={`${buttons.button} ${buttons.small}`}
        onClick={() => dispatch(session, 'discard-mutations')}
      >
        Back to the design itself
      </button>
    </div>
  );
}

function ProgressReport({ news }: { readonly news: CheckProgress | undefined }) {
  return (
    <div className={styles.progress}>
      <progress aria-label="Check under way" />
      <p>
        {news
          ? `${formatCount(news.states)} states, depth ${news.depth}, ${formatCount(news.statesPerSecond)} states/s${news.phase === 'conclude' ? ', looking for the shortest witnesses' : ''}`
          : 'Starting…'}
      </p>
    </div>
  );
}

function CheckReport({ of, result }: { readonly of: CheckSubject; readonly result: CheckResult }) {
  const { properties, outcomes, verdict } = result;
  const by = (status: PropertyVerdict['status']): readonly PropertyVerdict[] =>
    properties.filter((each) => each.status === status);
  return (
    <>
      <p className={styles.verdict} data-verdict={verdict}>
        {verdictText(result)}
      </p>
      <ul className={styles.list} aria-label="Properties">
        {[...by('violated'), ...by('incomplete'), ...by('holds')].map((each) => (
          <PropertyVerdictItem key={each.id} of={of} verdict={each} states={result.states} />
        ))}
      </ul>
      {by('not-applicable').length > 0 && (
        <p className={styles.small}>
          Not asked here:{' '}
          {by('not-applicable')
            .map(({ id }) => propertyById(id).title)
            .join(', ')}
          .
        </p>
      )}
      {outcomes.length > 0 && <OutcomeList of={of} outcomes={outcomes} />}
      <p className={styles.small}>
        {formatCount(result.states)} states, {formatCount(result.transitions)} transitions, depth{' '}
        {result.depth}, {result.seconds.toFixed(2)} s with the{' '}
        {result.engine === 'wasm' ? 'WebAssembly' : 'bytecode'} engine; coverage: {result.coverage}.
        States are compared in full.
      </p>
    </>
  );
}

const STATUS_ICONS = {
  violated: 'close',
  holds: 'check',
  incomplete: 'question',
  'not-applicable': 'question',
} as const;

function PropertyVerdictItem({
  of,
  verdict: { id, status, witness },
  states,
}: {
  readonly of: CheckSubject;
  readonly verdict: PropertyVerdict;
  readonly states: number;
}) {
  const session = useSessionStore();
  const { title, statement } = propertyById(id);
  return (
    <li className={styles.property} data-status={status} title={statement}>
      <Icon name={STATUS_ICONS[status]} />
      <div>
        <b>{title}</b> <code>{id}</code>
        <p>
          {witness
            ? witness.text
            : ({
                holds: `Holds in all ${formatCount(states)} states.`,
                violated: 'Broken; the check was ended before it had a schedule to show.',
              }[status as string] ?? 'Not broken in the part that was seen.')}
        </p>
        {witness && (
          <button
            type="button"
            className={`${buttons.button} ${buttons.small}`}
            aria-label={`Play the witness of ${id}`}
            onClick={() =>
              dispatch(session, 'show-counterexample', {
                subject: of,
                name: id,
                schedule: witness.schedule,
              })
            }
          >
            <Icon name="play" size={12} />
            {witness.steps} steps, {witness.switches}{' '}
            {witness.switches === 1 ? 'switch' : 'switches'}
          </button>
        )}
      </div>
    </li>
  );
}

function OutcomeList({
  of,
  outcomes,
}: {
  readonly of: CheckSubject;
  readonly outcomes: readonly CheckOutcome[];
}) {
  const session = useSessionStore();
  const most = Math.max(...outcomes.map(({ states }) => states));
  // What is the same in every end tells nothing.
  const telling = (index: number): boolean =>
    new Set(outcomes.map(({ calls }) => calls[index]?.result)).size > 1;
  return (
    <>
      <h3 className={styles.heading}>How it can end</h3>
      <ul className={styles.list} aria-label="Outcomes">
        {outcomes.map(({ calls, files, states, witness }, index) => {
          const apart = calls.filter((_, at) =>
            outcomes.length === 1 ? calls[at]?.result !== 'ok' : telling(at),
          );
          return (
            <li
              key={witness.schedule.join()}
              className={styles.outcome}
              style={{ '--share': `${(100 * states) / most}%` } as CSSProperties}
            >
              <p>
                {apart.length === 0
                  ? 'Every call succeeds.'
                  : apart.map(({ by, call, result }) => `${by} ${call}: ${result}`).join('; ')}
              </p>
              {files.length > 0 && (
                <p className={styles.small}>
                  left open:{' '}
                  {files.map(({ name, by, fops }) => `${name} of ${by} (fops ${fops})`).join(', ')}
                </p>
              )}
              <button
                type="button"
                className={`${buttons.button} ${buttons.small}`}
                aria-label={`Play outcome ${index + 1}`}
                onClick={() =>
                  dispatch(session, 'show-counterexample', {
                    subject: of,
                    name: `outcome ${index + 1}`,
                    schedule: witness.schedule,
                  })
                }
              >
                <Icon name="play" size={12} />
                {witness.steps} steps
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
