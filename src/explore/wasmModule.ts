import type { Expr } from '../kernel/expr';
import type { Statement } from '../kernel/statement';
import { increment, maskTest, mayLeave } from './bytecode';
import type { Layout, Slot } from './layout';
import { propertyBit } from './model';
import type { Action, Model } from './model';
import { FunctionWriter, WASM, moduleBytes } from './wasmWriter';

/** Addresses of the control block at the start of the memory, in bytes. */
export const CONTROL = { count: 0, limit: 4, table: 8, mask: 12, store: 16, transitions: 20, seen: 24, ran: 64 } as const;

const TAG = 0xfc000000 | 0;
const INDEX = 0x03ffffff;
const CALL = { broken: 0, stuck: 1, leave: 2 } as const;

/** The search loop for one model, as the bytes of a WebAssembly module: packed words in locals, one br_table per task. */
export function makeModule(model: Model, layout: Layout): Uint8Array<ArrayBuffer> {
  const two = { parameters: 2, result: true };
  return moduleBytes(
    [
      { name: 'broken', signature: { parameters: 3, result: false } },
      { name: 'stuck', signature: { parameters: 1, result: false } },
      { name: 'leave', signature: { parameters: 2, result: false } },
    ],
    [
      { name: 'expand', signature: two, body: new Expansion(model, layout).body() },
      { name: 'rehash', signature: { parameters: 1, result: true }, body: rehashBody(layout.words) },
    ],
  );
}

class Expansion {
  private readonly out = new FunctionWriter(2);
  private readonly range: (field: number) => readonly [number, number];
  private readonly slotOf: (field: number) => Slot | undefined;
  private readonly next: number[];
  private readonly scratch: number;
  private readonly bits: number;
  private readonly moved: number;

  constructor(
    private readonly model: Model,
    private readonly layout: Layout,
  ) {
    this.slotOf = (field) => layout.slotOf.get(field);
    this.range = (field) => {
      const slot = layout.slotOf.get(field);
      return slot ? [slot.lo, slot.hi] : [0, 0];
    };
    this.next = Array.from({ length: layout.words }, () => this.out.local());
    this.scratch = this.out.local();
    this.bits = this.out.local();
    this.moved = this.out.local();
  }

  body(): number[] {
    const { out, next } = this;
    const [from, to] = [0, 1];
    const words = Array.from({ length: this.layout.words }, () => out.local());
    const [count, limit, table, mask, store, transitions, seen, at, hash, slot, entry] = Array.from({ length: 11 }, () => out.local()) as [
      number, number, number, number, number, number, number, number, number, number, number,
    ];
    const stride = (this.layout.words + 1) * 4;
    const tasks = this.model.actions.length;
    const reload: readonly (readonly [number, number])[] = [
      [count, CONTROL.count], [limit, CONTROL.limit], [table, CONTROL.table], [mask, CONTROL.mask], [store, CONTROL.store],
      [transitions, CONTROL.transitions], [seen, CONTROL.seen],
    ];
    for (const [local, address] of reload) {
      out.constant(0);
      out.load(address);
      out.set(local);
    }
    out.block('exit');
    out.loop('states');
    out.get(from); out.get(to); out.op(WASM.geU); out.brIf('exit');
    out.get(count); out.constant(tasks); out.op(WASM.add); out.get(limit); out.op(WASM.gtU); out.brIf('exit');
    out.get(store); out.get(from); out.constant(stride); out.op(WASM.mul, WASM.add); out.set(at);
    words.forEach((word, i) => { out.get(at); out.load(4 * i); out.set(word); });
    out.constant(0); out.set(this.moved);

    this.model.actions.forEach((actions, task) => {
      if (actions.length === 0) return;
      out.block('blocked');
      words.forEach((word, i) => { out.get(word); out.set(next[i]!); });
      out.constant(0); out.set(this.bits);
      out.block('done');
      this.dispatch(actions, task);
      out.end();
      out.get(this.moved); out.constant(1); out.op(WASM.add); out.set(this.moved);
      out.get(this.bits); out.get(seen); out.constant(-1); out.op(WASM.xor, WASM.and); out.tee(this.scratch);
      out.if();
      out.get(this.scratch); out.get(from); out.constant(task); out.call(CALL.broken);
      out.get(seen); out.get(this.bits); out.op(WASM.or); out.set(seen);
      out.end();

      emitHash(out, next, hash);
      out.get(hash); out.get(mask); out.op(WASM.and); out.set(slot);
      out.loop('probe');
      out.get(table); out.get(slot); out.constant(2); out.op(WASM.shl, WASM.add); out.tee(at); out.load(0); out.tee(entry); out.op(WASM.eqz);
      out.if();
      out.get(at);
      out.get(store); out.get(count); out.constant(stride); out.op(WASM.mul, WASM.add); out.tee(at);
      out.get(from); out.store(4 * next.length);
      next.forEach((word, i) => { out.get(at); out.get(word); out.store(4 * i); });
      out.get(count); out.constant(1); out.op(WASM.add); out.tee(count);
      out.get(hash); out.constant(TAG); out.op(WASM.and, WASM.or); out.store(0);
      out.br('blocked');
      out.end();
      out.get(entry); out.get(hash); out.op(WASM.xor); out.constant(TAG); out.op(WASM.and, WASM.eqz);
      out.if();
      out.get(store); out.get(entry); out.constant(INDEX); out.op(WASM.and); out.constant(1); out.op(WASM.sub); out.constant(stride); out.op(WASM.mul, WASM.add); out.set(at);
      next.forEach((word, i) => {
        out.get(at); out.load(4 * i); out.get(word);
        out.op(WASM.xor);
        if (i > 0) out.op(WASM.or);
      });
      out.op(WASM.eqz); out.brIf('blocked');
      out.end();
      out.get(slot); out.constant(1); out.op(WASM.add); out.get(mask); out.op(WASM.and); out.set(slot);
      out.br('probe');
      out.end();
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

  private slot(field: number): Slot {
    const slot = this.slotOf(field);
    if (!slot) throw new Error(`field ${field} has no bits`);
    return slot;
  }

  private dispatch(actions: readonly Action[], task: number): void {
    const { out } = this;
    const pc = this.slot(this.model.pcs[task] ?? -1);
    for (let i = actions.length - 1; i >= 0; i--) out.block(`pc${i}`);
    this.readField(pc);
    out.brTable(actions.map((_, i) => `pc${i}`), 'blocked');
    for (const action of actions) {
      out.end();
      if (action.guard.op !== 'const' || action.guard.value === 0) {
        this.truth(action.guard);
        out.op(WASM.eqz);
        out.brIf('blocked');
      }
      this.statements(action.body, pc, action);
      this.finish(pc, action.pc + 1, action);
    }
  }

  private finish(pc: Slot, value: number, action: Action): void {
    this.setConstant(pc, value);
    this.out.constant(0);
    this.out.constant(1);
    this.out.store8(CONTROL.ran + action.index);
    this.out.br('done');
  }

  private statements(body: readonly Statement[], pc: Slot, action: Action): void {
    const { out } = this;
    for (const s of body) {
      switch (s.op) {
        case 'note': break;
        case 'violate': out.get(this.bits); out.constant(1 << propertyBit(s.property)); out.op(WASM.or); out.set(this.bits); break;
        case 'set': this.assign(this.slot(s.field), s.value, action); break;
        case 'jump': this.finish(pc, s.pc, action); return;
        case 'if':
          this.truth(s.cond);
          if (s.then.length === 0) out.op(WASM.eqz);
          out.if();
          this.statements(s.then.length === 0 ? s.otherwise : s.then, pc, action);
          if (s.then.length > 0 && s.otherwise.length > 0) {
            out.else();
            this.statements(s.otherwise, pc, action);
          }
          out.end();
      }
    }
  }

  private setConstant(slot: Slot, value: number): void {
    const { out } = this;
    const word = this.next[slot.word]!;
    const bits = (value - slot.lo) << slot.shift;
    out.get(word);
    out.constant(~(slot.mask << slot.shift));
    out.op(WASM.and);
    if (bits !== 0) {
      out.constant(bits);
      out.op(WASM.or);
    }
    out.set(word);
  }

  private assign(slot: Slot, value: Expr, action: Action): void {
    const { out } = this;
    const word = this.next[slot.word]!;
    if (value.op === 'const' && value.value >= slot.lo && value.value <= slot.hi) return this.setConstant(slot, value.value);
    const by = increment(slot.field, value);
    this.value(value);
    if (mayLeave(slot, value, this.range)) {
      out.tee(this.scratch);
      // One unsigned comparison for both ends.
      out.constant(slot.lo); out.op(WASM.sub); out.constant(slot.hi - slot.lo); out.op(WASM.gtU);
      out.if();
      out.constant(action.index); out.get(this.scratch); out.call(CALL.leave);
      out.end();
      if (by === undefined) out.get(this.scratch);
    } else if (by !== undefined) out.set(this.scratch);
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

  private readField(slot: Slot): void {
    const { out } = this;
    out.get(this.next[slot.word]!);
    if (slot.shift !== 0) {
      out.constant(slot.shift);
      out.op(WASM.shrU);
    }
    if (slot.shift + slot.bits < 32) {
      out.constant(slot.mask);
      out.op(WASM.and);
    }
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
          this.truth(e.cond);
          out.op(WASM.select);
          return;
        }
        this.truth(e.cond);
        out.if(true);
        this.value(e.a);
        out.else();
        this.value(e.b);
        out.end();
        return;
      default: this.truth(e);
    }
  }

  /** Leaves 0 or something else; 0 or 1 for every operator. */
  private truth(e: Expr): void {
    const { out } = this;
    const test = maskTest(e, this.slotOf, this.range);
    if (test) {
      const whole = test.mask === -1;
      out.get(this.next[test.word]!);
      if (!whole) {
        out.constant(test.mask);
        out.op(WASM.and);
      }
      if (test.bits === 0 && test.equal) {
        out.op(WASM.eqz);
        return;
      }
      out.constant(test.bits);
      out.op(test.equal ? WASM.eq : WASM.ne);
      return;
    }
    switch (e.op) {
      case 'not': this.truth(e.a); out.op(WASM.eqz); return;
      case 'and': case 'or':
        this.truth(e.a);
        if (isSmall(e.b)) {
          this.truth(e.b);
          out.op(WASM[e.op]);
          return;
        }
        out.if(true);
        if (e.op === 'and') this.truth(e.b);
        else out.constant(1);
        out.else();
        if (e.op === 'or') this.truth(e.b);
        else out.constant(0);
        out.end();
        return;
      case 'eq': case 'ne': case 'lt': case 'le':
        this.value(e.a);
        this.value(e.b);
        out.op(e.op === 'eq' ? WASM.eq : e.op === 'ne' ? WASM.ne : e.op === 'lt' ? WASM.ltS : WASM.leS);
        return;
      default: this.value(e);
    }
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
