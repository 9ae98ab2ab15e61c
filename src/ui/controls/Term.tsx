import type { ReactNode } from 'react';
import { FIRST_TERMS } from '../../kernel/glossary';
import styles from './controls.module.css';

const MEANINGS: ReadonlyMap<string, string> = new Map(
  FIRST_TERMS.map(({ term, meaning }) => [term, meaning.replaceAll('`', '')]),
);

/** A term of the glossary; its meaning shows while it is hovered or focused. */
export function Term({
  of,
  children = of,
}: {
  readonly of: string;
  readonly children?: ReactNode;
}) {
  const meaning = MEANINGS.get(of);
  if (meaning === undefined)
    throw new Error(`Term: expected a first term of the glossary, got ${of}`);
  return (
    <span className={styles.term} tabIndex={0} data-tooltip={meaning} data-tooltip-side="below">
      {children}
    </span>
  );
}
