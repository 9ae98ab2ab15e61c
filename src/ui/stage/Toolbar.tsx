import type { ReactNode } from 'react';
import { PopoverButton } from '../controls/PopoverButton';
import { lazyPart } from '../controls/lazyPart';
import { dispatch } from '../../session/actions/dispatch';
import { useSessionStore } from '../useSession';
import { LegendButton } from './LegendButton';
import styles from './Stage.module.css';
import { relayout, useStage, useStageStore } from './stageStore';
import type { Camera } from './camera/useCamera';

const FindList = lazyPart({
  name: 'The list of objects',
  load: async () => (await import('./FindList')).FindList,
  preload: true,
});

/** Find, the tools that change the scenario, zoom, focus, folding and the legend. */
export function Toolbar({
  camera,
  editTools,
}: {
  readonly camera: Camera;
  readonly editTools: ReactNode;
}) {
  const followSteps = useStage((state) => state.followSteps);
  return (
    <div className={styles.toolbar} role="toolbar" aria-label="Stage tools">
      {!followSteps && (
        <button
          type="button"
          className={styles.follow}
          data-tooltip="Show what the last step touched, and follow the steps"
          onClick={camera.resumeFollowing}
        >
          Follow
        </button>
      )}
      <PopoverButton
        label="Find an object"
        buttonLabel="Find an object"
        tooltip="Find an object"
        popoverClassName={styles.findPopup}
        content={<FindList />}
      >
        <ToolIcon d="M7 2.4a4.6 4.6 0 1 0 0 9.2 4.6 4.6 0 0 0 0-9.2zM10.4 10.4l3.4 3.4" />
      </PopoverButton>
      {editTools}
      <ToolButton title="Zoom in" d="M8 3.2v9.6M3.2 8h9.6" onClick={() => camera.zoomBy(1.25)} />
      <ToolButton title="Zoom out" d="M3.2 8h9.6" onClick={() => camera.zoomBy(0.8)} />
      <ToolButton
        title="Show everything"
        d="M2.4 6V2.4H6M10 2.4h3.6V6M13.6 10v3.6H10M6 13.6H2.4V10"
        onClick={camera.fit}
      />
      <FocusButton />
      <FoldAllButton />
      <LegendButton />
    </div>
  );
}

/** Shows the current step, or everything. */
function FocusButton() {
  const session = useSessionStore();
  const focus = useStage((state) => state.dimUntouched);
  return (
    <button
      type="button"
      aria-pressed={focus}
      data-tooltip={`${focus ? 'Show everything alike' : 'Show the current step'} (F)`}
      onClick={() => dispatch(session, 'focus')}
    >
      Focus
    </button>
  );
}

function FoldAllButton() {
  const session = useSessionStore();
  const stage = useStageStore();
  const groups = useStage((state) => state.groups);
  const allOpen = useStage((state) => state.foldedGroups.size === 0);
  if (groups.length < 2) return undefined;
  return (
    <ToolButton
      title={allOpen ? 'Fold every group' : 'Open every group'}
      d={allOpen ? 'M3 3h10v10H3zM5.6 8h4.8' : 'M3 3h10v10H3zM5.6 8h4.8M8 5.6v4.8'}
      onClick={() => relayout(stage, session, { foldedGroups: new Set(allOpen ? groups : []) })}
    />
  );
}

function ToolButton({
  title,
  d,
  pressed,
  onClick,
}: {
  readonly title: string;
  readonly d: string;
  readonly pressed?: boolean;
  readonly onClick: () => void;
}) {
  return (
    <button
      type="button"
      aria-label={title}
      data-tooltip={title}
      aria-pressed={pressed}
      onClick={onClick}
    >
      <ToolIcon d={d} />
    </button>
  );
}

function ToolIcon({ d }: { readonly d: string }) {
  return (
    <svg
      width={16}
      height={16}
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={d} />
    </svg>
  );
}
