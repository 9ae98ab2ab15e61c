import { memo } from 'react';
import type { NodeProps } from '@xyflow/react';
import { fopsTitle } from '../../../session/queries/selectedItem';
import { KindIcon } from '../../controls/KindIcon';
import { useNodeView } from '../viewStates';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';

/** A table of file operations, the parked one or the one that reaches the driver; or a gate before the only one. */
export const FopsNode = memo(function FopsNode({ id }: NodeProps) {
  const view = useNodeView(id, 'fops');
  if (!view) return undefined;
  const title = fopsTitle(view.usesAccessFlag, view.table);
  return (
    <NodeShell
      view={view}
      label={`${title}, ${view.allows}`}
      className={styles.fops}
      compact
      access={view.table}
    >
      <header>
        <KindIcon glyph="fops" />
        <span className={styles.names}>
          <b>{title}</b>
        </span>
      </header>
      <p className={styles.line}>{view.allows}</p>
    </NodeShell>
  );
});
