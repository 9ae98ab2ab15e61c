import type { ReactNode } from 'react';
import { FIRST_TERMS, FURTHER_TERMS } from '../../kernel/glossary';
import styles from './controls.module.css';

const MEANINGS: ReadonlyMap<string, string> = new Map(
  [...FIRST_TERMS, ...FURTHER_TERMS].map(({ term, meaning }) => [
    term,
    meaning.replaceAll('`', ''),
  ]),
);

/** Words of captions and designs that a newcomer asks about, and the terms that explain them. */
const TERM_BY_WORD: Readonly<Record<string, string>> = {
  rfc: 'RFC',
  fops: 'f_op',
  parked: 'parked',
  type1: 'type1',
  cdev: 'cdev',
  iommufd: 'iommufd',
};
const WORD = new RegExp(`\\b(${Object.keys(TERM_BY_WORD).join('|')})\\b`, 'i');

/** A term of the glossary; its meaning shows while it is hovered or focused. */
export function Term({
  of,
  children = of,
}: {
  readonly of: string;
  readonly children?: ReactNode;
}) {
  const meaning = MEANINGS.get(of);
  if (meaning === undefined) throw new Error(`Term: expected a term of the glossary, got ${of}`);
  return (
    <span className={styles.term} tabIndex={0} data-tooltip={meaning} data-tooltip-side="below">
      {children}
    </span>
  );
}

/** A text with its terms marked, each where it first occurs. */
export function TextWithTerms({ text }: { readonly text: string }) {
  const seen = new Set<string>();
  return text.split(WORD).map((part, i) => {
    const term = TERM_BY_WORD[part.toLowerCase()];
    if (term === undefined || seen.has(term)) return part;
    seen.add(term);
    return (
      <Term key={i} of={term}>
        {part}
      </Term>
    );
  });
}
