import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Icon } from '../controls/Icon';
import buttons from '../controls/controls.module.css';
import { useSession, useSessionStore } from '../useSession';
import styles from './BottomPanel.module.css';
import { currentBranch } from '../../session/trace/run';
import { dispatch } from '../../session/actions/dispatch';

/** The lines of play that were tried; acting in the past adds one. */
export function BranchList() {
  const session = useSessionStore();
  const run = useSession((state) => state.run);
  const [naming, setNaming] = useState(false);
  const bar = useRef<HTMLDivElement>(null);
  const current = currentBranch(run);
  const rename = (name: string): void => {
    setNaming(false);
    if (name.trim() !== '')
      dispatch(session, 'rename-branch', { id: current.id, name: name.trim().slice(0, 40) });
  };
  return (
    <div ref={bar} className={styles.branches} role="group" aria-label="Branches">
      <Icon name="branch" />
      {run.branches.map(({ id, name, forkedFrom: from, tip }) =>
        naming && id === run.branchId ? (
          <input
            key={id}
            className={`${buttons.field} ${styles.name}`}
            aria-label="Name of this branch"
            defaultValue={name}
            ref={(input) => input?.select()}
            onBlur={(event) => rename(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' && event.key !== 'Escape') return;
              // The field goes away at once and the focus stays on the branch, which the key must not press.
              event.preventDefault();
              flushSync(() =>
                event.key === 'Enter' ? rename(event.currentTarget.value) : setNaming(false),
              );
              bar.current?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
            }}
          />
        ) : (
          <button
            key={id}
            type="button"
            className={styles.branch}
            aria-pressed={id === run.branchId}
            aria-label={`Branch ${name}`}
            onClick={() =>
              id === run.branchId ? setNaming(true) : dispatch(session, 'switch-branch', { id })
            }
            data-tip={id === run.branchId ? 'Rename this branch' : 'Switch to this branch'}
            data-tip-side="above"
          >
            {name} <small>{from ? `${from.depth} → ${tip.depth}` : tip.depth}</small>
          </button>
        ),
      )}
    </div>
  );
}
