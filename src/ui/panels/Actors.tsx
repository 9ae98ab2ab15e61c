import type { CSSProperties } from 'react';
import { actorsOf, type Actor, type ActorAction, type Choice } from '../../session/actions';
import { currentFrame } from '../../session/frame';
import { tell } from '../../session/messages';
import { runCall, startCall } from '../../session/moves';
import { pause } from '../../session/transport';
import type { Session } from '../../session/session';
import { Icon } from '../controls/Icon';
import buttons from '../controls/controls.module.css';
import { processColour } from '../processColour';
import { useSession, useSessionStore } from '../useSession';
import styles from './panels.module.css';

export function Actors() {
  const frame = useSession(currentFrame);
  return (
    <>
      <h2 className={styles.heading}>Actors</h2>
      {actorsOf(frame).map((actor) => (
        <section key={actor.name} className={styles.card} aria-label={actor.name} style={{ '--who': processColour(frame.program.world, actor.name) } as CSSProperties}>
          <h3>{actor.name}</h3>
          <Card actor={actor} />
        </section>
      ))}
    </>
  );
}

function Card({ actor }: { readonly actor: Actor }) {
  const possible = actor.actions.filter((each) => each.choices.length > 0);
  const refused = actor.actions.filter((each) => each.choices.length === 0);
  return (
    <>
      {actor.kind === 'process' && <p className={styles.fds}>{actor.fds.length === 0 ? 'no fd open' : actor.fds.map((fd) => `${fd.name} (${fd.kind})`).join(', ')}</p>}
      <ul className={styles.actions}>{possible.map((action) => <li key={action.call}><ActionRow action={action} /></li>)}</ul>
      {refused.length > 0 && (
        <details>
          <summary>Not possible now ({refused.length})</summary>
          <ul className={styles.refused}>{refused.map(({ call, title, reason }) => <li key={call}>{title}: {reason}</li>)}</ul>
        </details>
      )}
    </>
  );
}

function ActionRow({ action }: { readonly action: ActorAction }) {
  const session = useSessionStore();
  const [first, ...others] = action.choices;
  if (!first) return undefined;
  return (
    <div className={styles.action}>
      <button type="button" className={buttons.button} onClick={() => act(session, first, runCall)}>{first.title}</button>
      {others.length > 0 && (
        <select aria-label={`${action.title}: another choice`} value="" onChange={(event) => {
          const other = others[Number(event.target.value)];
          if (other) act(session, other, runCall);
        }}>
          <option value="" disabled>…</option>
          {others.map((each, index) => <option key={each.title} value={index}>{each.title}</option>)}
        </select>
      )}
      <button type="button" className={`${buttons.button} ${buttons.quiet} ${buttons.icon}`} aria-label={`Start: ${first.title}`} title="Start it and step by hand" onClick={() => act(session, first, startCall)}><Icon name="foot" /></button>
    </div>
  );
}

function act(session: Session, { call, title }: Choice, make: typeof runCall): void {
  pause(session);
  const why = make(session, call);
  if (why !== undefined) tell(session, 'error', `${title} is not possible now.`, [why]);
}
