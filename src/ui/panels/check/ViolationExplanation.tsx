import type { CheckResult } from '../../../explore/checkResult';
import type { Explanation, TaskStep } from '../../../explore/explain/decidingSteps';
import type { PropertyId } from '../../../kernel/language/propertyId';
import { dispatch } from '../../../session/actions/dispatch';
import type { CheckSubject } from '../../../session/store/checkState';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { formatAboutCount, formatCount } from '../../formatCount';
import { useSession, useSessionStore } from '../../useSession';
import styles from './CheckPanel.module.css';
import { useCheckClient } from './useCheckClient';

/** Which order of two steps decides a violation, how many interleavings it is in, and single changes that help. */
export function ViolationExplanation({
  subject,
  result,
  property,
  isOutOfDate,
}: {
  readonly subject: CheckSubject;
  readonly result: CheckResult;
  readonly property: PropertyId;
  readonly isOutOfDate: boolean;
}) {
  const session = useSessionStore();
  const client = useCheckClient(session);
  const known = useSession(({ explanation }) =>
    explanation?.property === property && explanation.subject === subject ? explanation : undefined,
  );
  if (!known)
    return (
      <button
        type="button"
        className={`${buttons.button} ${buttons.small}`}
        aria-label={`Explain the violation of ${property}`}
        onClick={() =>
          dispatch(session, 'explain-violation', { client, subject, result, property })
        }
      >
        <Icon name="question" size={12} />
        Explain
      </button>
    );
  const { explanation, fixes, working } = known;
  const content = (
    <div className={styles.explanation} role="group" aria-label={`Explanation of ${property}`}>
      {typeof explanation === 'string' && <p>{failureText(explanation)}</p>}
      {typeof explanation === 'object' && (
        <DecidingOrder subject={subject} explanation={explanation} />
      )}
      {fixes.length > 0 && (
        <>
          <p>Single changes after which it holds, each checked:</p>
          <ul>
            {fixes.map((fix) => (
              <li key={fix.title}>
                <span>
                  {fix.title}{' '}
                  <span className={styles.small}>
                    {formatCount(fix.result.states)} states
                    {fix.difference === undefined ? '' : `. ${fix.difference}`}
                  </span>
                </span>
                <button
                  type="button"
                  className={`${buttons.button} ${buttons.small}`}
                  aria-label={`Apply: ${fix.title}`}
                  onClick={() => dispatch(session, 'apply-fix', { fix })}
                >
                  Apply
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {working ? (
        <p className={styles.small}>Trying single changes…</p>
      ) : (
        fixes.length === 0 && <p>No single change of the known ones makes it hold.</p>
      )}
    </div>
  );
  return isOutOfDate ? (
    <details>
      <summary className={styles.small}>Explanation and changes</summary>
      {content}
    </details>
  ) : (
    content
  );
}

function DecidingOrder({
  subject,
  explanation: { decision, share, property },
}: {
  readonly subject: CheckSubject;
  readonly explanation: Explanation;
}) {
  const session = useSessionStore();
  return (
    <>
      {decision ? (
        <p>
          The order of two steps decides: <StepName step={decision.before} /> runs before{' '}
          <StepName step={decision.after} />. After that every interleaving violates the property.
        </p>
      ) : (
        <p>Every interleaving violates the property.</p>
      )}
      {share && decision && <p>{shareText(share)}</p>}
      {decision && (
        <button
          type="button"
          className={`${buttons.button} ${buttons.small}`}
          aria-label={`Play the safe order for ${property}`}
          onClick={() =>
            dispatch(session, 'show-counterexample', {
              subject,
              name: `safe order for ${property}`,
              schedule: decision.safeSchedule,
            })
          }
        >
          <Icon name="play" size={12} />
          Play the safe order
        </button>
      )}
    </>
  );
}

function StepName({ step: { task, step } }: { readonly step: TaskStep }) {
  return (
    <>
      {task} <code data-tooltip={step}>{step.split('/').at(-1)}</code>
    </>
  );
}

function shareText({ violated, total }: NonNullable<Explanation['share']>): string {
  const percent = (100 * violated) / total;
  const shown =
    percent > 0 && percent < 0.1
      ? 'Less than 0.1'
      : percent < 100 && percent > 99.9
        ? 'More than 99.9'
        : String(Math.round(percent * 10) / 10);
  const counts = total < 1e9 ? ` (${formatCount(violated)} of ${formatCount(total)})` : '';
  const all = total < 1e9 ? 'all' : `the about ${formatAboutCount(total)}`;
  return `${shown}% of ${all} interleavings${counts} violate it.`;
}

function failureText(why: string): string {
  if (why === 'too-large') return 'Too many states to compare all interleavings.';
  if (why === 'not-by-order')
    return 'No single order of two steps decides this property: it compares several schedules, or a call that runs alone.';
  return why;
}
