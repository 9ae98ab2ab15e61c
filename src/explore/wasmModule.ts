import type { Expr } from '../kernel/expr';
import type { Statement } from '../kernel/statement';
import { increment, mayLeave } from './bytecode';
import type { Layout, Slot } from './layout';
import { BLOCKED, UNKNOWN } from './store';
import { propertyBit } from './model';
import type { Action, Model } from './model';
import { Tests } from './tests';
import type { Term } from './tests';
import { FunctionWriter, WASM, moduleBytes } from './wasmWriter';

/** Addresses of the control block at the start of the memory, in bytes. */
export const CONTROL = { count: 0, limit: 4, table: 8, mask: 12, store: 16, transitions: 20, seen: 24, output: 28 } as const;
/** States that one call of `list` takes at most. */
export const LIST_BATCH = 2048;
/** Where the tables of the emitted code begin. */
export const TABLES_AT = 64;

const TAG = 0xfc000000 | 0;
const INDEX = 0x03ffffff;
const CALL = { broken: 0, stuck: 1, leave: 2 } as const;

/** A module and the numbers that its code expects in memory from `TABLES_AT` on. */
export interface EmittedModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly tables: Uint8Array;
}

const IMPORTS = [
  { name: 'broken', signature: { parameters: 3, result: false } },
  { name: 'stuck', signature: { parameters: 1, result: false } },
  { name: 'leave', signature: { parameters: 2, result: false } },
];
const TWO = { parameters: 2, result: true };

/** The search loop for one model, as the bytes of a WebAssembly module: packed words in locals, one br_table per task. */
export function makeModule(model: Model, layout: Layout): EmittedModule {
  const expansion = new Expansion(model, layout);
  const bytes = moduleBytes(IMPORTS, [
    { name: 'expand', signature: TWO, body: expansion.body() },
    { name: 'rehash', signature: { parameters: 1, result: true }, body: rehashBody(layout.words) },
  ]);
  return { bytes, tables: expansion.tables.bytes() };
}

/**
 * The module that looks at stored states again: `list(from, to)` writes, from the output address on, the number of every
 * successor (see successors.ts), then as many masks of broken properties. It expects the same tables as `makeModule`.
 */
export function makeListModule(model: Model, layout: Layout): EmittedModule {
  const expansion = new Expansion(model, layout);
  return { bytes: moduleBytes(IMPORTS, [{ name: 'list', signature: TWO, body: expansion.list() }]), tables: expansion.tables.bytes() };
}

/** Locals of a look into the hash table. */
interface Lookup { readonly table: number; readonly mask: number; readonly store: number; readonly at: number; readonly hash: number; readonly slot: number; readonly entry: number; readonly stride: number }

/** Tables in memory, each kept once. */
class Tables {
  private readonly known = new Map<string, number>();
  private readonly content: number[] = [];

  /** The address of a table of bytes, or of 32-bit numbers. */
  address(values: readonly number[], width: 1 | 4): number {
    const key = `${width} ${values.join()}`;
    const at = this.known.get(key);
    if (at !== undefined) return at;
    while (this.content.length % width !== 0) this.content.push(0);
    const address = TABLES_AT + this.content.length;
    for (const value of values) for (let byte = 0; byte < width; byte++) this.content.push((value >> (8 * byte)) & 255);
    this.known.set(key, address);
    return address;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.content);
  }
}

class Expansion {
  private readonly out = new FunctionWriter(2);
  readonly tables = new Tables();
  private readonly tests: Tests;
  private readonly next: number[];
  /** By word: constants that are still to be put into it. */
  private pending: ({ clear: number; bits: number } | undefined)[] = [];
  private readonly scratch: number;
  private readonly bits: number;
  private readonly moved: number;

  constructor(
    private readonly model: Model,
    private readonly layout: Layout,
  ) {
    this.tests = new Tests(layout);
    this.next = Array.from({ length: layout.words }, () => this.out.local());
    this.scratch = this.out.local();
    this.bits = this.out.local();
    this.moved = this.out.local();
  }

  body(): number[] {
    const { out, next } = this;
    const [from, to] = [0, 1];
    const words = Array.from({ length: this.layout.words }, () => out.local());
    const [count, limit, transitions, seen] = Array.from({ length: 4 }, () => out.local()) as [number, number, number, number];
    const look = this.lookup();
    const { at, hash, store, stride } = look;
    const tasks = this.model.actions.length;
    this.reload([[count, CONTROL.count], [limit, CONTROL.limit], [transitions, CONTROL.transitions], [seen, CONTROL.seen]]);
    out.block('exit');
    out.loop('states');
    out.get(from); out.get(to); out.op(WASM.geU); out.brIf('exit');
    out.get(count); out.constant(tasks); out.op(WASM.add); out.get(limit); out.op(WASM.gtU); out.brIf('exit');
    this.loadState(from, words, look);
    out.constant(0); out.set(this.moved);

    this.model.actions.forEach((actions, task) => {
      if (actions.length === 0) return;
      out.block('blocked');
      this.run(actions, task, words);
      out.get(this.moved); out.constant(1); out.op(WASM.add); out.set(this.moved);
      out.get(this.bits); out.get(seen); out.constant(-1); out.op(WASM.xor, WASM.and); out.tee(this.scratch);
      out.if();
      out.get(this.scratch); out.get(from); out.constant(task); out.call(CALL.broken);
      out.get(seen); out.get(this.bits); out.op(WASM.or); out.set(seen);
      out.end();
      this.find(look, () => {
        out.get(at);
        out.get(store); out.get(count); out.constant(stride); out.op(WASM.mul, WASM.add); out.tee(at);
        out.get(from); out.store(4 * next.length);
        next.forEach((word, i) => { out.get(at); out.get(word); out.store(4 * i); });
        out.get(count); out.constant(1); out.op(WASM.add); out.tee(count);
        out.get(hash); out.constant(TAG); out.op(WASM.and, WASM.or); out.store(0);
        out.br('blocked');
      }, () => out.brIf('blocked'));
      out.end();
    });

    out.get(this.moved); out.op(WASM.eqz);
    out.if();
    out.get(from); out.call(CALL.stuck);
    out.end();
    out.get(transitions); out.get(this.moved); out.op(WASM.add); out.set(transitions);
    out.get(from); out.constant(1); out.op(WASM.add); out.set(from);
    out.br('states');
    out.end();
    out.end();
    for (const [local, address] of [[count, CONTROL.count], [transitions, CONTROL.transitions], [seen, CONTROL.seen]] as const) {
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
    out.get(from); out.get(to); out.op(WASM.geU); out.brIf('exit');
    this.loadState(from, words, look);
    this.model.actions.forEach((actions, task) => {
      out.get(output); out.constant(BLOCKED); out.store(4 * task);
      out.get(output); out.constant(0); out.store(second + 4 * task);
      if (actions.length === 0) return;
      out.block('blocked');
      this.run(actions, task, words);
      out.get(output); out.get(this.bits); out.store(second + 4 * task);
      this.find(look, () => {
        out.get(output); out.constant(UNKNOWN); out.store(4 * task);
        out.br('blocked');
      }, () => {
        out.if();
        out.get(output); out.get(look.entry); out.constant(INDEX); out.op(WASM.and); out.constant(1); out.op(WASM.sub); out.store(4 * task);
        out.br('blocked');
        out.end();
      });
      out.end();
    });
    out.get(output); out.constant(4 * tasks); out.op(WASM.add); out.set(output);
    out.get(from); out.constant(1); out.op(WASM.add); out.set(from);
    out.br('states');
    out.end();
    out.end();
    out.get(from);
    return out.finish();
  }

  private lookup(): Lookup {
    const [table, mask, store, at, hash, slot, entry] = Array.from({ length: 7 }, () => this.out.local()) as [number, number, number, number, number, number, number];
    this.reload([[table, CONTROL.table], [mask, CONTROL.mask], [store, CONTROL.store]]);
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
    out.get(store); out.get(from); out.constant(stride); out.op(WASM.mul, WASM.add); out.set(at);
    words.forEach((word, i) => { out.get(at); out.load(4 * i); out.set(word); });
  }

  /** Runs the next step of a task on a copy of the state; leaves through `blocked` when it cannot move. */
  private run(actions: readonly Action[], task: number, words: readonly number[]): void {
    const { out, next } = this;
    words.forEach((word, i) => { out.get(word); out.set(next[i]!); });
    out.constant(0); out.set(this.bits);
    out.block('done');
    this.dispatch(actions, task);
    out.end();
  }

  /** Looks the successor up: `onFree` at its free slot (whose address is in `at`), `onSame` with whether it is the entry's state on the stack. */
  private find({ table, mask, store, at, hash, slot, entry, stride }: Lookup, onFree: () => void, onSame: () => void): void {
    const { out, next } = this;
    emitHash(out, next, hash);
    out.get(hash); out.get(mask); out.op(WASM.and); out.set(slot);
    out.loop('probe');
    out.get(table); out.get(slot); out.constant(2); out.op(WASM.shl, WASM.add); out.tee(at); out.load(0); out.tee(entry); out.op(WASM.eqz);
    out.if();
    onFree();
    out.end();
    out.get(entry); out.get(hash); out.op(WASM.xor); out.constant(TAG); out.op(WASM.and, WASM.eqz);
    out.if();
    out.get(store); out.get(entry); out.constant(INDEX); out.op(WASM.and); out.constant(1); out.op(WASM.sub); out.constant(stride); out.op(WASM.mul, WASM.add); out.set(at);
    next.forEach((word, i) => {
      out.get(at); out.load(4 * i); out.get(word);
      out.op(WASM.xor);
      if (i > 0) out.op(WASM.or);
    });
    out.op(WASM.eqz);
    onSame();
    out.end();
    out.get(slot); out.constant(1); out.op(WASM.add); out.get(mask); out.op(WASM.and); out.set(slot);
    out.br('probe');
    out.end();
  }

  private slot(field: number): Slot {
    const slot = this.layout.slotOf.get(field);
    if (!slot) throw new Error(`field ${field} has no bits`);
    return slot;
  }

  private dispatch(actions: readonly Action[], task: number): void {
    const { out } = this;
    const place = this.slot(this.model.program.fields.length + task);
    for (let i = actions.length - 1; i >= 0; i--) out.block(`place${i}`);
    this.readField(place);
    out.brTable(actions.map((_, i) => `place${i}`), 'blocked');
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
        case 'note': break;
        case 'violate': out.get(this.bits); out.constant(1 << propertyBit(s.property)); out.op(WASM.or); out.set(this.bits); break;
        case 'set': this.assign(this.slot(s.field), s.value, action); break;
        case 'jump':
          this.setConstant(place, s.pc);
          this.flush();
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

  /** Puts the pending constants into one word, or all. */
  private flush(only?: number): void {
    const { out } = this;
    this.pending.forEach((p, i) => {
      if (!p || (only !== undefined && i !== only)) return;
      const word = this.next[i]!;
      out.get(word);
      out.constant(~p.clear);
      out.op(WASM.and);
      if (p.bits !== 0) {
        out.constant(p.bits);
        out.op(WASM.or);
      }
      out.set(word);
      this.pending[i] = undefined;
    });
  }

  /** Leaves a word of the successor on the stack. */
  private word(index: number): void {
    this.flush(index);
    this.out.get(this.next[index]!);
  }

  private setConstant(slot: Slot, value: number): void {
    const mask = slot.mask << slot.shift;
    const bits = (value - slot.lo) << slot.shift;
    const known = this.pending[slot.word];
    this.pending[slot.word] = { clear: (known?.clear ?? 0) | mask, bits: ((known?.bits ?? 0) & ~mask) | bits };
  }

  private assign(slot: Slot, value: Expr, action: Action): void {
    const { out } = this;
    if (value.op === 'const' && value.value >= slot.lo && value.value <= slot.hi) return this.setConstant(slot, value.value);
    const by = increment(slot.field, value);
    const leaves = mayLeave(slot, value, this.tests.range);
    const word = this.next[slot.word]!;
    if (by === undefined || leaves) this.value(value);
    this.flush(slot.word);
    if (leaves) {
      out.tee(this.scratch);
      // One unsigned comparison for both ends.
      out.constant(slot.lo); out.op(WASM.sub); out.constant(slot.hi - slot.lo); out.op(WASM.gtU);
      out.if();
      out.constant(action.index); out.get(this.scratch); out.call(CALL.leave);
      out.end();
      if (by === undefined) out.get(this.scratch);
    }
    if (by !== undefined) {
      out.get(word); out.constant(by << slot.shift); out.op(WASM.add); out.set(word);
      return;
    }
    if (slot.lo !== 0) {
      out.constant(slot.lo);
      out.op(WASM.sub);
    }
    if (slot.shift !== 0) {
      out.constant(slot.shift);
      out.op(WASM.shl);
    }
    out.get(word); out.constant(~(slot.mask << slot.shift)); out.op(WASM.and, WASM.or);
    out.set(word);
  }

  /** The bits of a slot, not shifted away from other words. */
  private raw(slot: Slot): void {
    const { out } = this;
    this.word(slot.word);
    if (slot.shift !== 0) {
      out.constant(slot.shift);
      out.op(WASM.shrU);
    }
    if (slot.shift + slot.bits < 32) {
      out.constant(slot.mask);
      out.op(WASM.and);
    }
  }

  private readField(slot: Slot): void {
    const { out } = this;
    if (slot.table) {
      this.raw(slot);
      out.constant(2);
      out.op(WASM.shl);
      out.load(this.tables.address(slot.table, 4));
      return;
    }
    this.raw(slot);
    if (slot.lo !== 0) {
      out.constant(slot.lo);
      out.op(WASM.add);
    }
  }

  private value(e: Expr): void {
    const { out } = this;
    switch (e.op) {
      case 'const': out.constant(e.value); return;
      case 'field': this.readField(this.slot(e.field)); return;
      case 'add': case 'sub':
        this.value(e.a);
        this.value(e.b);
        out.op(WASM[e.op]);
        return;
      case 'select':
        if (isSmall(e.a) && isSmall(e.b)) {
          this.value(e.a);
          this.value(e.b);
          this.truth(e.cond, true);
          out.op(WASM.select);
          return;
        }
        this.truth(e.cond, true);
        this.flush();
        out.if(true);
        this.value(e.a);
        out.else();
        this.value(e.b);
        out.end();
        return;
      default: this.truth(e, true);
    }
  }

  /** Leaves 1 where `e` is `wanted`, else 0; for a bare field 0 or something else. */
  private truth(e: Expr, wanted: boolean): void {
    const { out } = this;
    const test = this.tests.single(e);
    if (test) return this.term(test, wanted);
    switch (e.op) {
      case 'not': return this.truth(e.a, !wanted);
      case 'and': case 'or': {
        // An `or` is an `and` of the opposites, the other way round.
        const terms = this.tests.conjuncts(e, e.op === 'and');
        this.all(terms);
        if ((e.op === 'and') !== wanted) out.op(WASM.eqz);
        return;
      }
      case 'eq': case 'ne': case 'lt': case 'le':
        this.value(e.a);
        this.value(e.b);
        out.op(e.op === 'eq' ? WASM.eq : e.op === 'ne' ? WASM.ne : e.op === 'lt' ? WASM.ltS : WASM.leS);
        if (!wanted) out.op(WASM.eqz);
        return;
      default:
        this.value(e);
        if (!wanted) out.op(WASM.eqz);
    }
  }

  /** Leaves 1 where all terms hold; later ones are only looked at where it matters, unless that costs more. */
  private all(terms: readonly Term[]): void {
    const { out } = this;
    const [first, ...rest] = terms;
    if (!first) return out.constant(1);
    this.term(first, true);
    if (rest.length === 0) return;
    if (rest.length === 1 && rest[0]!.kind !== 'other') {
      this.term(rest[0]!, true);
      out.op(WASM.and);
      return;
    }
    this.flush();
    out.if(true);
    this.all(rest);
    out.else();
    out.constant(0);
    out.end();
  }

  private term(test: Term, wanted: boolean): void {
    const { out } = this;
    if (test.kind === 'other') return this.truth(test.e, wanted === test.wanted);
    if (test.kind === 'table') {
      this.raw(test.slot);
      out.load8(this.tables.address(wanted ? test.truth : test.truth.map((v) => 1 - v), 1));
      return;
    }
    this.word(test.word);
    if (test.mask !== -1) {
      out.constant(test.mask);
      out.op(WASM.and);
    }
    const equal = test.equal === wanted;
    if (test.bits === 0 && equal) return out.op(WASM.eqz);
    out.constant(test.bits);
    out.op(equal ? WASM.eq : WASM.ne);
  }
}

/** Worth computing even when the result may not be needed. */
function isSmall(e: Expr): boolean {
  switch (e.op) {
    case 'const': case 'field': return true;
    case 'not': return isSmall(e.a);
    case 'eq': case 'ne': case 'lt': case 'le': return (e.a.op === 'field' || e.a.op === 'const') && (e.b.op === 'field' || e.b.op === 'const');
    default: return false;
  }
}

/** The hash of `hashWords`, over locals. */
function emitHash(out: FunctionWriter, words: readonly number[], hash: number): void {
  words.forEach((word, i) => {
    if (i > 0) out.get(hash);
    out.get(word);
    if (i > 0) out.op(WASM.xor);
    out.constant(0x7feb352d); out.op(WASM.mul); out.tee(hash);
    out.get(hash); out.constant(15); out.op(WASM.shrU, WASM.xor); out.set(hash);
  });
  out.get(hash); out.constant(0x2c1b3c6d); out.op(WASM.mul); out.tee(hash);
  out.get(hash); out.constant(16); out.op(WASM.shrU, WASM.xor); out.set(hash);
}

/** Enters all stored states into the table, which must be empty: `rehash(count)`. */
function rehashBody(words: number): number[] {
  const out = new FunctionWriter(1);
  const count = 0;
  const locals = Array.from({ length: words }, () => out.local());
  const [index, at, hash, slot, table, mask] = Array.from({ length: 6 }, () => out.local()) as [number, number, number, number, number, number];
  out.constant(0); out.load(CONTROL.table); out.set(table);
  out.constant(0); out.load(CONTROL.mask); out.set(mask);
  out.constant(0); out.load(CONTROL.store); out.set(at);
  out.block('exit');
  out.loop('states');
  out.get(index); out.get(count); out.op(WASM.geU); out.brIf('exit');
  locals.forEach((word, i) => { out.get(at); out.load(4 * i); out.set(word); });
  emitHash(out, locals, hash);
  out.get(hash); out.get(mask); out.op(WASM.and); out.set(slot);
  out.block('free');
  out.loop('probe');
  out.get(table); out.get(slot); out.constant(2); out.op(WASM.shl, WASM.add); out.load(0); out.op(WASM.eqz); out.brIf('free');
  out.get(slot); out.constant(1); out.op(WASM.add); out.get(mask); out.op(WASM.and); out.set(slot);
  out.br('probe');
  out.end();
  out.end();
  out.get(index); out.constant(1); out.op(WASM.add); out.set(index);
  out.get(table); out.get(slot); out.constant(2); out.op(WASM.shl, WASM.add);
  out.get(index); out.get(hash); out.constant(TAG); out.op(WASM.and, WASM.or); out.store(0);
  out.get(at); out.constant(4 * (words + 1)); out.op(WASM.add); out.set(at);
  out.br('states');
  out.end();
  out.end();
  out.get(index);
  return out.finish();
}
