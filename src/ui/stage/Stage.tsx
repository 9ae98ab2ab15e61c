import {
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import { ReactFlow, ReactFlowProvider, useReactFlow, type NodeTypes } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import type { SharedLayout } from '../../graph/layout/sharedLayout';
import { lazyPart } from '../controls/lazyPart';
import { useSessionStore } from '../useSession';
import { DeviceNode } from './nodes/DeviceNode';
import { animateRows } from './animation/animateRows';
import { EffectLayer } from './animation/EffectLayer';
import { FopsNode } from './nodes/FopsNode';
import { Lanes } from './Lanes';
import { nodeInDirection } from './nodes/nodeInDirection';
import { ObjectNode } from './nodes/ObjectNode';
import { ProcessNode } from './nodes/ProcessNode';
import { useTypeFit } from './nodes/useTypeFit';
import styles from './Stage.module.css';
import { focusNode } from '../controls/focusNode';
import { createStageStore, StageContext, useStage, useStageStore } from './stageStore';
import { syncWithSession } from './stageSync';
import { useStageDrag } from './useStageDrag';
import { Edges } from './edges/Edges';
import { Toolbar } from './Toolbar';
import { MAX_ZOOM, MIN_ZOOM, type PixelSize } from './camera/viewport';
import { useCamera } from './camera/useCamera';

const FoldedGroupNode = lazyPart({
  name: 'A folded group',
  load: async () => (await import('./nodes/FoldedGroupNode')).FoldedGroupNode,
  preload: true,
});

const nodeTypes: NodeTypes = {
  object: ObjectNode,
  process: ProcessNode,
  deviceNode: DeviceNode,
  fops: FopsNode,
  foldedGroup: FoldedGroupNode,
};
const ZOOM_KEYS = ['Control', 'Meta'];

interface StageProps {
  /** `pan`: the wheel pans, and zooms with Ctrl or Command. `host`: the wheel scrolls the embedding page, except with Ctrl or Command. */
  readonly wheel?: 'pan' | 'host';
  /** Whether the tools are shown below the graph. */
  readonly toolbar?: boolean;
  /** The tools that change the scenario; with them, files are bound and devices moved by a drag. */
  readonly editTools?: ReactNode;
  /** Stages with the same number place the same objects at the same places, also in other designs. */
  readonly arrangement?: number;
  /** Other stages are beside it, so that it is small. */
  readonly sideBySide?: boolean;
  /** What it has in common with the stages beside it. */
  readonly sharedLayout?: SharedLayout | undefined;
}

interface CanvasProps {
  readonly wheel: 'pan' | 'host';
  readonly toolbar: boolean;
  readonly editTools: ReactNode;
  readonly sideBySide: boolean;
}

/** The graph of the session's current snapshot. Its layout depends on its size, so it measures its place first, within one frame. */
export function Stage({
  wheel = 'pan',
  toolbar = true,
  editTools,
  arrangement = 0,
  sideBySide = false,
  sharedLayout,
}: StageProps) {
  const [size, setSize] = useState<PixelSize>();
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (place.current)
      setSize({ width: place.current.clientWidth, height: place.current.clientHeight });
  }, []);
  return size ? (
    <SizedStage
      size={size}
      arrangement={arrangement}
      sharedLayout={sharedLayout}
      wheel={wheel}
      toolbar={toolbar}
      editTools={editTools}
      sideBySide={sideBySide}
    />
  ) : (
    <div className={styles.stage}>
      <div ref={place} />
      {toolbar && <div className={styles.toolbar} />}
    </div>
  );
}

function SizedStage({
  size,
  arrangement,
  sharedLayout,
  ...props
}: CanvasProps & {
  readonly size: PixelSize;
  readonly arrangement: number;
  readonly sharedLayout: SharedLayout | undefined;
}) {
  const session = useSessionStore();
  const stage = useMemo(
    () => createStageStore(session, size, arrangement, sharedLayout),
    [session, size, arrangement, sharedLayout],
  );
  // A layout effect, so that the stage is in sync before the camera's effects subscribe to the session.
  useLayoutEffect(() => syncWithSession(stage, session), [stage, session]);
  return (
    <StageContext value={stage}>
      <ReactFlowProvider>
        <StageCanvas {...props} />
      </ReactFlowProvider>
    </StageContext>
  );
}

function StageCanvas({ wheel, toolbar, editTools, sideBySide }: CanvasProps) {
  const stage = useStageStore();
  const root = useRef<HTMLDivElement>(null);
  const camera = useCamera(root, sideBySide);
  const { viewportInitialized } = useReactFlow();
  const nodes = useStage((state) => state.flowNodes);
  const pan = wheel === 'pan';
  const moving = useMovingAttribute(root);
  useListRoles(root);
  useTypeFit(root);
  useLayoutEffect(() => (root.current ? animateRows(stage, root.current) : undefined), [stage]);
  useStageDrag(root, editTools !== undefined);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const next = nodeInDirection(stage.getState(), event.key);
    if (
      !next ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      !(event.target instanceof HTMLElement) ||
      event.target.dataset['node'] === undefined
    )
      return;
    event.preventDefault();
    event.stopPropagation();
    stage.setState({ tabStop: next });
    camera.showNode(next);
    focusNode(next, event.currentTarget);
  };
  return (
    <div
      role="presentation"
      className={styles.stage}
      data-side-by-side={sideBySide ? '' : undefined}
      ref={root}
      onKeyDown={onKeyDown}
    >
      <ReactFlow
        data-own-arrows=""
        nodes={nodes}
        nodeTypes={nodeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        panActivationKeyCode={null}
        zoomActivationKeyCode={pan ? null : ZOOM_KEYS}
        panOnScroll={pan}
        zoomOnScroll={false}
        preventScrolling={pan}
        onMove={(event) => event && camera.onUserMove()}
        onMoveStart={(event) => {
          moving.start();
          if (event) camera.onInterrupt();
          // A pointer press has not moved the view yet; a wheel event has.
          if (event?.type === 'wheel') camera.onUserMove();
        }}
        onMoveEnd={moving.end}
        zoomOnDoubleClick={false}
        minZoom={MIN_ZOOM}
        maxZoom={MAX_ZOOM}
        proOptions={{ hideAttribution: true }}
      >
        <Lanes />
        <Edges />
        <EffectLayer />
      </ReactFlow>
      {toolbar && <Toolbar camera={camera} editTools={editTools} />}
      {!viewportInitialized && <span data-loading="" hidden />}
    </div>
  );
}

/** How long a crowded stage stays one compositor layer after a move, ms. Rasterizing it again is slow, and the next step may move it again. */
const MOVE_END_DELAY_MS = 700;

/** Sets `data-moving` on the stage while it moves. */
function useMovingAttribute(root: { readonly current: HTMLElement | null }): {
  readonly start: () => void;
  readonly end: () => void;
} {
  const stage = useStageStore();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const clear = (): void => root.current?.removeAttribute('data-moving');
  return {
    start: () => {
      clearTimeout(timer.current);
      root.current?.setAttribute('data-moving', '');
    },
    end: () => {
      if (stage.getState().crowded) timer.current = setTimeout(clear, MOVE_END_DELAY_MS);
      else clear();
    },
  };
}

/** React Flow has role `application`. The stage is exposed as a list of nodes instead. */
function useListRoles(root: { readonly current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const flow = root.current?.querySelector('.react-flow');
    flow?.setAttribute('role', 'presentation');
    const nodes = root.current?.querySelector('.react-flow__nodes');
    nodes?.setAttribute('role', 'list');
    nodes?.setAttribute('aria-label', 'Processes and kernel objects');
  }, [root]);
}
