import { Fragment, type ReactNode } from 'react';
import styles from './controls.module.css';

/** Text that may break after an arrow, never inside one or between the sign and the name of an errno. */
export function withUnbrokenParts(text: string): ReactNode {
  return text.split(/(->|-E[A-Z0-9]+)/).map((part, i) => {
    // Every second part is what the expression matched.
    if (i % 2 === 0) return part;
    return (
      <Fragment key={i}>
        <span className={styles.unbroken}>{part}</span>
        {part === '->' && <wbr />}
      </Fragment>
    );
  });
}
