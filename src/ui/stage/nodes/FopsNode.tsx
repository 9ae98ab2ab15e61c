import { memo } from 'react';
import type { NodeProps } from '@xyflow/react';
import { fopsTitle } from '../../../graph/model/accessText';
import { titleFit } from '../../../graph/layout/textFit';
import { KindIcon } from '../../controls/KindIcon';
import { useNodeView } from './useNodeState';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';

/** The parked or the normal fops, or, in a design with an access flag, the fops behind the access check. */
export const FopsNode = memo(function FopsNode({ id }: NodeProps) {
  const view = useNodeView(id, 'fops');
  if (!view) return undefined;
  const title = fopsTitle(view.accessFlag, view.table);
  const { size, withoutGlyph } = titleFit(title);
  return (
    <NodeShell
      view={view}
      label={`${title}, ${view.allows}`}
      className={styles.fops}
      compact
      access={view.table}
    >
      <header>
        {!withoutGlyph && <KindIcon glyph="fops" />}
        <span className={styles.names}>
          <b data-long={size === 'long' || undefined} data-small={size === 'small' || undefined}>
            {title.split(/(access |(?<=\w) fops)/).map((part, i) =>
              i % 2 === 1 ? (
                <span key={part} className={styles.optionalWord}>
                  {part}
                </span>
              ) : (
                part
              ),
            )}
          </b>
        </span>
      </header>
      <p className={styles.secondLine} data-tooltip={view.allows}>
        {view.table === 'normal' ? 'all operations' : view.allows}
      </p>
    </NodeShell>
  );
});
