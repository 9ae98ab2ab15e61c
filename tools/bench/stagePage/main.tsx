import { useCallback, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import {
  applyNodeChanges,
  ReactFlow,
  type Edge,
  type Node,
  type NodeChange,
  type Viewport,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { registerDesigns } from '../../../src/designs/registry.ts';
import { design as upstream } from '../../../src/designs/upstream/design.ts';
import type { Scenario } from '../../../src/scenario/format/scenario.ts';
import { branchPath, currentSnapshot, snapshotAt } from '../../../src/session/trace/replay.ts';
import { seekTo } from '../../../src/session/actions/stepping.ts';
import { openScenario } from '../../../src/session/trace/openScenario.ts';
import { createSession, type Session } from '../../../src/session/store/session.ts';
import { NO_FOLDED_GROUPS } from '../../../src/graph/model/groupFolding.ts';
import type { Graph } from '../../../src/graph/model/graph.ts';
import { maxLayoutSize, type LayoutShape } from '../../../src/graph/layout/graphLayout.ts';
import { bestShape } from '../../../src/ui/stage/camera/bestShape.ts';
import { sceneOf } from '../../../src/ui/stage/scene.ts';
import { Stage } from '../../../src/ui/stage/Stage.tsx';
import { SessionContext } from '../../../src/ui/useSession.ts';
import '../../../src/ui/tokens.css';

/** What the bench asks of the page. */
export interface StageBench {
  readonly edges: number;
  /** One step on; from the end of the run back to the first played step. */
  step(): void;
  /** Bare React Flow moves as the camera of the stage does. */
  moveTo?: (view: Viewport) => void;
}

declare global {
  interface Window {
    stageBench: StageBench | undefined;
  }
}

/** Processes whose steps are played. */
const PLAYED = 4;
const GROUPS = 4;
/** Duration of a move of the camera of the stage. */
const MOVE_MS = 260;
/** The bar below the graph of the stage, px. */
const TOOLS = 35;

/** So many devices, beyond what a scenario file may hold, each with a process that opens, binds and attaches it. */
function crowd(devices: number): Scenario {
  const names = Array.from({ length: devices }, (_, i) => i);
  return {
    title: 'bench',
    about: '',
    design: 'upstream',
    options: {},
    schedule: 'sequential',
    beats: [],
    expect: undefined,
    world: {
      devices: names.map((i) => ({ name: `vfio${i}`, group: String(10 + (i % GROUPS)) })),
      processes: names.map((i) => `vm${i}`),
    },
    calls: names.flatMap((i) => [
      { by: `vm${i}`, call: 'open_cdev' as const, device: `vfio${i}`, as: `fd${i}` },
      { by: `vm${i}`, call: 'open_iommufd' as const, as: `ictx${i}` },
      { by: `vm${i}`, call: 'bind_iommufd' as const, fd: `fd${i}`, iommufd: `ictx${i}` },
      { by: `vm${i}`, call: 'ioas_alloc' as const, iommufd: `ictx${i}`, as: `ioas${i}` },
      { by: `vm${i}`, call: 'attach_ioas' as const, fd: `fd${i}`, ioas: `ioas${i}` },
    ]),
  };
}

/** The session of a scenario, and the steps to play: those of the last `PLAYED` processes, so that the objects of the others exist. */
function sessionOf(scenario: Scenario): {
  readonly session: Session;
  readonly from: number;
  readonly to: number;
} {
  const opened = openScenario(scenario, undefined);
  if (!opened.ok) throw new Error(opened.errors.map((each) => each.message).join('; '));
  const session = createSession(opened.run.setup, opened.run);
  const played = new Set(scenario.world.processes.slice(-PLAYED));
  const path = branchPath(session.getState());
  const first = path.findIndex((node) => {
    const { program, task } = snapshotAt(node);
    return played.has(program.tasks[task ?? -1]?.process ?? '');
  });
  return { session, from: first - 1, to: path.length - 1 };
}

registerDesigns([upstream]);
const query = new URLSearchParams(location.search);
const bare = query.has('bare');
const { session, from, to } = sessionOf(crowd(Number(query.get('devices'))));
// Going back to the first played step is not measured as a step.
seekTo(session, from);
const shape = shapeNow();

/** The places that the stage chooses for this room: what is drawn smaller or elsewhere is another page to paint. */
function shapeNow(): LayoutShape {
  const { program } = currentSnapshot(session.getState());
  return bestShape((shape) => maxLayoutSize(program, NO_FOLDED_GROUPS, shape), {
    width: innerWidth,
    height: innerHeight - TOOLS,
  });
}

function graphNow(): Graph {
  return sceneOf(currentSnapshot(session.getState()), {
    foldedGroups: NO_FOLDED_GROUPS,
    shape,
    arrangement: 0,
  }).graph;
}

function stepOn(): void {
  const { cursor } = session.getState().run;
  seekTo(session, cursor < to ? cursor + 1 : from);
}

/** React Flow alone, with the same nodes and edges at the same places and a label that changes where a node changes; what it measures it keeps, as its manual has it. */
function Bare() {
  const [graph, setGraph] = useState(() => flowOf(graphNow(), undefined));
  useEffect(() => session.subscribe(() => setGraph((old) => flowOf(graphNow(), old))), []);
  const keep = useCallback(
    (changes: NodeChange[]) =>
      setGraph((old) => ({ ...old, nodes: applyNodeChanges(changes, old.nodes) })),
    [],
  );
  return (
    <ReactFlow
      nodes={graph.nodes}
      edges={graph.edges}
      onNodesChange={keep}
      onInit={(flow) => {
        if (window.stageBench)
          window.stageBench.moveTo = (view) => void flow.setViewport(view, { duration: MOVE_MS });
      }}
      fitView
      minZoom={0.05}
      panOnScroll
      nodesDraggable={false}
      nodesConnectable={false}
      elementsSelectable={false}
    />
  );
}

function flowOf(
  graph: Graph,
  old: { readonly nodes: Node[]; readonly edges: Edge[] } | undefined,
): { readonly nodes: Node[]; readonly edges: Edge[] } {
  const known = new Map<string, Node | Edge>(
    [...(old?.nodes ?? []), ...(old?.edges ?? [])].map((each) => [each.id, each]),
  );
  return {
    nodes: graph.nodes.map((node): Node => {
      const label =
        node.kind === 'object'
          ? `${node.title} ${node.fields
              .map((row) => row.text)
              .join(' ')
              .slice(0, 24)}`
          : node.id;
      const before = known.get(node.id) as Node | undefined;
      if (before?.data['label'] === label) return before;
      if (before) return { ...before, data: { label } };
      return {
        id: node.id,
        position: { x: node.placement.x, y: node.placement.y },
        style: { width: node.placement.width, height: node.placement.height },
        data: { label },
      };
    }),
    edges: graph.edges.map(({ id, source, target }): Edge => {
      const before = known.get(id) as Edge | undefined;
      return before?.source === source && before.target === target
        ? before
        : { id, source, target };
    }),
  };
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
window.stageBench = { edges: graphNow().edges.length, step: stepOn };
createRoot(root).render(
  <SessionContext value={session}>
    <div id="room" style={bare ? { height: innerHeight - TOOLS } : undefined}>
      {bare ? <Bare /> : <Stage />}
    </div>
  </SessionContext>,
);
