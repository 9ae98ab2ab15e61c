import { useEffect } from 'react';
import type { CheckResult, PropertyVerdict } from '../../../explore/checkResult';
import { propertyById } from '../../../kernel/properties/properties';
import { dispatch } from '../../../session/actions/dispatch';
import { captionSays } from '../../../session/queries/captions';
import { editedText } from '../../../session/queries/designDraft';
import { currentSnapshot } from '../../../session/trace/replay';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { formatCount, scheduleLength } from '../../formatCount';
import { useSession, useSessionStore } from '../../useSession';
import panel from './CheckPanel.module.css';
import styles from './LiveVerdict.module.css';
import { useCheckClient } from './useCheckClient';

/** The verdict on the design text as it was last changed. While a newer text is being checked, it is marked as out of date. */
export function LiveVerdict({ onJump }: { readonly onJump?: (line: number) => void }) {
  const session = useSessionStore();
  const live = useSession((state) => state.live);
  const calls = useSession((state) => currentSnapshot(state).program.calls.length);
  const answer = live?.answer;
  const violatedText =
    answer?.ok === true ? violatedOf(answer.result)[0]?.witness?.text : undefined;
  const isInCaption = useSession((state) => captionSays(state, violatedText));
  if (!live || !answer)
    return (
      <p className={styles.verdict} role="status">
        {live?.pending
          ? 'Checking…'
          : `Each change is checked at once in all interleavings of the ${calls} calls on screen.`}
      </p>
    );
  const stale = live.pending ? '' : undefined;
  if (!answer.ok) {
    const place = /text:(\d+):\d+: (.*)$/s.exec(answer.message);
    return (
      <p className={styles.verdict} data-verdict="error" data-stale={stale} role="status">
        {place ? (
          <>
            {onJump && (
              <button
                type="button"
                className={buttons.textLink}
                onClick={() => onJump(Number(place[1]))}
              >
                Line {place[1]}
              </button>
            )}{' '}
            {place[2]}
          </>
        ) : (
          answer.message
        )}
      </p>
    );
  }
  const { verdict, states, seconds } = answer.result;
  const violated = violatedOf(answer.result);
  const witness = violated[0]?.witness;
  const time =
    live.milliseconds < 1000
      ? `${Math.round(live.milliseconds)} ms`
      : `${(live.milliseconds / 1000).toFixed(1)} s`;
  return (
    <div className={styles.verdict} data-verdict={verdict} data-stale={stale} role="status">
      <p>
        <Icon
          name={verdict === 'holds' ? 'check' : verdict === 'violated' ? 'warning' : 'question'}
        />
        <b>
          {verdict === 'holds'
            ? 'Holds'
            : verdict === 'violated'
              ? `Violated: ${violated.map(({ id }) => propertyById(id).title).join(', ')}`
              : 'Unknown'}
        </b>
        <span
          className={styles.count}
          data-tooltip={`${Math.round(seconds * 1000)} ms of it in the checker`}
        >
          {live.pending ? 'out of date, checking…' : `${formatCount(states)} states, ${time}`}
        </span>
      </p>
      {witness && <p className={isInCaption ? panel.inCaption : undefined}>{witness.text}</p>}
      {witness && violated[0] && (
        <button
          type="button"
          className={`${buttons.button} ${buttons.small}`}
          disabled={live.pending}
          onClick={() => {
            dispatch(session, 'show-checked-text');
            const { check } = session.getState();
            if (check.kind === 'done')
              dispatch(session, 'show-counterexample', {
                subject: check.subject,
                name: violated[0]?.id ?? '',
                schedule: witness.schedule,
              });
          }}
        >
          <Icon name="play" size={12} />
          Play the counterexample ({scheduleLength(witness.steps, witness.switches)})
        </button>
      )}
    </div>
  );
}

function violatedOf({ properties }: CheckResult): readonly PropertyVerdict[] {
  return properties.filter(({ status }) => status === 'violated');
}

/** The verdict on the changed design on screen; each change of it is checked at once. */
export function ChangeVerdict() {
  const session = useSessionStore();
  const client = useCheckClient(session);
  const design = useSession((state) => state.run.setup.design);
  useEffect(() => {
    const state = session.getState();
    const text = editedText(state);
    if (state.live?.text !== text) dispatch(session, 'check-while-typing', { text, client });
  }, [session, client, design]);
  return <LiveVerdict />;
}
