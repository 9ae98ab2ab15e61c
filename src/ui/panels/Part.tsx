import type { ReactNode } from 'react';
import { seek } from '../../session/moves';
import type { Reason } from '../../session/why';
import { useSessionStore } from '../useSession';
import styles from './Details.module.css';

/** A question about what is selected, and its answer. */
export function Part({
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
export function Reasons({ reasons }: { readonly reasons: readonly Reason[] }) {
  const session = useSessionStore();
  return (
    <ul>
      {reasons.map(({ text, depth }) => (
        <li key={text}>
          {text}
          {depth !== undefined && (
            <>
              {' '}
              <button type="button" onClick={() => seek(session, depth)}>
                since step {depth}
              </button>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
