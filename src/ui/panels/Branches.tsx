import { useState } from 'react';
import { renameBranch, switchBranch } from '../../session/moves';
import { currentBranch } from '../../session/session';
import { Icon } from '../controls/Icon';
import buttons from '../controls/controls.module.css';
import { useSession, useSessionStore } from '../useSession';
import styles from './Foot.module.css';

/** The lines of play that were tried; acting in the past adds one. */
export function Branches() {
  const session = useSessionStore();
  const run = useSession((state) => state.run);
  const [naming, setNaming] = useState(false);
  const current = currentBranch(run);
  const rename = (name: string): void => {
    setNaming(false);
    if (name.trim() !== '') renameBranch(session, current.id, name.trim().slice(0, 40));
  };
  return (
    <div className={styles.branches} role="group" aria-label="Branches">
      <Icon name="branch" />
      {run.branches.map(({ id, name, from, tip }) => (naming && id === run.branch
        ? <input
            key={id} className={`${buttons.field} ${styles.name}`} aria-label="Name of this branch" defaultValue={name} ref={(input) => input?.select()}
            onBlur={(event) => rename(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') rename(event.currentTarget.value);
              if (event.key === 'Escape') setNaming(false);
            }}
          />
        : (
          <button
            key={id} type="button" className={styles.branch} aria-pressed={id === run.branch} aria-label={`Branch ${name}`}
            onClick={() => (id === run.branch ? setNaming(true) : switchBranch(session, id))}
            data-tip={id === run.branch ? 'Rename this branch' : 'Switch to this branch'} data-tip-side="above"
          >
            {name} <small>{from ? `${from.depth} → ${tip.depth}` : tip.depth}</small>
          </button>
        )))}
    </div>
  );
}
