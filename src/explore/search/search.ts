import { makeBytecode } from '../engines/bytecode';
import { makeBytecodeEngine } from '../engines/bytecodeEngine';
import { makeBytecodeInterpreter } from '../engines/bytecodeInterpreter';
import type { BytecodeInterpreter } from '../engines/bytecodeInterpreter';
import { makePackedLayout } from '../engines/packedLayout';
import type { PackedLayout } from '../engines/packedLayout';
import type { Model } from '../engines/model';
import { MAX_LOAD_FACTOR, MAX_STATES } from '../engines/stateStore';
import type { Engine, EngineListener, EngineReduction } from '../engines/engine';
import type { Symmetry } from '../reduction/symmetry';
import { makeWasmEngine, wasmAllowed } from '../engines/wasmEngine';

/** Limits at which a search stops. */
export interface Limits {
  readonly maxStates: number;
  readonly maxBytes: number;
  /** Steps from the initial state; unlimited by default. */
  readonly maxDepth?: number;
}

/** 5 million states, 512 MB. */
export const DEFAULT_LIMITS: Limits = { maxStates: 5_000_000, maxBytes: 512 * 2 ** 20 };

/** Which engine runs a search. */
export type EngineName = 'wasm' | 'bytecode';

/** Why a search is not complete. */
type SearchBound = 'states' | 'bytes' | 'depth';

/** Reductions that a search applies; none if both are absent. */
export interface SearchReduction {
  readonly symmetry?: Symmetry | undefined;
  /** The only task that must be expanded in a state, or -1 for all. */
  readonly ampleTask?: ((words: Int32Array, offset: number) => number) | undefined;
}

/** A breadth-first search in progress. */
export interface Search {
  readonly model: Model;
  readonly layout: PackedLayout;
  readonly engine: Engine;
  /** The reductions in use. */
  readonly reduction: SearchReduction;
  /** Repeats single steps. Created at the first call. */
  readonly interpreter: () => BytecodeInterpreter;
  /** Number of the first state of each depth; the last entry is the end of the last complete depth. */
  readonly layers: readonly number[];
  /** By `propertyBit`: the first transition that violates the property. Task -1: the initial state violates it. */
  readonly firstViolations: ReadonlyMap<number, { readonly state: number; readonly task: number }>;
  /** States in which no task is enabled. */
  readonly terminalStates: readonly number[];
  /** States expanded so far. */
  readonly expanded: () => number;
  /** Expands about `budget` more states. */
  readonly advance: (budget: number) => 'more' | 'complete' | SearchBound;
}

/** The fastest engine that this page allows. */
export function bestEngine(): EngineName {
  return wasmAllowed() ? 'wasm' : 'bytecode';
}

/** States inserted into a larger table at a time. It takes about as long as expanding an eighth of them. */
export const REHASH_BATCH = 65_536;

/** Prepares a search; `advance` explores. */
export function startSearch(
  model: Model,
  engineName: EngineName = bestEngine(),
  limits: Limits = DEFAULT_LIMITS,
  reduce: (layout: PackedLayout) => SearchReduction = () => ({}),
): Search {
  const layout = makePackedLayout(model);
  const reduction = reduce(layout);
  const engineReduction: EngineReduction = {
    canonicalize: reduction.symmetry?.canonicalize,
    ampleTask: reduction.ampleTask,
  };
  const firstViolations = new Map<number, { state: number; task: number }>();
  const terminalStates: number[] = [];
  const recordViolations = (bits: number, state: number, task: number): void => {
    for (let bit = 0; bit < 32; bit++)
      if ((bits & (1 << bit)) !== 0 && !firstViolations.has(bit))
        firstViolations.set(bit, { state, task });
  };
  const listener: EngineListener = {
    violated: recordViolations,
    terminal: (state) => terminalStates.push(state),
  };
  // Compiled when needed; the engine and the interpreter share it.
  const bytecode = makeBytecode(model, layout);
  const engine =
    engineName === 'wasm'
      ? makeWasmEngine(model, layout, listener, engineReduction)
      : makeBytecodeEngine(model, layout, listener, engineReduction, undefined, bytecode);
  recordViolations(model.initialViolations, 0, -1);
  const layers = [0, 1];
  const maxStates = Math.min(limits.maxStates, Math.floor(MAX_STATES * MAX_LOAD_FACTOR));
  let expanded = 0;
  let rehashing = false;

  const advance = (budget: number): 'more' | 'complete' | SearchBound => {
    for (let left = budget; ;) {
      const layerEnd = layers.at(-1) ?? 0;
      if (expanded === layerEnd) {
        if (engine.count() === layerEnd) return 'complete';
        if (layers.length - 1 >= (limits.maxDepth ?? Infinity)) return 'depth';
        layers.push(engine.count());
        continue;
      }
      if (left <= 0) return 'more';
      if (rehashing) {
        rehashing = engine.continueRehash(REHASH_BATCH);
        left -= REHASH_BATCH / 8;
        continue;
      }
      if (engine.count() >= maxStates) return 'states';
      if (engine.bytes() >= limits.maxBytes) return 'bytes';
      const room = Math.max(
        1,
        Math.ceil((maxStates - engine.count()) / Math.max(1, model.actions.length)),
      );
      const to = Math.min(layerEnd, expanded + Math.min(left, room));
      const next = engine.expand(expanded, to);
      left -= next - expanded;
      expanded = next;
      if (next < to) {
        if (engine.bytesAfterGrow() > limits.maxBytes || !tryGrow(engine)) return 'bytes';
        rehashing = true;
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
    firstViolations,
    terminalStates,
    expanded: () => expanded,
    advance,
    interpreter: () => (interpreter ??= makeBytecodeInterpreter(model, layout, bytecode)),
  };
}

/** False if memory is exhausted. A page may have less memory than the limit allows. */
function tryGrow(engine: Engine): boolean {
  try {
    engine.grow();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Depth of a state: steps from the initial state. */
export function depthOf(search: Search, state: number): number {
  return depthInLayers(search.layers, state);
}

/** Depth of a state, if `layers[d]` is the first state of depth d. */
export function depthInLayers(layers: readonly number[], state: number): number {
  let lo = 0;
  let hi = layers.length - 1;
  while (lo < hi) {
    const mid = (lo + hi + 1) >> 1;
    if (layers[mid]! <= state) lo = mid;
    else hi = mid - 1;
  }
  return lo;
}

/** Maximum depth of the states found. */
export function depthReached(search: Search): number {
  const found = search.engine.count();
  return found > (search.layers.at(-1) ?? 0) ? search.layers.length - 1 : search.layers.length - 2;
}
