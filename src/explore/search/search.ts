import { makeBytecode } from '../engines/bytecode';
import { makeBytecodeEngine } from '../engines/bytecodeEngine';
import { makeBytecodeInterpreter } from '../engines/bytecodeInterpreter';
import type { BytecodeInterpreter } from '../engines/bytecodeInterpreter';
import { makePackedLayout } from '../engines/packedLayout';
import type { PackedLayout } from '../engines/packedLayout';
import type { Model } from '../engines/model';
import { MAX_LOAD_FACTOR, MAX_STATES } from '../engines/stateStore';
import type { Engine, EngineListener, EngineReduction } from '../engines/stateStore';
import type { Symmetry } from '../reduction/symmetry';
import { makeWasmEngine, wasmAllowed } from '../engines/wasmEngine';

/** Where a search stops at the latest. */
export interface Limits {
  readonly maxStates: number;
  readonly maxBytes: number;
  /** Steps from the start; no limit where left out. */
  readonly maxDepth?: number;
}

/** 5 million states, 512 MB. */
export const DEFAULT_LIMITS: Limits = { maxStates: 5_000_000, maxBytes: 512 * 2 ** 20 };

/** Which engine runs a search. */
export type EngineName = 'wasm' | 'bytecode';

/** Why a search is not complete. */
type SearchBound = 'states' | 'bytes' | 'depth';

/** Reductions that a search works with; none where both are absent. */
export interface SearchReduction {
  readonly symmetry?: Symmetry | undefined;
  /** The only task that has to be tried in a state, or -1. */
  readonly ampleTask?: ((words: Int32Array, offset: number) => number) | undefined;
}

/** A breadth-first search under way. */
export interface Search {
  readonly model: Model;
  readonly layout: PackedLayout;
  readonly engine: Engine;
  /** What the search leaves out; absent for a full one. */
  readonly reduction: SearchReduction;
  /** For looking at single steps again; one for all, made when first asked for. */
  readonly interpreter: () => BytecodeInterpreter;
  /** Number of the first state of each depth; the last entry is the end of the last complete depth. */
  readonly layers: readonly number[];
  /** First transition that broke each property, by `propertyBit`: from which state, by which task (-1: the start state is bad). */
  readonly firstViolations: ReadonlyMap<number, { readonly state: number; readonly task: number }>;
  /** States in which no task can move. */
  readonly terminalStates: readonly number[];
  /** States expanded so far. */
  readonly expanded: () => number;
  /** Expands about `budget` more states. */
  readonly advance: (budget: number) => 'more' | 'complete' | SearchBound;
}

/** The fastest engine that this page admits. */
export function bestEngine(): EngineName {
  return wasmAllowed() ? 'wasm' : 'bytecode';
}

/** States that are entered into a larger table at a time, which takes about as long as to expand an eighth of them. */
export const REHASH_BATCH = 65_536;

/** Begins a search; nothing is explored yet. */
export function startSearch(
  model: Model,
  engineName: EngineName = bestEngine(),
  limits: Limits = DEFAULT_LIMITS,
  reduce: (layout: PackedLayout) => SearchReduction = () => ({}),
): Search {
  const layout = makePackedLayout(model);
  const reduction = reduce(layout);
  const reducer: EngineReduction = {
    canonicalize: reduction.symmetry?.canonicalize,
    ampleTask: reduction.ampleTask,
  };
  const broken = new Map<number, { state: number; task: number }>();
  const stuck: number[] = [];
  const note = (bits: number, state: number, task: number): void => {
    for (let bit = 0; bit < 32; bit++)
      if ((bits & (1 << bit)) !== 0 && !broken.has(bit)) broken.set(bit, { state, task });
  };
  const listener: EngineListener = { violated: note, terminal: (state) => stuck.push(state) };
  const engine =
    engineName === 'wasm'
      ? makeWasmEngine(model, layout, listener, reducer)
      : makeBytecodeEngine(model, layout, listener, reducer);
  note(model.initialViolations, 0, -1);
  const layers = [0, 1];
  const maxStates = Math.min(limits.maxStates, Math.floor(MAX_STATES * MAX_LOAD_FACTOR));
  let at = 0;
  let entering = false;

  const advance = (budget: number): 'more' | 'complete' | SearchBound => {
    for (let left = budget; ;) {
      const layerEnd = layers.at(-1) ?? 0;
      if (at === layerEnd) {
        if (engine.count() === layerEnd) return 'complete';
        if (layers.length - 1 >= (limits.maxDepth ?? Infinity)) return 'depth';
        layers.push(engine.count());
        continue;
      }
      if (left <= 0) return 'more';
      if (entering) {
        entering = engine.continueRehash(REHASH_BATCH);
        left -= REHASH_BATCH / 8;
        continue;
      }
      if (engine.count() >= maxStates) return 'states';
      if (engine.bytes() >= limits.maxBytes) return 'bytes';
      const room = Math.max(
        1,
        Math.ceil((maxStates - engine.count()) / Math.max(1, model.actions.length)),
      );
      const to = Math.min(layerEnd, at + Math.min(left, room));
      const next = engine.expand(at, to);
      left -= next - at;
      at = next;
      if (next < to) {
        if (engine.bytesAfterGrow() > limits.maxBytes || !tryGrow(engine)) return 'bytes';
        entering = true;
      }
    }
  };
  let interpreter: BytecodeInterpreter | undefined;
  return {
    model,
    layout,
    reduction,
    engine,
    layers,
    firstViolations: broken,
    terminalStates: stuck,
    expanded: () => at,
    advance,
    interpreter: () =>
      (interpreter ??= makeBytecodeInterpreter(model, layout, makeBytecode(model, layout))),
  };
}

/** Whether there was room; a page may have less memory than the limit allows. */
function tryGrow(engine: Engine): boolean {
  try {
    engine.grow();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Depth of a state: steps from the start. */
export function depthOf(search: Search, state: number): number {
  const { layers } = search;
  let lo = 0;
  let hi = layers.length - 1;
  while (lo < hi) {
    const mid = (lo + hi + 1) >> 1;
    if ((layers[mid] ?? 0) <= state) lo = mid;
    else hi = mid - 1;
  }
  return lo;
}

/** Greatest depth among the states found. */
export function depthReached(search: Search): number {
  const found = search.engine.count();
  return found > (search.layers.at(-1) ?? 0) ? search.layers.length - 1 : search.layers.length - 2;
}
