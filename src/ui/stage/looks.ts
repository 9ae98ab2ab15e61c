import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { EdgeView, NodeView } from '../../graph/graph';
import { share } from './share';
import { NO_EDGES, useLooks, useStageStore, type StageState } from './stageStore';

/** What one node shows. */
export interface NodeLook {
  readonly view: NodeView | undefined;
  /** The edges that leave it. */
  readonly leaving: readonly EdgeView[];
  readonly lit: boolean;
  readonly dim: boolean;
  readonly touched: boolean;
  /** The last step gave a file the way to it. */
  readonly reached: boolean;
  /** It is part of a deadlock. */
  readonly stuck: boolean;
  /** Tab comes to it. */
  readonly active: boolean;
  /** It has been come to: its own controls are in the order of Tab as well. */
  readonly entered: boolean;
  readonly selected: boolean;
  /** Fields of its rows that hover lights. */
  readonly fields: readonly number[] | undefined;
}

/** What one edge shows. */
export interface TieLook {
  readonly edge: EdgeView | undefined;
  readonly lit: boolean;
  readonly dim: boolean;
  readonly reached: boolean;
}

interface Entry<T> {
  look: T;
  readonly listeners: Set<() => void>;
}

/**
 * The looks of many things by id, each the same object while nothing of it changes. Whoever draws one listens to it alone,
 * so that a step asks nobody whose look it leaves as it is.
 */
export class Looks<T extends object> {
  private readonly entries = new Map<string, Entry<T>>();

  constructor(
    private state: StageState,
    private readonly make: (state: StageState, id: string) => T,
  ) {}

  get(id: string): T {
    return this.entryOf(id).look;
  }

  /** Calls `listener` whenever the look changes; returns how to stop. */
  listen(id: string, listener: () => void): () => void {
    const entry = this.entryOf(id);
    entry.listeners.add(listener);
    return () => {
      entry.listeners.delete(listener);
      if (entry.listeners.size === 0 && this.entries.get(id) === entry) this.entries.delete(id);
    };
  }

  /** Brings every look that is asked for up to date. */
  follow(state: StageState): void {
    this.state = state;
    for (const [id, entry] of this.entries) {
      const next = this.make(state, id);
      if (sameParts(entry.look, next)) continue;
      entry.look = next;
      for (const listener of entry.listeners) listener();
    }
  }

  private entryOf(id: string): Entry<T> {
    const known = this.entries.get(id);
    if (known) return known;
    const entry = { look: this.make(this.state, id), listeners: new Set<() => void>() };
    this.entries.set(id, entry);
    return entry;
  }
}

function sameParts<T extends object>(a: T, b: T): boolean {
  for (const key in a) if (a[key] !== b[key]) return false;
  return true;
}

export function nodeLook(state: StageState, id: string): NodeLook {
  const view = state.nodes.get(id);
  const { hover } = state;
  const selected = view?.name !== undefined && view.name === state.selection;
  return {
    view,
    leaving: state.leaving.get(id) ?? NO_EDGES,
    lit: state.lit.has(id) || state.pointed === id,
    dim: state.focus && !selected && !state.spotlight.has(id),
    touched: state.scene.touched.has(id),
    reached: state.scene.reach.nodes.has(id),
    stuck: state.scene.circle.has(id),
    entered: state.active === id,
    active: (state.active ?? state.list[0]?.id) === id,
    selected,
    fields:
      hover &&
      hover.fields.length > 0 &&
      view?.objects.some((object) => hover.objects.includes(object))
        ? hover.fields
        : undefined,
  };
}

export function tieLook(state: StageState, id: string): TieLook {
  const edge = state.edges.get(id);
  if (!edge) return { edge, lit: false, dim: false, reached: false };
  const { source, target } = edge;
  const selected =
    state.selection !== undefined &&
    [source, target, bare(source), bare(target)].includes(state.selection);
  return {
    edge,
    lit: selected || isLit(state, edge),
    dim:
      state.scene.circle.size > 0
        ? !edge.circle
        : state.focus && !(state.spotlight.has(source) && state.spotlight.has(target)),
    reached: state.scene.reach.edges.has(id),
  };
}

/** Both ends are lit, or the one thing that is lit is an end of it. */
function isLit({ lit, pointed }: StageState, { source, target }: EdgeView): boolean {
  if (pointed !== undefined) return pointed === source || pointed === target;
  return lit.has(source) && lit.has(target);
}

function bare(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

/** The look of a node by its id; its view is undefined when it has just gone. */
export function useNodeLook(id: string): NodeLook {
  const { nodes } = useLooks();
  return useSyncExternalStore(
    useCallback((listener) => nodes.listen(id, listener), [nodes, id]),
    () => nodes.get(id),
  );
}

/** The look of an edge by its id. */
export function useTieLook(id: string): TieLook {
  const { ties } = useLooks();
  return useSyncExternalStore(
    useCallback((listener) => ties.listen(id, listener), [ties, id]),
    () => ties.get(id),
  );
}

/** Those of these edges that are not dimmed. */
export function useBrightTies(ids: readonly string[]): readonly string[] {
  const { subscribe, getState } = useStageStore();
  const { ties } = useLooks();
  const last = useRef<readonly string[]>([]);
  return useSyncExternalStore(subscribe, () => {
    const { edges } = getState();
    last.current = share(
      last.current,
      ids.filter((id) => {
        if (!edges.has(id)) return false;
        const { lit, dim } = ties.get(id);
        return lit || !dim;
      }),
    );
    return last.current;
  });
}

/** A node of one kind by its id; undefined when it has just gone. */
export function useNode<K extends NodeView['kind']>(
  id: string,
  kind: K,
): Extract<NodeView, { kind: K }> | undefined {
  const { view } = useNodeLook(id);
  return view?.kind === kind ? (view as Extract<NodeView, { kind: K }>) : undefined;
}
