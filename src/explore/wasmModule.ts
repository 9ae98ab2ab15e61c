import type { Statement } from '../kernel/statement';
import type { Layout, Slot } from './layout';
import { propertyBit } from './model';
import type { Action, Model } from './model';
import { BLOCKED, UNKNOWN } from './store';
import { CALL, Tables, WordCode, emitHash } from './wasmCode';
import { FunctionWriter, WASM, moduleBytes } from './wasmWriter';

/** Addresses of the control block at the start of the memory, in bytes. */
export const CONTROL = {
  count: 0,
  limit: 4,
  table: 8,
  mask: 12,
  store: 16,
  transitions: 20,
  seen: 24,
  output: 28,
  scratch: 64,
} as const;
/** Words that fit into the scratch place, where reducers look at a state. */
export const SCRATCH_WORDS = 32;
/** States that one call of `list` takes at most. */
export const LIST_BATCH = 2048;

const TAG = 0xfc000000 | 0;
const INDEX = 0x03ffffff;

/** A module and the numbers that its code expects in memory from `TABLES_AT` on. */
export interface EmittedModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly tables: Uint8Array;
}

/** Which of the two imported reducers the search loop calls. */
export interface Reduced {
  readonly canonical: boolean;
  readonly only: boolean;
}

const IMPORTS = [
  { name: 'broken', signature: { parameters: 3, result: false } },
  { name: 'stuck', signature: { parameters: 1, result: false } },
  { name: 'leave', signature: { parameters: 2, result: false } },
  { name: 'canonical', signature: { parameters: 0, result: false } },
  { name: 'only', signature: { parameters: 0, result: true } },
];
const TWO = { parameters: 2, result: true };
/** The number of the function that `RulesCode` emits: the first behind the imports. */
const RULES = IMPORTS.length;

/** The search loop for one model, as the bytes of a WebAssembly module: packed words in locals, one br_table per task. */
export function makeModule(
  model: Model,
  layout: Layout,
  reduced: Reduced = { canonical: false, only: false },
): EmittedModule {
  const tables = new Tables();
  const bytes = moduleBytes(IMPORTS, [
    ...ruleFunctions(model, layout, tables),
    { name: 'expand', signature: TWO, body: new Expansion(model, layout, tables).body(reduced) },
    { name: 'rehash', signature: TWO, body: rehashBody(layout.words) },
  ]);
  return { bytes, tables: tables.bytes() };
}

/**
 * The module that looks at stored states again: `list(from, to)` writes, from the output address on, the number of every
 * successor (see store.ts), then as many masks of broken properties. It expects the same tables as `makeModule`.
 */
export function makeListModule(model: Model, layout: Layout): EmittedModule {
  const tables = new Tables();
  const bytes = moduleBytes(IMPORTS, [
    ...ruleFunctions(model, layout, tables),
    { name: 'list', signature: TWO, body: new Expansion(model, layout, tables).list() },
  ]);
  return { bytes, tables: tables.bytes() };
}

/** `rules(set, word, ...)`: which properties a state breaks, by the rules of one set; then one function for each rule. */
function ruleFunctions(
  model: Model,
  layout: Layout,
  tables: Tables,
): { name: string; signature: { parameters: number; result: boolean }; body: number[] }[] {
  const words = Array.from({ length: layout.words }, (_, i) => i);
  const rules = model.rules.map((rule, k) => {
    const out = new FunctionWriter(layout.words);
    new RuleCode(out, layout, tables, words, out.local()).test(rule.bad);
    return {
      name: `rule${k}`,
      signature: { parameters: layout.words, result: true },
      body: out.finish(),
    };
  });
  const out = new FunctionWriter(layout.words + 1);
  const bits = out.local();
  out.block('none');
  model.ruleSets.forEach((_, i) => out.block(`set${model.ruleSets.length - 1 - i}`));
  out.get(0);
  out.brTable(
    model.ruleSets.map((_, i) => `set${i}`),
    'none',
  );
  for (const set of model.ruleSets) {
    out.end();
    for (const k of set) {
      for (const word of words) out.get(word + 1);
      out.call(RULES + 1 + k);
      out.if();
      out.get(bits);
      out.constant(1 << propertyBit(model.rules[k]!.property));
      out.op(WASM.or);
      out.set(bits);
      out.end();
    }
    out.get(bits);
    out.op(WASM.return);
  }
  out.end();
  out.get(bits);
  return [
    {
      name: 'rules',
      signature: { parameters: layout.words + 1, result: true },
      body: out.finish(),
    },
    ...rules,
  ];
}

class RuleCode extends WordCode {
  test(e: Parameters<WordCode['truth']>[0]): void {
    this.truth(e, true);
  }
}

/** Locals of a look into the hash table. */
interface Lookup {
  readonly table: number;
  readonly mask: number;
  readonly store: number;
  readonly at: number;
  readonly hash: number;
  readonly slot: number;
  readonly entry: number;
  readonly stride: number;
}

class Expansion extends WordCode {
  private readonly bits: number;
  private readonly moved: number;
  /** Which rules the successor is to be tested by. */
  private readonly rules: number;

  constructor(
    private readonly model: Model,
    layout: Layout,
    tables: Tables,
  ) {
    const out = new FunctionWriter(2);
    super(
      out,
      layout,
      tables,
      Array.from({ length: layout.words }, () => out.local()),
      out.local(),
    );
    [this.bits, this.moved, this.rules] = [out.local(), out.local(), out.local()];
  }

  body(reduced: Reduced): number[] {
    const { out, next } = this;
    const [from, to] = [0, 1];
    const words = Array.from({ length: this.layout.words }, () => out.local());
    const [count, limit, transitions, seen] = Array.from({ length: 4 }, () => out.local()) as [
      number,
      number,
      number,
      number,
    ];
    const look = this.lookup();
    const { at, hash, store, stride } = look;
    const chosen = out.local();
    const tasks = this.model.actions.length;
    this.reload([
      [count, CONTROL.count],
      [limit, CONTROL.limit],
      [transitions, CONTROL.transitions],
      [seen, CONTROL.seen],
    ]);
    out.block('exit');
    out.loop('states');
    out.get(from);
    out.get(to);
    out.op(WASM.geU);
    out.brIf('exit');
    out.get(count);
    out.constant(tasks);
    out.op(WASM.add);
    out.get(limit);
    out.op(WASM.gtU);
    out.brIf('exit');
    this.loadState(from, words, look);
    out.constant(0);
    out.set(this.moved);
    if (reduced.only) {
      this.scratchOut(words);
      out.call(CALL.only);
      out.set(chosen);
    }

    this.model.actions.forEach((actions, task) => {
      if (actions.length === 0) return;
      out.block('blocked');
      if (reduced.only) {
        out.get(chosen);
        out.constant(task);
        out.op(WASM.ne);
        out.get(chosen);
        out.constant(-1);
        out.op(WASM.ne, WASM.and);
        out.brIf('blocked');
      }
      this.run(actions, task, words);
      out.get(this.moved);
      out.constant(1);
      out.op(WASM.add);
      out.set(this.moved);
      if (reduced.canonical) {
        // The rules are for the successor as it is, not for the image that stands for it.
        this.testRules();
        this.report(from, task, seen);
        this.scratchOut(next);
        out.call(CALL.canonical);
        next.forEach((word, i) => {
          out.constant(0);
          out.load(CONTROL.scratch + 4 * i);
          out.set(word);
        });
      } else this.report(from, task, seen);
      this.find(
        look,
        () => {
          out.get(at);
          out.get(store);
          out.get(count);
          out.constant(stride);
          out.op(WASM.mul, WASM.add);
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
          out.op(WASM.add);
          out.tee(count);
          out.get(hash);
          out.constant(TAG);
          out.op(WASM.and, WASM.or);
          out.store(0);
          // A state is bad or not whoever comes to it: the rules are tested once, when it is new.
          if (!reduced.canonical) {
            this.testRules();
            this.report(from, task, seen);
          }
          out.br('blocked');
        },
        () => out.brIf('blocked'),
      );
      out.end();
    });

    out.get(this.moved);
    out.op(WASM.eqz);
    out.if();
    out.get(from);
    out.call(CALL.stuck);
    out.end();
    out.get(transitions);
    out.get(this.moved);
    out.op(WASM.add);
    out.set(transitions);
    out.get(from);
    out.constant(1);
    out.op(WASM.add);
    out.set(from);
    out.br('states');
    out.end();
    out.end();
    for (const [local, address] of [
      [count, CONTROL.count],
      [transitions, CONTROL.transitions],
      [seen, CONTROL.seen],
    ] as const) {
      out.constant(0);
      out.get(local);
      out.store(address);
    }
    out.get(from);
    return out.finish();
  }

  list(): number[] {
    const { out } = this;
    const [from, to] = [0, 1];
    const words = Array.from({ length: this.layout.words }, () => out.local());
    const [output] = [out.local()];
    const look = this.lookup();
    const tasks = this.model.actions.length;
    const second = 4 * LIST_BATCH * tasks;
    this.reload([[output, CONTROL.output]]);
    out.block('exit');
    out.loop('states');
    out.get(from);
    out.get(to);
    out.op(WASM.geU);
    out.brIf('exit');
    this.loadState(from, words, look);
    this.model.actions.forEach((actions, task) => {
      out.get(output);
      out.constant(BLOCKED);
      out.store(4 * task);
      out.get(output);
      out.constant(0);
      out.store(second + 4 * task);
      if (actions.length === 0) return;
      out.block('blocked');
      this.run(actions, task, words);
      this.testRules();
      out.get(output);
      out.get(this.bits);
      out.store(second + 4 * task);
      this.find(
        look,
        () => {
          out.get(output);
          out.constant(UNKNOWN);
          out.store(4 * task);
          out.br('blocked');
        },
        () => {
          out.if();
          out.get(output);
          out.get(look.entry);
          out.constant(INDEX);
          out.op(WASM.and);
          out.constant(1);
          out.op(WASM.sub);
          out.store(4 * task);
          out.br('blocked');
          out.end();
        },
      );
      out.end();
    });
    out.get(output);
    out.constant(4 * tasks);
    out.op(WASM.add);
    out.set(output);
    out.get(from);
    out.constant(1);
    out.op(WASM.add);
    out.set(from);
    out.br('states');
    out.end();
    out.end();
    out.get(from);
    return out.finish();
  }

  /** Tests the successor by the rules of the step that led to it. */
  private testRules(): void {
    const { out, next } = this;
    if (this.model.ruleSets.length < 2) return;
    out.get(this.rules);
    out.if();
    out.get(this.rules);
    for (const word of next) out.get(word);
    out.call(RULES);
    out.get(this.bits);
    out.op(WASM.or);
    out.set(this.bits);
    out.end();
  }

  /** Tells of properties that are broken for the first time. */
  private report(from: number, task: number, seen: number): void {
    const { out } = this;
    out.get(this.bits);
    out.get(seen);
    out.constant(-1);
    out.op(WASM.xor, WASM.and);
    out.tee(this.scratch);
    out.if();
    out.get(this.scratch);
    out.get(from);
    out.constant(task);
    out.call(CALL.broken);
    out.get(seen);
    out.get(this.bits);
    out.op(WASM.or);
    out.set(seen);
    out.end();
  }

  private scratchOut(words: readonly number[]): void {
    const { out } = this;
    words.forEach((word, i) => {
      out.constant(0);
      out.get(word);
      out.store(CONTROL.scratch + 4 * i);
    });
  }

  private lookup(): Lookup {
    const [table, mask, store, at, hash, slot, entry] = Array.from({ length: 7 }, () =>
      this.out.local(),
    ) as [number, number, number, number, number, number, number];
    this.reload([
      [table, CONTROL.table],
      [mask, CONTROL.mask],
      [store, CONTROL.store],
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

  private loadState(from: number, words: readonly number[], { store, at, stride }: Lookup): void {
    const { out } = this;
    out.get(store);
    out.get(from);
    out.constant(stride);
    out.op(WASM.mul, WASM.add);
    out.set(at);
    words.forEach((word, i) => {
      out.get(at);
      out.load(4 * i);
      out.set(word);
    });
  }

  /** Runs the next step of a task on a copy of the state; leaves through `blocked` when it cannot move. */
  private run(actions: readonly Action[], task: number, words: readonly number[]): void {
    const { out, next } = this;
    words.forEach((word, i) => {
      out.get(word);
      out.set(next[i]!);
    });
    out.constant(0);
    out.set(this.bits);
    out.block('done');
    this.dispatch(actions, task);
    out.end();
  }

  /** Looks the successor up: `onFree` at its free slot (whose address is in `at`), `onSame` with whether it is the entry's state on the stack. */
  private find(
    { table, mask, store, at, hash, slot, entry, stride }: Lookup,
    onFree: () => void,
    onSame: () => void,
  ): void {
    const { out, next } = this;
    emitHash(out, next, hash);
    out.get(hash);
    out.get(mask);
    out.op(WASM.and);
    out.set(slot);
    out.loop('probe');
    out.get(table);
    out.get(slot);
    out.constant(2);
    out.op(WASM.shl, WASM.add);
    out.tee(at);
    out.load(0);
    out.tee(entry);
    out.op(WASM.eqz);
    out.if();
    onFree();
    out.end();
    out.get(entry);
    out.get(hash);
    out.op(WASM.xor);
    out.constant(TAG);
    out.op(WASM.and, WASM.eqz);
    out.if();
    out.get(store);
    out.get(entry);
    out.constant(INDEX);
    out.op(WASM.and);
    out.constant(1);
    out.op(WASM.sub);
    out.constant(stride);
    out.op(WASM.mul, WASM.add);
    out.set(at);
    next.forEach((word, i) => {
      out.get(at);
      out.load(4 * i);
      out.get(word);
      out.op(WASM.xor);
      if (i > 0) out.op(WASM.or);
    });
    out.op(WASM.eqz);
    onSame();
    out.end();
    out.get(slot);
    out.constant(1);
    out.op(WASM.add);
    out.get(mask);
    out.op(WASM.and);
    out.set(slot);
    out.br('probe');
    out.end();
  }

  private dispatch(actions: readonly Action[], task: number): void {
    const { out } = this;
    const place = this.slot(this.model.program.fields.length + task);
    for (let i = actions.length - 1; i >= 0; i--) out.block(`place${i}`);
    this.readField(place);
    out.brTable(
      actions.map((_, i) => `place${i}`),
      'blocked',
    );
    for (const action of actions) {
      out.end();
      if (action.guard.op !== 'const' || action.guard.value === 0) {
        this.truth(action.guard, false);
        out.brIf('blocked');
      }
      this.statements(action.body, place, action);
    }
  }

  private statements(body: readonly Statement[], place: Slot, action: Action): void {
    const { out } = this;
    for (const s of body) {
      switch (s.op) {
        case 'note':
          break;
        case 'violate':
          out.get(this.bits);
          out.constant(1 << propertyBit(s.property));
          out.op(WASM.or);
          out.set(this.bits);
          break;
        case 'set':
          this.assign(this.slot(s.field), s.value, action);
          break;
        case 'jump':
          this.setConstant(place, s.pc);
          this.flush();
          if (this.model.ruleSets.length > 1) {
            out.constant(action.rulesAt.get(s.pc) ?? 0);
            out.set(this.rules);
          }
          out.br('done');
          return;
        case 'if': {
          const negated = s.then.length === 0;
          this.truth(s.cond, !negated);
          this.flush();
          out.if();
          this.statements(negated ? s.otherwise : s.then, place, action);
          this.flush();
          if (!negated && s.otherwise.length > 0) {
            out.else();
            this.statements(s.otherwise, place, action);
            this.flush();
          }
          out.end();
        }
      }
    }
  }
}

/** Enters stored states into the table, which must have none of them: `rehash(from, to)` gives `to`. */
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
  out.load(CONTROL.table);
  out.set(table);
  out.constant(0);
  out.load(CONTROL.mask);
  out.set(mask);
  out.constant(0);
  out.load(CONTROL.store);
  out.get(index);
  out.constant(4 * (words + 1));
  out.op(WASM.mul, WASM.add);
  out.set(at);
  out.block('exit');
  out.loop('states');
  out.get(index);
  out.get(count);
  out.op(WASM.geU);
  out.brIf('exit');
  locals.forEach((word, i) => {
    out.get(at);
    out.load(4 * i);
    out.set(word);
  });
  emitHash(out, locals, hash);
  out.get(hash);
  out.get(mask);
  out.op(WASM.and);
  out.set(slot);
  out.block('free');
  out.loop('probe');
  out.get(table);
  out.get(slot);
  out.constant(2);
  out.op(WASM.shl, WASM.add);
  out.load(0);
  out.op(WASM.eqz);
  out.brIf('free');
  out.get(slot);
  out.constant(1);
  out.op(WASM.add);
  out.get(mask);
  out.op(WASM.and);
  out.set(slot);
  out.br('probe');
  out.end();
  out.end();
  out.get(index);
  out.constant(1);
  out.op(WASM.add);
  out.set(index);
  out.get(table);
  out.get(slot);
  out.constant(2);
  out.op(WASM.shl, WASM.add);
  out.get(index);
  out.get(hash);
  out.constant(TAG);
  out.op(WASM.and, WASM.or);
  out.store(0);
  out.get(at);
  out.constant(4 * (words + 1));
  out.op(WASM.add);
  out.set(at);
  out.br('states');
  out.end();
  out.end();
  out.get(index);
  return out.finish();
}
