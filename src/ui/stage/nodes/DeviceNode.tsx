import { memo } from 'react';
import type { NodeProps } from '@xyflow/react';
import { titleFit } from '../../../graph/layout/textFit';
import { KindIcon } from '../../controls/KindIcon';
import { useNodeView } from './useNodeState';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';

/** A device node in /dev. */
export const DeviceNode = memo(function DeviceNode({ id }: NodeProps) {
  const view = useNodeView(id, 'deviceNode');
  if (!view) return undefined;
  const name = view.path.slice(view.path.lastIndexOf('/') + 1);
  const { size } = titleFit(name);
  return (
    <NodeShell view={view} label={`device node ${view.path}`} className={styles.deviceNode} compact>
      <header>
        <KindIcon glyph="deviceNode" />
        <span className={styles.names}>
          <b data-long={size === 'long' || undefined} data-small={size === 'small' || undefined}>
            {name}
          </b>
        </span>
      </header>
      <p className={styles.secondLine}>{view.path.slice(0, view.path.lastIndexOf('/') + 1)}</p>
    </NodeShell>
  );
});
