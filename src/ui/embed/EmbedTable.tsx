import { useEffect, useRef } from 'react';
import { CompareView } from '../views/compare/CompareView';
import { VerdictsView } from '../views/verdicts/VerdictsView';
import styles from './Embed.module.css';

interface EmbedTableProps {
  readonly view: 'compare' | 'verdicts';
  /** Gets the height of the whole table in px whenever it changes. */
  readonly onHeightChange: (height: number) => void;
}

/** The comparison or the verdicts of all designs in an embed. */
export function EmbedTable({ view, onHeightChange }: EmbedTableProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const table = box.current?.querySelector<HTMLElement>('[data-content], table');
    if (!table) return undefined;
    const observer = new ResizeObserver(() => onHeightChange(table.offsetHeight));
    observer.observe(table);
    return () => observer.disconnect();
  }, [view, onHeightChange]);
  return (
    <div className={styles.table} ref={box}>
      {view === 'compare' ? <CompareView inPage={false} /> : <VerdictsView />}
    </div>
  );
}
