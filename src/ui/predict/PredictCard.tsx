import { useEffect, useRef, useState } from 'react';
import { showDialog } from '../../session/arrange';
import { commit } from '../../session/history';
import { reset, seek } from '../../session/moves';
import { nextQuestion, type Question } from '../../session/predict';
import type { Session } from '../../session/session';
import { pause } from '../../session/transport';
import { Icon } from '../controls/Icon';
import buttons from '../controls/controls.module.css';
import { useSession, useSessionStore } from '../useSession';
import styles from './PredictCard.module.css';

interface Score { readonly right: number; readonly asked: number }

/** Asks what comes next before it is shown. */
export function PredictCard() {
  const session = useSessionStore();
  const setup = useSession((state) => state.run.setup);
  return <Quiz key={setup.id ?? setup.scenario.title} session={session} />;
}

function Quiz({ session }: { readonly session: Session }) {
  const [question, setQuestion] = useState(() => nextQuestion(session.getState(), session.getState().run.cursor));
  const [answer, setAnswer] = useState<string | undefined>(undefined);
  const [score, setScore] = useState<Score>({ right: 0, asked: 0 });
  const card = useRef<HTMLElement>(null);
  const leave = (): void => showDialog(session, undefined);
  useEffect(() => {
    pause(session);
    commit(session, session.getState().run, 'prediction', 'Predict: a question before the next step');
    const opener = document.activeElement;
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, [session]);
  useEffect(() => {
    if (question) seek(session, question.ask);
    card.current?.querySelector<HTMLElement>('[data-first]')?.focus({ preventScroll: true });
  }, [session, question]);
  const say = (choice: string, { right, answer: depth }: Question): void => {
    setAnswer(choice);
    setScore(({ right: sum, asked }) => ({ right: sum + (choice === right ? 1 : 0), asked: asked + 1 }));
    seek(session, depth);
  };
  const ask = (from: number): void => {
    setAnswer(undefined);
    setQuestion(nextQuestion(session.getState(), from));
  };
  return (
    <section
      ref={card} className={styles.card} role="dialog" aria-label="Predict"
      onKeyDown={(event) => {
        if (event.key === 'Escape') leave();
      }}
    >
      <div className={styles.head}>
        <h2>Predict</h2>
        <output aria-label="Score">{score.right} of {score.asked} right</output>
        <button type="button" className={`${buttons.button} ${buttons.quiet} ${buttons.icon}`} aria-label="Stop predicting" onClick={leave}><Icon name="close" /></button>
      </div>
      {question
        ? (
          <>
            <p className={styles.question}>{question.text}</p>
            <div className={styles.choices} role="group" aria-label="Answers">
              {question.choices.map((choice, i) => (
                <button
                  key={choice} type="button" className={buttons.button} data-first={i === 0 && answer === undefined ? '' : undefined} aria-pressed={answer === choice} aria-disabled={answer !== undefined}
                  data-verdict={answer === undefined ? undefined : choice === question.right ? 'right' : choice === answer ? 'wrong' : 'other'}
                  onClick={() => answer === undefined && say(choice, question)}
                >
                  {choice}{answer !== undefined && choice === question.right && <Icon name="check" size={14} />}{answer === choice && choice !== question.right && <Icon name="close" size={14} />}
                </button>
              ))}
            </div>
            {answer !== undefined && <Verdict question={question} answer={answer} onNext={() => ask(Math.max(question.ask + 1, question.kind === 'return' ? question.ask + 1 : question.answer))} />}
          </>
        )
        : (
          <>
            <p className={styles.question}>{score.asked > 0 ? 'That was the last question of this run.' : 'Nothing ahead on this branch is worth a question.'}</p>
            <div className={styles.choices}>
              <button type="button" className={`${buttons.button} ${buttons.primary}`} data-first="" onClick={() => {
                reset(session);
                ask(0);
              }}>From the beginning</button>
              <button type="button" className={buttons.button} onClick={() => showDialog(session, 'library')}>Another scenario</button>
            </div>
          </>
        )}
    </section>
  );
}

function Verdict({ question: { right, reason, step }, answer, onNext }: { readonly question: Question; readonly answer: string; readonly onNext: () => void }) {
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => next.current?.focus({ preventScroll: true }), []);
  return (
    <div className={styles.answered}>
      <div role="status" className={styles.verdict} data-right={answer === right ? '' : undefined}>
        <b>{answer === right ? 'Right.' : `Not this time: ${right}.`}</b> {reason}
        {step && <cite><code>{step.id}</code> {step.title}{/[.?!]$/.test(step.title) ? '' : '.'} {step.cite}{step.confidence === 'MINE' ? ' Found by reading, unconfirmed.' : ''}</cite>}
      </div>
      <button ref={next} type="button" className={`${buttons.button} ${buttons.primary}`} onClick={onNext}>Next question</button>
    </div>
  );
}
