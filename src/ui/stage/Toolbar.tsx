import { PopUp } from '../controls/PopUp';
import { late } from '../late';
import { LoadGuard } from '../LoadGuard';
import { useSessionStore } from '../useSession';
import { Legend } from './Legend';
import styles from './Stage.module.css';
import { arrange, useStage, useStageStore } from './stageStore';
import type { Camera } from './useCamera';

const FindList = late(async () => (await import('./FindList')).FindList);

/** Find, zoom, focus and the legend. */
export function Toolbar({ camera }: { readonly camera: Camera }) {
  const stage = useStageStore();
  const focus = useStage((state) => state.focus);
  const follow = useStage((state) => state.follow);
  return (
    <div className={styles.tools} role="toolbar" aria-label="Stage tools">
      {!follow && (
        <button
          type="button"
          className={styles.follow}
          title="Go to what the last step touched, and on with the steps"
          onClick={camera.follow}
        >
          Follow
        </button>
      )}
      <PopUp
        label="Find an object"
        buttonLabel="Find an object"
        popupClassName={styles.found}
        content={
          <LoadGuard what="The list of objects">
            <FindList />
          </LoadGuard>
        }
      >
        <Icon d="M7 2.4a4.6 4.6 0 1 0 0 9.2 4.6 4.6 0 0 0 0-9.2zM10.4 10.4l3.4 3.4" />
      </PopUp>
      <Tool title="Zoom in" d="M8 3.2v9.6M3.2 8h9.6" onClick={() => camera.zoom(1.25)} />
      <Tool title="Zoom out" d="M3.2 8h9.6" onClick={() => camera.zoom(0.8)} />
      <Tool
        title="Show everything"
        d="M2.4 6V2.4H6M10 2.4h3.6V6M13.6 10v3.6H10M6 13.6H2.4V10"
        onClick={camera.fit}
      />
      <Tool
        title="Dim what the step leaves alone"
        pressed={focus}
        d="M8 5.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8zM8 1.6v1.6M8 12.8v1.6M1.6 8h1.6M12.8 8h1.6"
        onClick={() => stage.setState({ focus: !focus })}
      />
      <FoldAll />
      <Legend />
    </div>
  );
}

/** Folds every group, or opens them all. */
function FoldAll() {
  const session = useSessionStore();
  const stage = useStageStore();
  const groups = useStage((state) => state.groups);
  const open = useStage((state) => state.folded.size === 0);
  if (groups.length < 2) return undefined;
  return (
    <Tool
      title={open ? 'Fold every group' : 'Open every group'}
      d={open ? 'M3 3h10v10H3zM5.6 8h4.8' : 'M3 3h10v10H3zM5.6 8h4.8M8 5.6v4.8'}
      onClick={() => arrange(stage, session, { folded: new Set(open ? groups : []) })}
    />
  );
}

function Tool({
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
    <button type="button" aria-label={title} title={title} aria-pressed={pressed} onClick={onClick}>
      <Icon d={d} />
    </button>
  );
}

function Icon({ d }: { readonly d: string }) {
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
