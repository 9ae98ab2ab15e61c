import type { Statement } from '../../kernel/language/statements';
import type { PackedLayout, BitField } from './packedLayout';
import { propertyBit } from './model';
import type { Action, Model } from './model';
import { TASK_BLOCKED, STATE_UNKNOWN } from './engine';
import { IMPORT_INDEX, MemoryTables, WordEmitter, emitHash } from './wordEmitter';
import { FunctionWriter, WASM_OPCODE, moduleBytes } from './wasmWriter';

/** Byte addresses in the control block at the start of memory. */
export const CONTROL_BLOCK = {
  count: 0,
  limit: 4,
  table: 8,
  mask: 12,
  store: 16,
  transitions: 20,
  reported: 24,
  output: 28,
  scratch: 64,
} as const;
/** Words in the scratch area, through which the reductions see a state. */
export const SCRATCH_WORDS = 32;
/** Maximum number of states per call of `successors`. */
export const SUCCESSOR_BATCH = 2048;

const TAG_MASK = 0xfc000000 | 0;
const INDEX_MASK = 0x03ffffff;

/** A module, and the tables that its code expects in memory at `TABLES_ADDRESS`. */
export interface EmittedModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly tables: Uint8Array;
}

/** Which of the two imported reductions the search loop calls. */
export interface ReductionHooks {
  readonly canonicalize: boolean;
  readonly ampleTask: boolean;
}

const IMPORTS = [
  { name: 'violated', signature: { parameters: 3, result: false } },
  { name: 'terminal', signature: { parameters: 1, result: false } },
  { name: 'outOfRange', signature: { parameters: 2, result: false } },
  { name: 'canonicalize', signature: { parameters: 0, result: false } },
  { name: 'ampleTask', signature: { parameters: 0, result: true } },
];
const RANGE_SIGNATURE = { parameters: 2, result: true };
/** The number of the function that tests property sets: the first after the imports. */
const PROPERTIES_FUNCTION = IMPORTS.length;

/** The search loop for one model as a WebAssembly module: packed words in locals, one br_table per task. */
export function makeSearchModule(
  model: Model,
  layout: PackedLayout,
  reduced: ReductionHooks = { canonicalize: false, ampleTask: false },
): EmittedModule {
  const tables = new MemoryTables();
  const bytes = moduleBytes(IMPORTS, [
    ...propertyFunctions(model, layout, tables),
    {
      name: 'expand',
      signature: RANGE_SIGNATURE,
      body: new ExpansionEmitter(model, layout, tables).emitExpand(reduced),
    },
    { name: 'rehash', signature: RANGE_SIGNATURE, body: rehashBody(layout.words) },
  ]);
  return { bytes, tables: tables.bytes() };
}

/**
 * The module that expands stored states again. `successors(from, to)` writes the number of every successor to the output
 * address (see stateStore.ts), then as many masks of violated properties. It expects the same tables as `makeSearchModule`.
 */
export function makeSuccessorModule(model: Model, layout: PackedLayout): EmittedModule {
  const tables = new MemoryTables();
  const bytes = moduleBytes(IMPORTS, [
    ...propertyFunctions(model, layout, tables),
    {
      name: 'successors',
      signature: RANGE_SIGNATURE,
      body: new ExpansionEmitter(model, layout, tables).emitSuccessors(),
    },
  ]);
  return { bytes, tables: tables.bytes() };
}

/** `testSet(set, word, ...)`: the mask of the properties of one set that a state violates; then one function per property. */
function propertyFunctions(
  model: Model,
  layout: PackedLayout,
  tables: MemoryTables,
): { name: string; signature: { parameters: number; result: boolean }; body: number[] }[] {
  const words = Array.from({ length: layout.words }, (_, i) => i);
  const tests = model.stateProperties.map(({ violatedWhen }, k) => {
    const out = new FunctionWriter(layout.words);
    new PropertyEmitter(out, layout, tables, words, out.local()).test(violatedWhen);
    return {
      name: `property${k}`,
      signature: { parameters: layout.words, result: true },
      body: out.finish(),
    };
  });
  const out = new FunctionWriter(layout.words + 1);
  const bits = out.local();
  out.block('none');
  model.propertySets.forEach((_, i) => out.block(`set${model.propertySets.length - 1 - i}`));
  out.get(0);
  out.brTable(
    model.propertySets.map((_, i) => `set${i}`),
    'none',
  );
  for (const set of model.propertySets) {
    out.end();
    for (const k of set) {
      for (const word of words) out.get(word + 1);
      out.call(PROPERTIES_FUNCTION + 1 + k);
      out.if();
      out.get(bits);
      out.constant(1 << propertyBit(model.stateProperties[k]!.property));
      out.op(WASM_OPCODE.or);
      out.set(bits);
      out.end();
    }
    out.get(bits);
    out.op(WASM_OPCODE.return);
  }
  out.end();
  out.get(bits);
  return [
    {
      name: 'testSet',
      signature: { parameters: layout.words + 1, result: true },
      body: out.finish(),
    },
    ...tests,
  ];
}

class PropertyEmitter extends WordEmitter {
  test(e: Parameters<WordEmitter['truth']>[0]): void {
    this.truth(e, true);
  }
}

/** The locals of a hash table lookup. */
interface LookupLocals {
  readonly table: number;
  readonly mask: number;
  readonly store: number;
  readonly at: number;
  readonly hash: number;
  readonly slot: number;
  readonly entry: number;
  readonly stride: number;
}

class ExpansionEmitter extends WordEmitter {
  private readonly violations: number;
  private readonly successorCount: number;
  /** The property set to test the successor for. */
  private readonly propertySet: number;

  constructor(
    private readonly model: Model,
    layout: PackedLayout,
    tables: MemoryTables,
  ) {
    const out = new FunctionWriter(2);
    super(
      out,
      layout,
      tables,
      Array.from({ length: layout.words }, () => out.local()),
      out.local(),
    );
    [this.violations, this.successorCount, this.propertySet] = [
      out.local(),
      out.local(),
      out.local(),
    ];
  }

  emitExpand(reduced: ReductionHooks): number[] {
    const { out, next } = this;
    const [from, to] = [0, 1];
    const words = Array.from({ length: this.layout.words }, () => out.local());
    const [count, limit, transitions, reported] = Array.from({ length: 4 }, () => out.local()) as [
      number,
      number,
      number,
      number,
    ];
    const lookup = this.lookupLocals();
    const { at, hash, store, stride } = lookup;
    const ample = out.local();
    const tasks = this.model.actions.length;
    this.reload([
      [count, CONTROL_BLOCK.count],
      [limit, CONTROL_BLOCK.limit],
      [transitions, CONTROL_BLOCK.transitions],
      [reported, CONTROL_BLOCK.reported],
    ]);
    out.block('exit');
    out.loop('states');
    out.get(from);
    out.get(to);
    out.op(WASM_OPCODE.geU);
    out.brIf('exit');
    out.get(count);
    out.constant(tasks);
    out.op(WASM_OPCODE.add);
    out.get(limit);
    out.op(WASM_OPCODE.gtU);
    out.brIf('exit');
    this.loadState(from, words, lookup);
    out.constant(0);
    out.set(this.successorCount);
    if (reduced.ampleTask) {
      this.copyToScratch(words);
      out.call(IMPORT_INDEX.ampleTask);
      out.set(ample);
    }

    this.model.actions.forEach((actions, task) => {
      if (actions.length === 0) return;
      out.block('blocked');
      if (reduced.ampleTask) {
        out.get(ample);
        out.constant(task);
        out.op(WASM_OPCODE.ne);
        out.get(ample);
        out.constant(-1);
        out.op(WASM_OPCODE.ne, WASM_OPCODE.and);
        out.brIf('blocked');
      }
      this.run(actions, task, words);
      out.get(this.successorCount);
      out.constant(1);
      out.op(WASM_OPCODE.add);
      out.set(this.successorCount);
      if (reduced.canonicalize) {
        // Properties are tested on the successor itself, not on its canonical image.
        this.emitPropertyTests();
        this.report(from, task, reported);
        this.copyToScratch(next);
        out.call(IMPORT_INDEX.canonicalize);
        next.forEach((word, i) => {
          out.constant(0);
          out.load(CONTROL_BLOCK.scratch + 4 * i);
          out.set(word);
        });
      } else this.report(from, task, reported);
      this.find(
        lookup,
        () => {
          out.get(at);
          out.get(store);
          out.get(count);
          out.constant(stride);
          out.op(WASM_OPCODE.mul, WASM_OPCODE.add);
          out.tee(at);
          out.get(from);
          out.store(4 * next.length);
          next.forEach((word, i) => {
            out.get(at);
            out.get(word);
            out.store(4 * i);
          });
          out.get(count);
          out.constant(1);
          out.op(WASM_OPCODE.add);
          out.tee(count);
          out.get(hash);
          out.constant(TAG_MASK);
          out.op(WASM_OPCODE.and, WASM_OPCODE.or);
          out.store(0);
          // State properties do not depend on the path: they are tested once, when the state is new.
          if (!reduced.canonicalize) {
            this.emitPropertyTests();
            this.report(from, task, reported);
          }
          out.br('blocked');
        },
        () => out.brIf('blocked'),
      );
      out.end();
    });

    out.get(this.successorCount);
    out.op(WASM_OPCODE.eqz);
    out.if();
    out.get(from);
    out.call(IMPORT_INDEX.terminal);
    out.end();
    out.get(transitions);
    out.get(this.successorCount);
    out.op(WASM_OPCODE.add);
    out.set(transitions);
    out.get(from);
    out.constant(1);
    out.op(WASM_OPCODE.add);
    out.set(from);
    out.br('states');
    out.end();
    out.end();
    for (const [local, address] of [
      [count, CONTROL_BLOCK.count],
      [transitions, CONTROL_BLOCK.transitions],
      [reported, CONTROL_BLOCK.reported],
    ] as const) {
      out.constant(0);
      out.get(local);
      out.store(address);
    }
    out.get(from);
    return out.finish();
  }

  emitSuccessors(): number[] {
    const { out } = this;
    const [from, to] = [0, 1];
    const words = Array.from({ length: this.layout.words }, () => out.local());
    const [output] = [out.local()];
    const lookup = this.lookupLocals();
    const tasks = this.model.actions.length;
    const violatedOffset = 4 * SUCCESSOR_BATCH * tasks;
    this.reload([[output, CONTROL_BLOCK.output]]);
    out.block('exit');
    out.loop('states');
    out.get(from);
    out.get(to);
    out.op(WASM_OPCODE.geU);
    out.brIf('exit');
    this.loadState(from, words, lookup);
    this.model.actions.forEach((actions, task) => {
      out.get(output);
      out.constant(TASK_BLOCKED);
      out.store(4 * task);
      out.get(output);
      out.constant(0);
      out.store(violatedOffset + 4 * task);
      if (actions.length === 0) return;
      out.block('blocked');
      this.run(actions, task, words);
      this.emitPropertyTests();
      out.get(output);
      out.get(this.violations);
      out.store(violatedOffset + 4 * task);
      this.find(
        lookup,
        () => {
          out.get(output);
          out.constant(STATE_UNKNOWN);
          out.store(4 * task);
          out.br('blocked');
        },
        () => {
          out.if();
          out.get(output);
          out.get(lookup.entry);
          out.constant(INDEX_MASK);
          out.op(WASM_OPCODE.and);
          out.constant(1);
          out.op(WASM_OPCODE.sub);
          out.store(4 * task);
          out.br('blocked');
          out.end();
        },
      );
      out.end();
    });
    out.get(output);
    out.constant(4 * tasks);
    out.op(WASM_OPCODE.add);
    out.set(output);
    out.get(from);
    out.constant(1);
    out.op(WASM_OPCODE.add);
    out.set(from);
    out.br('states');
    out.end();
    out.end();
    out.get(from);
    return out.finish();
  }

  /** Tests the successor for the properties that its step can affect. */
  private emitPropertyTests(): void {
    const { out, next } = this;
    if (this.model.propertySets.length < 2) return;
    out.get(this.propertySet);
    out.if();
    out.get(this.propertySet);
    for (const word of next) out.get(word);
    out.call(PROPERTIES_FUNCTION);
    out.get(this.violations);
    out.op(WASM_OPCODE.or);
    out.set(this.violations);
    out.end();
  }

  /** Reports properties that are violated for the first time. */
  private report(from: number, task: number, reported: number): void {
    const { out } = this;
    out.get(this.violations);
    out.get(reported);
    out.constant(-1);
    out.op(WASM_OPCODE.xor, WASM_OPCODE.and);
    out.tee(this.scratch);
    out.if();
    out.get(this.scratch);
    out.get(from);
    out.constant(task);
    out.call(IMPORT_INDEX.violated);
    out.get(reported);
    out.get(this.violations);
    out.op(WASM_OPCODE.or);
    out.set(reported);
    out.end();
  }

  private copyToScratch(words: readonly number[]): void {
    const { out } = this;
    words.forEach((word, i) => {
      out.constant(0);
      out.get(word);
      out.store(CONTROL_BLOCK.scratch + 4 * i);
    });
  }

  private lookupLocals(): LookupLocals {
    const [table, mask, store, at, hash, slot, entry] = Array.from({ length: 7 }, () =>
      this.out.local(),
    ) as [number, number, number, number, number, number, number];
    this.reload([
      [table, CONTROL_BLOCK.table],
      [mask, CONTROL_BLOCK.mask],
      [store, CONTROL_BLOCK.store],
    ]);
    return { table, mask, store, at, hash, slot, entry, stride: (this.layout.words + 1) * 4 };
  }

  private reload(locals: readonly (readonly [local: number, address: number])[]): void {
    for (const [local, address] of locals) {
      this.out.constant(0);
      this.out.load(address);
      this.out.set(local);
    }
  }

  private loadState(
    from: number,
    words: readonly number[],
    { store, at, stride }: LookupLocals,
  ): void {
    const { out } = this;
    out.get(store);
    out.get(from);
    out.constant(stride);
    out.op(WASM_OPCODE.mul, WASM_OPCODE.add);
    out.set(at);
    words.forEach((word, i) => {
      out.get(at);
      out.load(4 * i);
      out.set(word);
    });
  }

  /** Runs the next step of a task on a copy of the state. Branches to `blocked` if it is not enabled. */
  private run(actions: readonly Action[], task: number, words: readonly number[]): void {
    const { out, next } = this;
    words.forEach((word, i) => {
      out.get(word);
      out.set(next[i]!);
    });
    out.constant(0);
    out.set(this.violations);
    out.block('done');
    this.dispatch(actions, task);
    out.end();
  }

  /** Looks the successor up. `onFree` runs at its free slot, whose address is in `at`. `onSame` runs at an entry with its tag; whether the states are equal is on the stack. */
  private find(
    { table, mask, store, at, hash, slot, entry, stride }: LookupLocals,
    onFree: () => void,
    onSame: () => void,
  ): void {
    const { out, next } = this;
    emitHash(out, next, hash);
    out.get(hash);
    out.get(mask);
    out.op(WASM_OPCODE.and);
    out.set(slot);
    out.loop('probe');
    out.get(table);
    out.get(slot);
    out.constant(2);
    out.op(WASM_OPCODE.shl, WASM_OPCODE.add);
    out.tee(at);
    out.load(0);
    out.tee(entry);
    out.op(WASM_OPCODE.eqz);
    out.if();
    onFree();
    out.end();
    out.get(entry);
    out.get(hash);
    out.op(WASM_OPCODE.xor);
    out.constant(TAG_MASK);
    out.op(WASM_OPCODE.and, WASM_OPCODE.eqz);
    out.if();
    out.get(store);
    out.get(entry);
    out.constant(INDEX_MASK);
    out.op(WASM_OPCODE.and);
    out.constant(1);
    out.op(WASM_OPCODE.sub);
    out.constant(stride);
    out.op(WASM_OPCODE.mul, WASM_OPCODE.add);
    out.set(at);
    next.forEach((word, i) => {
      out.get(at);
      out.load(4 * i);
      out.get(word);
      out.op(WASM_OPCODE.xor);
      if (i > 0) out.op(WASM_OPCODE.or);
    });
    out.op(WASM_OPCODE.eqz);
    onSame();
    out.end();
    out.get(slot);
    out.constant(1);
    out.op(WASM_OPCODE.add);
    out.get(mask);
    out.op(WASM_OPCODE.and);
    out.set(slot);
    out.br('probe');
    out.end();
  }

  private dispatch(actions: readonly Action[], task: number): void {
    const { out } = this;
    const controlState = this.bitField(this.model.program.fields.length + task);
    for (let i = actions.length - 1; i >= 0; i--) out.block(`state${i}`);
    this.readField(controlState);
    out.brTable(
      actions.map((_, i) => `state${i}`),
      'blocked',
    );
    for (const action of actions) {
      out.end();
      if (action.guard.op !== 'const' || action.guard.value === 0) {
        this.truth(action.guard, false);
        out.brIf('blocked');
      }
      this.statements(action.body, controlState, action);
    }
  }

  private statements(body: readonly Statement[], controlState: BitField, action: Action): void {
    const { out } = this;
    for (const s of body) {
      switch (s.op) {
        case 'emit':
          break;
        case 'violate':
          out.get(this.violations);
          out.constant(1 << propertyBit(s.property));
          out.op(WASM_OPCODE.or);
          out.set(this.violations);
          break;
        case 'set':
          this.assign(this.bitField(s.field), s.value, action);
          break;
        case 'jump':
          this.setConstant(controlState, s.pc);
          this.flush();
          if (this.model.propertySets.length > 1) {
            out.constant(action.propertySetAt.get(s.pc) ?? 0);
            out.set(this.propertySet);
          }
          out.br('done');
          return;
        case 'if': {
          const negated = s.then.length === 0;
          this.truth(s.cond, !negated);
          this.flush();
          out.if();
          this.statements(negated ? s.otherwise : s.then, controlState, action);
          this.flush();
          if (!negated && s.otherwise.length > 0) {
            out.else();
            this.statements(s.otherwise, controlState, action);
            this.flush();
          }
          out.end();
        }
      }
    }
  }
}

/** `rehash(from, to)` inserts stored states into a table that has none of them, and returns `to`. */
function rehashBody(words: number): number[] {
  const out = new FunctionWriter(2);
  const [index, count] = [0, 1];
  const locals = Array.from({ length: words }, () => out.local());
  const [at, hash, slot, table, mask] = Array.from({ length: 5 }, () => out.local()) as [
    number,
    number,
    number,
    number,
    number,
  ];
  out.constant(0);
  out.load(CONTROL_BLOCK.table);
  out.set(table);
  out.constant(0);
  out.load(CONTROL_BLOCK.mask);
  out.set(mask);
  out.constant(0);
  out.load(CONTROL_BLOCK.store);
  out.get(index);
  out.constant(4 * (words + 1));
  out.op(WASM_OPCODE.mul, WASM_OPCODE.add);
  out.set(at);
  out.block('exit');
  out.loop('states');
  out.get(index);
  out.get(count);
  out.op(WASM_OPCODE.geU);
  out.brIf('exit');
  locals.forEach((word, i) => {
    out.get(at);
    out.load(4 * i);
    out.set(word);
  });
  emitHash(out, locals, hash);
  out.get(hash);
  out.get(mask);
  out.op(WASM_OPCODE.and);
  out.set(slot);
  out.block('free');
  out.loop('probe');
  out.get(table);
  out.get(slot);
  out.constant(2);
  out.op(WASM_OPCODE.shl, WASM_OPCODE.add);
  out.load(0);
  out.op(WASM_OPCODE.eqz);
  out.brIf('free');
  out.get(slot);
  out.constant(1);
  out.op(WASM_OPCODE.add);
  out.get(mask);
  out.op(WASM_OPCODE.and);
  out.set(slot);
  out.br('probe');
  out.end();
  out.end();
  out.get(index);
  out.constant(1);
  out.op(WASM_OPCODE.add);
  out.set(index);
  out.get(table);
  out.get(slot);
  out.constant(2);
  out.op(WASM_OPCODE.shl, WASM_OPCODE.add);
  out.get(index);
  out.get(hash);
  out.constant(TAG_MASK);
  out.op(WASM_OPCODE.and, WASM_OPCODE.or);
  out.store(0);
  out.get(at);
  out.constant(4 * (words + 1));
  out.op(WASM_OPCODE.add);
  out.set(at);
  out.br('states');
  out.end();
  out.end();
  out.get(index);
  return out.finish();
}
