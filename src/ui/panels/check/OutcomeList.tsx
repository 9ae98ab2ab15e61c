import type { CSSProperties } from 'react';
import { fileAccessText } from '../../../designs/catalog';
import type { CheckOutcome } from '../../../explore/checkResult';
import type { CheckSubject } from '../../../session/store/checkState';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { scheduleLength } from '../../formatCount';
import { useSessionStore } from '../../useSession';
import styles from './CheckPanel.module.css';
import { dispatch } from '../../../session/actions/dispatch';

/** The distinct results of the calls over all interleavings, each with a schedule that leads to it. */
export function OutcomeList({
  subject,
  outcomes,
}: {
  readonly subject: CheckSubject;
  readonly outcomes: readonly CheckOutcome[];
}) {
  const session = useSessionStore();
  const maxStates = Math.max(...outcomes.map(({ states }) => states));
  // A result that all outcomes share does not tell them shown.
  const differs = (index: number): boolean =>
    new Set(outcomes.map(({ calls }) => calls[index]?.result)).size > 1;
  return (
    <>
      <h3 className={styles.heading}>Outcomes</h3>
      <ul className={styles.list} aria-label="Outcomes">
        {outcomes.map(({ calls, files, states, witness }, index) => {
          const shown = calls.filter((call, callIndex) =>
            outcomes.length === 1 ? call.result !== 'ok' : differs(callIndex),
          );
          return (
            <li
              key={witness.schedule.join()}
              className={styles.outcome}
              style={{ '--share': `${(100 * states) / maxStates}%` } as CSSProperties}
            >
              <p>
                {shown.length === 0
                  ? 'Every call succeeds.'
                  : shown.map(({ by, call, result }) => `${by} ${call}: ${result}`).join('; ')}
              </p>
              {files.length > 0 && (
                <p className={styles.small}>
                  open files:{' '}
                  {files
                    .map(
                      ({ name, by, fops }) =>
                        `${name} of ${by} (${fileAccessText(subject.scenario.design, fops)})`,
                    )
                    .join(', ')}
                </p>
              )}
              <button
                type="button"
                className={`${buttons.button} ${buttons.small}`}
                onClick={() =>
                  dispatch(session, 'show-counterexample', {
                    subject,
                    name: `outcome ${index + 1}`,
                    schedule: witness.schedule,
                  })
                }
              >
                <Icon name="play" size={12} />
                Play outcome {index + 1} ({scheduleLength(witness.steps, witness.switches)})
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
