import { memo, useRef, type ReactNode } from 'react';
import { useSessionStore } from '../../useSession';
import { NodeBadges } from './NodeBadges';
import type { NodeView } from '../../../graph/model/graph';
import { useNodeState } from '../viewStates';
import styles from './node.module.css';
import { setPointedNode, useStageStore } from '../stageStore';
import { dispatch } from '../../../session/actions/dispatch';

interface NodeShellProps {
  readonly view: NodeView;
  /** What it is and how it stands, for screen readers. */
  readonly label: string;
  readonly className?: string | undefined;
  readonly freed?: boolean;
  /** Two lines, without a header of its own. */
  readonly compact?: boolean;
  readonly access?: 'parked' | 'normal' | undefined;
  /** What a press or Enter does where there is nothing to select. */
  readonly onActivate?: () => void;
  readonly children: ReactNode;
}

/** The sheet that every node is drawn on: selection, hover, focus, badges. */
export const NodeShell = memo(function NodeShell({
  view,
  label,
  className: look = '',
  freed: ghost = false,
  compact: chip = false,
  access,
  onActivate: onPick,
  children,
}: NodeShellProps) {
  const session = useSessionStore();
  const stage = useStageStore();
  const { id, name, objects, badges } = view;
  const {
    selected,
    highlighted: lit,
    dimmed: dim,
    touched,
    newlyReachable: reached,
    deadlocked: stuck,
    tabStop: active,
  } = useNodeState(id);
  const element = useRef<HTMLElement>(null);
  const enter = (): void => {
    setPointedNode(stage, id);
    dispatch(session, 'hover', { target: { objects, fields: [], step: undefined } });
  };
  const leave = (): void => {
    setPointedNode(stage, undefined);
    dispatch(session, 'hover', { target: undefined });
  };
  const pick = (): void => {
    if (name !== undefined) dispatch(session, 'select', { name: selected ? undefined : name });
    else onPick?.();
  };
  const violated = badges.some((badge) => badge.kind === 'violation');
  return (
    <article
      ref={element}
      className={`${styles.node} ${look}`}
      aria-label={[
        label,
        ...(stuck ? ['part of a deadlock'] : []),
        ...badges.map(
          (badge) =>
            `${badge.kind === 'violation' ? 'violation of ' : 'refused '}${badge.title}, ${badge.text}`,
        ),
      ].join('. ')}
      aria-current={selected || undefined}
      tabIndex={active ? 0 : -1}
      data-node={id}
      data-ghost={ghost || undefined}
      data-chip={chip || undefined}
      data-access={access}
      data-selected={selected || undefined}
      data-lit={lit || undefined}
      data-dim={dim || undefined}
      data-touched={touched || undefined}
      data-stuck={stuck || undefined}
      data-reached={reached || undefined}
      data-violated={violated || undefined}
      onMouseEnter={enter}
      onMouseLeave={leave}
      onFocus={(event) => {
        stage.setState({ tabStop: id });
        if (event.target === element.current && element.current.matches(':focus-visible')) enter();
      }}
      onBlur={leave}
      onClick={(event) => {
        // What is pressed in a popup of the node is not the node.
        if (!(event.target instanceof Element && event.target.closest('[popover]'))) pick();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.target !== element.current) return;
        event.preventDefault();
        pick();
      }}
    >
      {children}
      {stuck && view.kind === 'process' && (
        <span className={styles.tag} data-part="deadlock">
          deadlock
        </span>
      )}
      <NodeBadges view={view} />
    </article>
  );
});
