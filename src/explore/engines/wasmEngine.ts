import type { PackedLayout } from './packedLayout';
import { stepName } from './model';
import type { Model } from './model';
import { MAX_LOAD_FACTOR, hashWords } from './stateStore';
import type { Engine, EngineListener, EngineReduction, Successors } from './engine';
import { TABLES_ADDRESS } from './wordEmitter';
import {
  CONTROL_BLOCK,
  SUCCESSOR_BATCH,
  SCRATCH_WORDS,
  makeSuccessorModule,
  makeSearchModule,
} from './wasmModule';

const PAGE_BYTES = 65_536;
/** Memory grows by at least this many pages. */
const MIN_GROWTH_PAGES = 16;

/** Whether this page may compile WebAssembly. A CSP without `wasm-unsafe-eval` forbids it. */
export function wasmAllowed(): boolean {
  if (typeof WebAssembly === 'undefined') return false;
  try {
    return (
      new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)) instanceof
      WebAssembly.Module
    );
  } catch {
    return false;
  }
}

/** The fast engine: a WebAssembly module emitted for the model. */
export function makeWasmEngine(
  model: Model,
  layout: PackedLayout,
  listener: EngineListener,
  reducer: EngineReduction = {},
  sizeLog2 = 14,
): Engine {
  const { words } = layout;
  const stride = words + 1;
  const tasks = model.actions.length;
  if (words > SCRATCH_WORDS) throw new Error(`states of ${words} words are too large`);
  const emitted = makeSearchModule(model, layout, {
    canonicalize: reducer.canonicalize !== undefined,
    ampleTask: reducer.ampleTask !== undefined,
  });
  const base = Math.ceil((TABLES_ADDRESS + emitted.tables.length) / 64) * 64;
  let size = 2 ** sizeLog2;
  const firstPages = Math.ceil((base + size * 4 + (tasks + 1) * stride * 4) / PAGE_BYTES) + 1;
  const memory = new WebAssembly.Memory({ initial: firstPages, maximum: 65_536 });
  let view = new Int32Array(memory.buffer);
  const outOfRange = (action: number, value: number): never => {
    throw new Error(
      `${stepName(model, action)} stores ${value}, which is out of the range of the field`,
    );
  };
  const scratch = CONTROL_BLOCK.scratch >> 2;
  const imports = {
    env: {
      memory,
      violated: listener.violated,
      terminal: listener.terminal,
      outOfRange,
      canonicalize: () => reducer.canonicalize?.(view, scratch),
      ampleTask: () => reducer.ampleTask?.(view, scratch) ?? -1,
    },
  };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(emitted.bytes), imports);
  const expand = instance.exports['expand'] as (from: number, to: number) => number;
  const rehash = instance.exports['rehash'] as (from: number, to: number) => number;
  let transitions = 0;
  /** How many stored states are in the table while a larger one is filled; else infinite. */
  let rehashed = Infinity;

  const control = (address: number): number => view[address >> 2] ?? 0;
  const writeControlBlock = (): void => {
    view = new Int32Array(memory.buffer);
    const store = base + size * 4;
    view[CONTROL_BLOCK.table >> 2] = base;
    view[CONTROL_BLOCK.mask >> 2] = size - 1;
    view[CONTROL_BLOCK.store >> 2] = store;
    view[CONTROL_BLOCK.limit >> 2] = Math.min(
      Math.floor(size * MAX_LOAD_FACTOR),
      Math.floor((memory.buffer.byteLength - store) / (stride * 4)),
    );
  };
  writeControlBlock();
  new Uint8Array(memory.buffer).set(emitted.tables, TABLES_ADDRESS);
  view.set(layout.initial, control(CONTROL_BLOCK.store) >> 2);
  view[(control(CONTROL_BLOCK.store) >> 2) + words] = -1;
  view[CONTROL_BLOCK.count >> 2] = 1;
  const h = hashWords(layout.initial, 0, words);
  view[(base >> 2) + (h & (size - 1))] = ((h >>> 26) << 26) | 1;

  const reserve = (bytes: number): void => {
    const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) memory.grow(missing);
  };
  const tableIsFull = (): boolean =>
    control(CONTROL_BLOCK.count) + tasks > Math.floor(size * MAX_LOAD_FACTOR);
  const grownBytes = (): number => {
    const used = control(CONTROL_BLOCK.count) * stride * 4;
    const doubled = tableIsFull() ? size * 2 : size;
    return base + doubled * 4 + used + Math.max(MIN_GROWTH_PAGES * PAGE_BYTES, Math.ceil(used / 4));
  };

  const successors = (): Successors => {
    const { bytes, tables } = makeSuccessorModule(model, layout);
    if (tables.length !== emitted.tables.length)
      throw new Error('the search module and the successor module expect different tables');
    const expandAgain = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports[
      'successors'
    ] as (from: number, to: number) => number;
    const output = memory.buffer.byteLength;
    const numbers = SUCCESSOR_BATCH * tasks;
    reserve(output + 8 * numbers);
    view = new Int32Array(memory.buffer);
    view[CONTROL_BLOCK.output >> 2] = output;
    const [next, violated] = [0, 1].map(
      (i) => new Int32Array(memory.buffer, output + 4 * numbers * i, numbers),
    ) as [Int32Array, Int32Array];
    return {
      tasks,
      batch: SUCCESSOR_BATCH,
      expand: expandAgain,
      next: () => next,
      violated: () => violated,
    };
  };

  return {
    name: 'wasm',
    ...(reducer.canonicalize || reducer.ampleTask ? {} : { successors }),
    expand: (from, to) => {
      // Short calls, because optimised code is used only from the next call on.
      let at = from;
      while (at < to) {
        const end = Math.min(to, at + 8192);
        at = expand(at, end);
        if (at < end) break;
      }
      transitions += control(CONTROL_BLOCK.transitions);
      view[CONTROL_BLOCK.transitions >> 2] = 0;
      return at;
    },
    grow: () => {
      const full = tableIsFull();
      reserve(grownBytes());
      if (full) {
        view = new Int32Array(memory.buffer);
        const store = control(CONTROL_BLOCK.store) >> 2;
        const count = control(CONTROL_BLOCK.count);
        view.copyWithin(store + size, store, store + count * stride);
        size *= 2;
        view.fill(0, base >> 2, (base >> 2) + size);
        writeControlBlock();
        rehashed = 0;
      } else writeControlBlock();
    },
    continueRehash: (states) => {
      const count = control(CONTROL_BLOCK.count);
      if (rehashed < count) rehashed = rehash(rehashed, Math.min(count, rehashed + states));
      if (rehashed === count) rehashed = Infinity;
      return rehashed < count;
    },
    store: () => ({
      words,
      stride,
      count: control(CONTROL_BLOCK.count),
      records: view.subarray(control(CONTROL_BLOCK.store) >> 2),
      table: view.subarray(base >> 2, (base >> 2) + size),
    }),
    count: () => control(CONTROL_BLOCK.count),
    transitions: () => transitions,
    bytes: () => memory.buffer.byteLength,
    bytesAfterGrow: grownBytes,
  };
}
