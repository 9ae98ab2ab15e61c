import { memo, useRef, type CSSProperties, type ReactNode } from 'react';
import { processColourAt } from '../../controls/processColour';
import { useSessionStore } from '../../useSession';
import { NodeBadges } from './NodeBadges';
import type { NodeView } from '../../../graph/model/graph';
import { useNodeState } from './useNodeState';
import styles from './node.module.css';
import { setPointedNode, useStageStore } from '../stageStore';
import { dispatch } from '../../../session/actions/dispatch';

interface NodeShellProps {
  readonly view: NodeView;
  /** Type, name and state, for screen readers. */
  readonly label: string;
  readonly className?: string | undefined;
  readonly freed?: boolean;
  /** Two lines high, without rows. */
  readonly compact?: boolean;
  readonly access?: 'parked' | 'normal' | undefined;
  /** What a click or Enter does if there is nothing to select. */
  readonly onActivate?: () => void;
  readonly children: ReactNode;
}

/** The frame of every node: selection, hover, focus and badges. */
export const NodeShell = memo(function NodeShell({
  view,
  label,
  className = '',
  freed = false,
  compact = false,
  access,
  onActivate,
  children,
}: NodeShellProps) {
  const session = useSessionStore();
  const stage = useStageStore();
  const { id, name, objects, badges } = view;
  const {
    selected,
    highlighted,
    dimmed,
    touched,
    actingProcess,
    newlyReachable,
    deadlocked,
    tabStop,
    openHeight,
  } = useNodeState(id);
  const element = useRef<HTMLElement>(null);
  const startHover = (): void => {
    const { layout, presentation } = session.getState();
    if (layout.presenting && !presentation.pointer) return;
    // The edges of the node and their labels would cover what a presentation shows.
    if (!layout.presenting) setPointedNode(stage, id);
    dispatch(session, 'hover', { target: { objects, fields: [], step: undefined } });
  };
  const endHover = (): void => {
    setPointedNode(stage, undefined);
    dispatch(session, 'hover', { target: undefined });
  };
  const activate = (): void => {
    if (name !== undefined) dispatch(session, 'select', { name: selected ? undefined : name });
    else onActivate?.();
  };
  const violated = badges.some((badge) => badge.kind === 'violation');
  return (
    <article
      ref={element}
      className={`${styles.node} ${className}`}
      style={
        {
          ...(actingProcess !== undefined && { '--actor': processColourAt(actingProcess) }),
          ...(openHeight !== undefined && { '--open-height': `${openHeight}px` }),
        } as CSSProperties
      }
      aria-label={[
        label,
        ...(deadlocked ? ['part of a deadlock'] : []),
        ...badges.map(
          (badge) =>
            `${badge.kind === 'violation' ? 'violation of ' : 'refused '}${badge.title}, ${badge.text}`,
        ),
      ].join('. ')}
      aria-current={selected || undefined}
      tabIndex={tabStop ? 0 : -1}
      data-node={id}
      data-freed={freed || undefined}
      data-compact={compact || undefined}
      data-access={access}
      data-selected={selected || undefined}
      data-highlighted={highlighted || undefined}
      data-dimmed={dimmed || undefined}
      data-touched={touched || undefined}
      data-deadlocked={deadlocked || undefined}
      data-newly-reachable={newlyReachable || undefined}
      data-violated={violated || undefined}
      onMouseEnter={startHover}
      onMouseLeave={endHover}
      onFocus={(event) => {
        stage.setState({ tabStop: id });
        if (event.target === element.current && element.current.matches(':focus-visible'))
          startHover();
      }}
      onBlur={endHover}
      onClick={(event) => {
        // A click in a popup of the node does not activate the node.
        if (!(event.target instanceof Element && event.target.closest('[popover]'))) activate();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.target !== element.current) return;
        event.preventDefault();
        activate();
      }}
    >
      {children}
      {deadlocked && view.kind === 'process' && (
        <span className={styles.tag} data-part="deadlock">
          deadlock
        </span>
      )}
      <NodeBadges view={view} />
    </article>
  );
});
