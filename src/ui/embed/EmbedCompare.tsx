import { useEffect, useRef } from 'react';
import { CompareView } from '../views/compare/CompareView';
import styles from './Embed.module.css';

interface EmbedCompareProps {
  /** Gets the height of the whole table in px whenever it changes. */
  readonly onHeightChange: (height: number) => void;
}

/** The design comparison in an embed. */
export function EmbedCompare({ onHeightChange }: EmbedCompareProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const table = box.current?.querySelector('table');
    if (!table) return undefined;
    const observer = new ResizeObserver(() => onHeightChange(table.offsetHeight));
    observer.observe(table);
    return () => observer.disconnect();
  }, [onHeightChange]);
  return (
    <div className={styles.compare} ref={box}>
      <CompareView />
    </div>
  );
}
