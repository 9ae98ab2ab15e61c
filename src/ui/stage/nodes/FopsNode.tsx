import { memo } from 'react';
import type { NodeProps } from '@xyflow/react';
import { fopsTitle } from '../../../graph/model/accessText';
import { KindIcon } from '../../controls/KindIcon';
import { useNodeView } from './useNodeState';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';

/** Longer titles, in characters, are set in smaller type. */
const MAX_TITLE_LENGTH = 14;

/** The parked or the normal fops, or, in a design with an access flag, the fops behind the access check. */
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
          <b data-small={title.length > MAX_TITLE_LENGTH || undefined}>{title}</b>
        </span>
      </header>
      <p className={styles.secondLine}>{view.allows}</p>
    </NodeShell>
  );
});
