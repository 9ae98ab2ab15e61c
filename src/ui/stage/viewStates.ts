import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { EdgeView, NodeView } from '../../graph/model/graph';
import { shareStructure } from './structuralSharing';
import { NO_EDGES, useViewStates, useStageStore, type StageState } from './stageStore';

/** What one node shows. */
export interface NodeState {
  readonly view: NodeView | undefined;
  /** The edges that leave it. */
  readonly outgoingEdges: readonly EdgeView[];
  readonly highlighted: boolean;
  readonly dimmed: boolean;
  readonly touched: boolean;
  /** The last step gave a file the way to it. */
  readonly newlyReachable: boolean;
  /** It is part of a deadlock. */
  readonly deadlocked: boolean;
  /** Tab comes to it. */
  readonly tabStop: boolean;
  /** It has been come to: its own controls are in the order of Tab as well. */
  readonly controlsTabbable: boolean;
  readonly selected: boolean;
  /** Fields of its rows that hover lights. */
  readonly highlightedFields: readonly number[] | undefined;
}

/** What one edge shows. */
export interface EdgeState {
  readonly edge: EdgeView | undefined;
  readonly highlighted: boolean;
  readonly dimmed: boolean;
  readonly newlyReachable: boolean;
}

interface ViewStateEntry<T> {
  value: T;
  readonly listeners: Set<() => void>;
}

/**
 * The looks of many things by id, each the same object while nothing of it changes. Whoever draws one listens to it alone,
 * so that a step asks nobody whose look it leaves as it is.
 */
export class ViewStates<T extends object> {
  private readonly entries = new Map<string, ViewStateEntry<T>>();

  constructor(
    private state: StageState,
    private readonly compute: (state: StageState, id: string) => T,
  ) {}

  get(id: string): T {
    return this.entryOf(id).value;
  }

  /** Calls `listener` whenever the look changes; returns how to stop. */
  subscribe(id: string, listener: () => void): () => void {
    const entry = this.entryOf(id);
    entry.listeners.add(listener);
    return () => {
      entry.listeners.delete(listener);
      if (entry.listeners.size === 0 && this.entries.get(id) === entry) this.entries.delete(id);
    };
  }

  /** Brings every look that is asked for up to date. */
  update(state: StageState): void {
    this.state = state;
    for (const [id, entry] of this.entries) {
      const next = this.compute(state, id);
      if (shallowEqual(entry.value, next)) continue;
      entry.value = next;
      for (const listener of entry.listeners) listener();
    }
  }

  private entryOf(id: string): ViewStateEntry<T> {
    const known = this.entries.get(id);
    if (known) return known;
    const entry = { value: this.compute(this.state, id), listeners: new Set<() => void>() };
    this.entries.set(id, entry);
    return entry;
  }
}

function shallowEqual<T extends object>(a: T, b: T): boolean {
  for (const key in a) if (a[key] !== b[key]) return false;
  return true;
}

export function nodeState(state: StageState, id: string): NodeState {
  const view = state.nodesById.get(id);
  const { hover } = state;
  const selected = view?.name !== undefined && view.name === state.selection;
  return {
    view,
    outgoingEdges: state.outgoingEdges.get(id) ?? NO_EDGES,
    highlighted: state.highlighted.has(id) || state.pointedNode === id,
    dimmed: state.dimUntouched && !selected && !state.undimmed.has(id),
    touched: state.scene.touched.has(id),
    newlyReachable: state.scene.newlyReachable.nodes.has(id),
    deadlocked: state.scene.waitCycle.has(id),
    controlsTabbable: state.tabStop === id,
    tabStop: (state.tabStop ?? state.nodesInReadingOrder[0]?.id) === id,
    selected,
    highlightedFields:
      hover &&
      hover.fields.length > 0 &&
      view?.objects.some((object) => hover.objects.includes(object))
        ? hover.fields
        : undefined,
  };
}

export function edgeState(state: StageState, id: string): EdgeState {
  const edge = state.edgesById.get(id);
  if (!edge) return { edge, highlighted: false, dimmed: false, newlyReachable: false };
  const { source, target } = edge;
  const selected =
    state.selection !== undefined &&
    [source, target, nameOfId(source), nameOfId(target)].includes(state.selection);
  return {
    edge,
    highlighted: selected || isHighlighted(state, edge),
    dimmed:
      state.scene.waitCycle.size > 0
        ? !edge.inCycle
        : state.dimUntouched && !(state.undimmed.has(source) && state.undimmed.has(target)),
    newlyReachable: state.scene.newlyReachable.edges.has(id),
  };
}

/** Both ends are lit, or the one thing that is lit is an end of it. */
function isHighlighted(
  { highlighted: lit, pointedNode: pointed }: StageState,
  { source, target }: EdgeView,
): boolean {
  if (pointed !== undefined) return pointed === source || pointed === target;
  return lit.has(source) && lit.has(target);
}

function nameOfId(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

/** The look of a node by its id; its view is undefined when it has just gone. */
export function useNodeState(id: string): NodeState {
  const { nodes } = useViewStates();
  return useSyncExternalStore(
    useCallback((listener) => nodes.subscribe(id, listener), [nodes, id]),
    () => nodes.get(id),
  );
}

/** The look of an edge by its id. */
export function useEdgeState(id: string): EdgeState {
  const { edges: ties } = useViewStates();
  return useSyncExternalStore(
    useCallback((listener) => ties.subscribe(id, listener), [ties, id]),
    () => ties.get(id),
  );
}

/** Those of these edges that are not dimmed. */
export function useUndimmedEdges(ids: readonly string[]): readonly string[] {
  const { subscribe, getState } = useStageStore();
  const { edges: ties } = useViewStates();
  const last = useRef<readonly string[]>([]);
  return useSyncExternalStore(subscribe, () => {
    const { edgesById: edges } = getState();
    last.current = shareStructure(
      last.current,
      ids.filter((id) => {
        if (!edges.has(id)) return false;
        const { highlighted: lit, dimmed: dim } = ties.get(id);
        return lit || !dim;
      }),
    );
    return last.current;
  });
}

/** A node of one kind by its id; undefined when it has just gone. */
export function useNodeView<K extends NodeView['kind']>(
  id: string,
  kind: K,
): Extract<NodeView, { kind: K }> | undefined {
  const { view } = useNodeState(id);
  return view?.kind === kind ? (view as Extract<NodeView, { kind: K }>) : undefined;
}
