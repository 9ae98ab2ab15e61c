import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Icon } from '../controls/Icon';
import buttons from '../controls/controls.module.css';
import { useSession, useSessionStore } from '../useSession';
import styles from './BottomPanel.module.css';
import { currentBranch } from '../../session/trace/run';
import { dispatch } from '../../session/actions/dispatch';

/** The branches of the trace tree; a call or step before the end of a branch adds one. */
export function BranchList() {
  const session = useSessionStore();
  const run = useSession((state) => state.run);
  const [renaming, setRenaming] = useState(false);
  const bar = useRef<HTMLDivElement>(null);
  const current = currentBranch(run);
  const rename = (name: string): void => {
    setRenaming(false);
    if (name.trim() !== '')
      dispatch(session, 'rename-branch', { id: current.id, name: name.trim().slice(0, 40) });
  };
  return (
    <div ref={bar} className={styles.branches} role="group" aria-label="Branches">
      <Icon name="branch" />
      {run.branches.map(({ id, name, forkedFrom, tip }) =>
        renaming && id === run.branchId ? (
          <input
            key={id}
            className={`${buttons.field} ${styles.name}`}
            aria-label="Name of this branch"
            defaultValue={name}
            ref={(input) => input?.select()}
            onBlur={(event) => rename(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' && event.key !== 'Escape') return;
              // The field is removed at once and its branch button gets the focus; the same key must not press it.
              event.preventDefault();
              flushSync(() =>
                event.key === 'Enter' ? rename(event.currentTarget.value) : setRenaming(false),
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
              id === run.branchId ? setRenaming(true) : dispatch(session, 'switch-branch', { id })
            }
            data-tooltip={id === run.branchId ? 'Rename this branch' : 'Switch to this branch'}
          >
            {name} <small>{forkedFrom ? `${forkedFrom.depth} to ${tip.depth}` : tip.depth}</small>
          </button>
        ),
      )}
    </div>
  );
}
