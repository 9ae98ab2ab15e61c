import type { ReactNode } from 'react';
import type { BlockReason } from '../../session/queries/blockedBy';
import { useSessionStore } from '../useSession';
import styles from './DetailsPanel.module.css';
import { dispatch } from '../../session/actions/dispatch';

/** A titled part of the details. */
export function DetailSection({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={styles.section}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

/** Why something is blocked, each reason with a button to the step where it began. */
export function ReasonList({ reasons }: { readonly reasons: readonly BlockReason[] }) {
  const session = useSessionStore();
  return (
    <ul>
      {reasons.map(({ text, depth }) => (
        <li key={text}>
          {text}
          {depth !== undefined && (
            <>
              {' '}
              <button type="button" onClick={() => dispatch(session, 'seek', { depth })}>
                since step {depth}
              </button>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
