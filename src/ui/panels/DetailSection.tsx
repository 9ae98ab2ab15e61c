import type { ReactNode } from 'react';
import type { BlockReason } from '../../session/queries/blockedBy';
import { useSessionStore } from '../useSession';
import styles from './DetailsPanel.module.css';
import { dispatch } from '../../session/actions/dispatch';

/** A question about what is selected, and its answer. */
export function DetailSection({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={styles.part}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

/** Sentences, each with the way to the step where it began. */
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
