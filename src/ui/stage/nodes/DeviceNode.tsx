import { memo } from 'react';
import type { NodeProps } from '@xyflow/react';
import { KindIcon } from '../../controls/KindIcon';
import { useNodeView } from '../viewStates';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';

/** A node in /dev, as long as it is there. */
export const DeviceNode = memo(function DeviceNode({ id }: NodeProps) {
  const view = useNodeView(id, 'deviceNode');
  if (!view) return undefined;
  return (
    <NodeShell view={view} label={`device node ${view.path}`} className={styles.device} compact>
      <header>
        <KindIcon glyph="deviceNode" />
        <span className={styles.names}>
          <b>{view.path.slice(view.path.lastIndexOf('/') + 1)}</b>
        </span>
      </header>
      <p className={styles.line}>{view.path.slice(0, view.path.lastIndexOf('/') + 1)}</p>
    </NodeShell>
  );
});
