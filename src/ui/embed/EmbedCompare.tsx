import { useEffect, useRef } from 'react';
import { CompareView } from '../views/compare/CompareView';
import styles from './Embed.module.css';

interface EmbedCompareProps {
  /** Told the height of the whole table in px, whenever that changes: it depends on the width and on what is compared. */
  readonly onHeightChange: (height: number) => void;
}

/** The designs side by side in a frame. */
export function EmbedCompare({ onHeightChange: onHeight }: EmbedCompareProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const table = box.current?.querySelector('table');
    if (!table) return undefined;
    const observer = new ResizeObserver(() => onHeight(table.offsetHeight));
    observer.observe(table);
    return () => observer.disconnect();
  }, [onHeight]);
  return (
    <div className={styles.compare} ref={box}>
      <CompareView />
    </div>
  );
}
