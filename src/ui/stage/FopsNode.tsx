import { memo } from 'react';
import type { NodeProps } from '@xyflow/react';
import { tableTitle } from '../../session/selected';
import { KindGlyph } from './KindGlyph';
import { useNode } from './looks';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';

/** A table of file operations, the parked one or the one that reaches the driver; or a gate before the only one. */
export const FopsNode = memo(function FopsNode({ id }: NodeProps) {
  const view = useNode(id, 'fops');
  if (!view) return undefined;
  const title = tableTitle(view.gated, view.table);
  return (
    <NodeShell
      view={view}
      label={`${title}, ${view.admits}`}
      look={styles.fops}
      chip
      access={view.table}
    >
      <header>
        <KindGlyph glyph="fops" />
        <span className={styles.names}>
          <b>{title}</b>
        </span>
      </header>
      <p className={styles.line}>{view.admits}</p>
    </NodeShell>
  );
});
