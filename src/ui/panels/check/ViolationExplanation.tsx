import type { CheckResult } from '../../../explore/checkResult';
import type { TaskStep } from '../../../explore/explain/decidingOrder';
import type { Explanation, ViolatedShare } from '../../../explore/explain/decidingSteps';
import { parseScheduleEntry } from '../../../scenario/format/scheduleText';
import type { PropertyId } from '../../../kernel/language/propertyId';
import { dispatch } from '../../../session/actions/dispatch';
import type { CheckSubject } from '../../../session/store/checkState';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { formatAboutCount, formatCount, scheduleLength } from '../../formatCount';
import { useSession, useSessionStore } from '../../useSession';
import styles from './CheckPanel.module.css';
import { useCheckClient } from './useCheckClient';

/** What decides a violation, how many interleavings it is in, and single changes that help. */
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
        <DecidingChoice subject={subject} explanation={explanation} />
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

function DecidingChoice({
  subject,
  explanation: { order, decision, share, property },
}: {
  readonly subject: CheckSubject;
  readonly explanation: Explanation;
}) {
  const session = useSessionStore();
  return (
    <>
      {order ? (
        <p>
          The order of two steps decides: the property is violated in every interleaving in which{' '}
          <StepName step={order.before} /> runs before <StepName step={order.after} />, and in no
          other.
        </p>
      ) : decision ? (
        <p>
          On this schedule the last choice that decides comes after step {decision.depth}: if{' '}
          <StepName step={decision.before} /> runs next, every continuation violates the property;
          if <StepName step={decision.after} /> runs next, it can still hold.
        </p>
      ) : (
        <p>
          {property === 'lock-order'
            ? 'Every interleaving releases a lock that the task does not hold: each runs such a step.'
            : 'Every interleaving violates the property.'}
        </p>
      )}
      {share && decision && <p>{shareText(share)}</p>}
      {decision && (
        <button
          type="button"
          className={`${buttons.button} ${buttons.small}`}
          onClick={() =>
            dispatch(session, 'show-counterexample', {
              subject,
              name: `safe order for ${property}`,
              schedule: decision.safeSchedule,
            })
          }
        >
          <Icon name="play" size={12} />
          Play the order that is safe ({lengthOf(decision.safeSchedule)})
        </button>
      )}
    </>
  );
}

function lengthOf(schedule: readonly string[]): string {
  const entries = schedule.map(parseScheduleEntry);
  return scheduleLength(
    entries.reduce((sum, { count }) => sum + count, 0),
    entries.filter(({ task }, index) => index > 0 && task !== entries[index - 1]?.task).length,
  );
}

function StepName({ step: { task, step } }: { readonly step: TaskStep }) {
  return (
    <>
      {task} <code data-tooltip={step}>{step.split('/').at(-1)}</code>
    </>
  );
}

function shareText({ violated, total, random }: ViolatedShare): string {
  const counts =
    total < 1e9 ? ` (${formatCount(Number(violated))} of ${formatCount(Number(total))})` : '';
  const all = total < 1e9 ? 'all' : `the about ${formatAboutCount(total)}`;
  // The quotient of the first 17 digits: the counts can be larger than a number.
  const share = Number((violated * 10n ** 17n) / total) / 1e17;
  return `${percentText(share)} of ${all} interleavings${counts} violate it, each counted once and to its end. If every task that can run is equally likely at each step, ${percentText(random)} of the runs do.`;
}

function percentText(share: number): string {
  const percent = 100 * share;
  if (percent > 0 && percent < 0.1) return 'Less than 0.1%';
  if (percent < 100 && percent > 99.9) return 'More than 99.9%';
  return `${Math.round(percent * 10) / 10}%`;
}

function failureText(why: string): string {
  switch (why) {
    case 'too-large':
      return 'Too many states to compare all interleavings.';
    case 'call-alone':
      return 'The order of steps does not decide this: in the last state of the counterexample, a call that then runs alone violates the property.';
    case 'several-schedules':
      return 'No single schedule decides this: the lock orders of several schedules together form the cycle.';
    default:
      return why;
  }
}
