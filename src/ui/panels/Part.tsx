import type { ReactNode } from 'react';
import styles from './Details.module.css';

/** A question about what is selected, and its answer. */
export function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className={styles.part}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}
