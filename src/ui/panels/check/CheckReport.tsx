import { propertyById } from '../../../kernel/properties/properties';
import type { CheckResult, PropertyVerdict } from '../../../explore/checkResult';
import { captionSays } from '../../../session/queries/captions';
import { verdictText } from '../../../session/queries/checkSubject';
import type { CheckSubject } from '../../../session/store/checkState';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { Term } from '../../controls/Term';
import { formatCount, scheduleLength } from '../../formatCount';
import { useSession, useSessionStore } from '../../useSession';
import { OutcomeList } from './OutcomeList';
import { ViolationExplanation } from './ViolationExplanation';
import styles from './CheckPanel.module.css';
import { dispatch } from '../../../session/actions/dispatch';

/** The verdict of a check, by property and by outcome. */
export function CheckReport({
  subject,
  result,
  isOutOfDate,
}: {
  readonly subject: CheckSubject;
  readonly result: CheckResult;
  readonly isOutOfDate: boolean;
}) {
  const { properties, outcomes, verdict } = result;
  const withStatus = (status: PropertyVerdict['status']): readonly PropertyVerdict[] =>
    properties.filter((property) => property.status === status);
  const notApplicable = withStatus('not-applicable');
  return (
    <div className={styles.report} data-out-of-date={isOutOfDate ? '' : undefined}>
      <p className={styles.verdict} data-verdict={verdict}>
        {verdictText(result)}
      </p>
      {result.unreachedFaults?.map(({ path, message }) => (
        <p key={path} className={styles.failed} role="alert">
          {path}: {message}
        </p>
      ))}
      <ul className={styles.list} aria-label="Properties">
        {[...withStatus('violated'), ...withStatus('incomplete'), ...withStatus('holds')].map(
          (property) => (
            <PropertyVerdictItem
              key={property.id}
              subject={subject}
              verdict={property}
              states={result.states}
              result={result}
              isOutOfDate={isOutOfDate}
            />
          ),
        )}
      </ul>
      {notApplicable.length > 0 && (
        <p className={styles.small}>
          Not applicable: {notApplicable.map(({ id }) => propertyById(id).title).join(', ')}.
        </p>
      )}
      {outcomes.length > 0 && <OutcomeList subject={subject} outcomes={outcomes} />}
      <p className={styles.small}>
        {formatCount(result.states)} <Term of="state">states</Term>,{' '}
        {formatCount(result.transitions)} transitions, depth {result.depth},{' '}
        {result.seconds.toFixed(2)} s with the{' '}
        {result.engine === 'wasm' ? 'WebAssembly' : 'bytecode'} engine; coverage: {result.coverage}.
        States are compared in full, not by hash.
      </p>
    </div>
  );
}

const STATUS_ICONS = {
  violated: 'close',
  holds: 'check',
  incomplete: 'question',
  'not-applicable': 'question',
} as const;

function PropertyVerdictItem({
  subject,
  verdict: { id, status, witness },
  states,
  result,
  isOutOfDate,
}: {
  readonly subject: CheckSubject;
  readonly verdict: PropertyVerdict;
  readonly states: number;
  readonly result: CheckResult;
  readonly isOutOfDate: boolean;
}) {
  const session = useSessionStore();
  const { title, statement } = propertyById(id);
  const isInCaption = useSession((state) => captionSays(state, witness?.text));
  return (
    <li className={styles.property} data-status={status} data-tooltip={statement}>
      <Icon name={STATUS_ICONS[status]} />
      <div>
        <b>{title}</b> <code>{id}</code>
        <p className={isInCaption ? styles.inCaption : undefined}>
          {witness
            ? witness.text
            : ({
                holds: `Holds in all ${formatCount(states)} states.`,
                violated: 'Violated. The check stopped before it could build a counterexample.',
              }[status as string] ?? 'Not violated in the explored states.')}
        </p>
        {witness && (
          <button
            type="button"
            className={`${buttons.button} ${buttons.small}`}
            aria-label={`Play the counterexample to ${id} (${scheduleLength(witness.steps, witness.switches)})`}
            onClick={() =>
              dispatch(session, 'show-counterexample', {
                subject,
                name: id,
                schedule: witness.schedule,
              })
            }
          >
            <Icon name="play" size={12} />
            Play the counterexample ({scheduleLength(witness.steps, witness.switches)})
          </button>
        )}{' '}
        {witness && (
          <ViolationExplanation
            subject={subject}
            result={result}
            property={id}
            isOutOfDate={isOutOfDate}
          />
        )}
      </div>
    </li>
  );
}
