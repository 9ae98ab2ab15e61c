import { useNodeId } from '@xyflow/react';
import { useSessionStore } from '../../useSession';
import { useNodeState } from './useNodeState';
import styles from './node.module.css';
import { setGroupFolded, useStage, useStageStore } from '../stageStore';

/** Folds a group or opens it. Not shown if there is only one group. */
export function FoldButton({ group }: { readonly group: string }) {
  const session = useSessionStore();
  const stage = useStageStore();
  const open = useStage((state) => !state.foldedGroups.has(group));
  const { controlsTabbable } = useNodeState(useNodeId() ?? '');
  const hasOneGroup = useStage((state) => state.groups.length < 2);
  if (hasOneGroup) return undefined;
  const title = `${open ? 'Fold' : 'Open'} group ${group}`;
  return (
    <button
      type="button"
      className={styles.foldButton}
      aria-label={title}
      data-tooltip={title}
      aria-expanded={open}
      tabIndex={controlsTabbable ? 0 : -1}
      onClick={(event) => {
        event.stopPropagation();
        setGroupFolded(stage, session, group, open);
      }}
    >
      <svg
        width={12}
        height={12}
        viewBox="0 0 12 12"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
        strokeWidth={1.5}
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d={open ? 'M2.5 6h7' : 'M2.5 6h7M6 2.5v7'} />
      </svg>
    </button>
  );
}
