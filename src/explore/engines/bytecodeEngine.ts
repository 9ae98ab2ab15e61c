import { makeBytecode } from './bytecode';
import type { PackedLayout } from './packedLayout';
import type { Model } from './model';
import { MAX_LOAD_FACTOR, hashWords, insertStates } from './stateStore';
import type { Engine, EngineListener, EngineReduction } from './engine';
import { makeBytecodeInterpreter } from './bytecodeInterpreter';

/** The engine for pages whose CSP forbids WebAssembly: interpreted bytecode. */
export function makeBytecodeEngine(
  model: Model,
  layout: PackedLayout,
  listener: EngineListener,
  reducer: EngineReduction = {},
  sizeLog2 = 12,
  bytecode = makeBytecode(model, layout),
): Engine {
  const { words } = layout;
  const stride = words + 1;
  const tasks = model.actions.length;
  const interpreter = makeBytecodeInterpreter(model, layout, bytecode);
  const { next } = interpreter;
  let table = new Int32Array(2 ** sizeLog2);
  let limit = Math.floor(table.length * MAX_LOAD_FACTOR);
  let records = new Int32Array((limit + 1) * stride);
  let count = 0;
  /** States in the table; fewer than `count` ample while a larger table is filled. */
  let rehashed = 0;
  let transitions = 0;
  let reported = 0;

  /** Inserts the successor; returns whether it is new. */
  const insert = (parent: number): boolean => {
    const h = hashWords(next, 0, words);
    const mask = table.length - 1;
    const tag = h >>> 26;
    let slot = h & mask;
    for (let entry = table[slot]!; entry !== 0; entry = table[slot]!) {
      if (entry >>> 26 === tag) {
        const at = ((entry & 0x3ffffff) - 1) * stride;
        let i = 0;
        while (i < words && records[at + i] === next[i]) i++;
        if (i === words) return false;
      }
      slot = (slot + 1) & mask;
    }
    const at = count * stride;
    for (let i = 0; i < words; i++) records[at + i] = next[i]!;
    records[at + words] = parent;
    rehashed = ++count;
    table[slot] = (tag << 26) | count;
    return true;
  };
  const report = (violated: number, state: number, task: number): void => {
    if ((violated & ~reported) === 0) return;
    listener.violated(violated & ~reported, state, task);
    reported |= violated;
  };
  next.set(layout.initial);
  insert(-1);

  return {
    name: 'bytecode',
    expand: (from, to) => {
      for (let state = from; state < to; state++) {
        if (count + tasks > limit) return state;
        const at = state * stride;
        let enabled = 0;
        const ample = reducer.ampleTask?.(records, at) ?? -1;
        for (let task = 0; task < tasks; task++) {
          if (ample >= 0 && task !== ample) continue;
          if (!interpreter.step(records, at, task)) continue;
          enabled++;
          if (reducer.canonicalize) {
            report(interpreter.violationsAfterStep(), state, task);
            reducer.canonicalize(next, 0);
            insert(state);
            continue;
          }
          report(interpreter.stepViolations(), state, task);
          if (insert(state)) report(interpreter.violationsAfterStep(), state, task);
        }
        if (enabled === 0) listener.terminal(state);
        transitions += enabled;
      }
      return to;
    },
    grow: () => {
      const larger = new Int32Array(table.length * 2);
      limit = Math.floor(larger.length * MAX_LOAD_FACTOR);
      const copy = new Int32Array((limit + 1) * stride);
      copy.set(records.subarray(0, count * stride));
      table = larger;
      records = copy;
      rehashed = 0;
    },
    continueRehash: (states) => {
      const to = Math.min(count, rehashed + states);
      insertStates(table, records, rehashed, to, words);
      rehashed = to;
      return to < count;
    },
    store: () => ({ words, stride, count, records, table }),
    count: () => count,
    transitions: () => transitions,
    bytes: () => (table.length + count * stride) * 4,
    bytesAfterGrow: () => (table.length * 2 + count * stride) * 4,
  };
}
