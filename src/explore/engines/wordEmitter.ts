import type { Expr } from '../../kernel/language/expressions';
import { constantIncrement, mayLeaveRange } from './bytecode';
import type { PackedLayout, BitField } from './packedLayout';
import type { Action } from './model';
import { MaskTests } from './maskTests';
import type { TestTerm } from './maskTests';
import { FunctionWriter, WASM_OPCODE } from './wasmWriter';

/** Memory address of the first table of the emitted code. */
export const TABLES_ADDRESS = 192;

/** The imported functions that emitted code calls, by number: the order of `IMPORTS` in wasmModule.ts. */
export const IMPORT_INDEX = {
  violated: 0,
  terminal: 1,
  outOfRange: 2,
  canonicalize: 3,
  ampleTask: 4,
} as const;

/** Tables in memory, each stored once. */
export class MemoryTables {
  private readonly known = new Map<string, number>();
  private readonly content: number[] = [];

  /** The address of a table of bytes, or of 32-bit numbers. */
  address(values: readonly number[], width: 1 | 4): number {
    const key = `${width} ${values.join()}`;
    const at = this.known.get(key);
    if (at !== undefined) return at;
    while (this.content.length % width !== 0) this.content.push(0);
    const address = TABLES_ADDRESS + this.content.length;
    for (const value of values)
      for (let byte = 0; byte < width; byte++) this.content.push((value >> (8 * byte)) & 255);
    this.known.set(key, address);
    return address;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.content);
  }
}

/** Emits tests and assignments on packed words in locals. */
export class WordEmitter {
  protected readonly tests: MaskTests;
  /** By word: constants to be stored into it at the next `flush`. */
  private readonly pending: ({ clear: number; bits: number } | undefined)[] = [];

  /** `next` are the locals of the words, `scratch` is a free local. */
  constructor(
    protected readonly out: FunctionWriter,
    protected readonly layout: PackedLayout,
    readonly tables: MemoryTables,
    protected readonly next: readonly number[],
    protected readonly scratch: number,
  ) {
    this.tests = new MaskTests(layout);
  }

  protected bitField(field: number): BitField {
    const bitField = this.layout.bitFieldOf.get(field);
    if (!bitField) throw new Error(`field ${field} has no bits`);
    return bitField;
  }

  /** Emits the pending constants of one word, or of all. */
  protected flush(onlyWord?: number): void {
    const { out } = this;
    this.pending.forEach((p, i) => {
      if (!p || (onlyWord !== undefined && i !== onlyWord)) return;
      const word = this.next[i]!;
      out.get(word);
      out.constant(~p.clear);
      out.op(WASM_OPCODE.and);
      if (p.bits !== 0) {
        out.constant(p.bits);
        out.op(WASM_OPCODE.or);
      }
      out.set(word);
      this.pending[i] = undefined;
    });
  }

  /** Pushes a word of the successor. */
  private word(index: number): void {
    this.flush(index);
    this.out.get(this.next[index]!);
  }

  protected setConstant(bitField: BitField, value: number): void {
    const mask = bitField.mask << bitField.shift;
    const bits = (value - bitField.lo) << bitField.shift;
    const known = this.pending[bitField.word];
    this.pending[bitField.word] = {
      clear: (known?.clear ?? 0) | mask,
      bits: ((known?.bits ?? 0) & ~mask) | bits,
    };
  }

  protected assign(bitField: BitField, value: Expr, action: Action): void {
    const { out } = this;
    if (value.op === 'const' && value.value >= bitField.lo && value.value <= bitField.hi)
      return this.setConstant(bitField, value.value);
    const by = constantIncrement(bitField.field, value);
    const mayOverflow = mayLeaveRange(bitField, value, this.tests.range);
    const word = this.next[bitField.word]!;
    if (by === undefined || mayOverflow) this.value(value);
    this.flush(bitField.word);
    if (mayOverflow) {
      out.tee(this.scratch);
      // One unsigned comparison checks both bounds.
      out.constant(bitField.lo);
      out.op(WASM_OPCODE.sub);
      out.constant(bitField.hi - bitField.lo);
      out.op(WASM_OPCODE.gtU);
      out.if();
      out.constant(action.index);
      out.get(this.scratch);
      out.call(IMPORT_INDEX.outOfRange);
      out.end();
      if (by === undefined) out.get(this.scratch);
    }
    if (by !== undefined) {
      out.get(word);
      out.constant(by << bitField.shift);
      out.op(WASM_OPCODE.add);
      out.set(word);
      return;
    }
    if (bitField.lo !== 0) {
      out.constant(bitField.lo);
      out.op(WASM_OPCODE.sub);
    }
    if (bitField.shift !== 0) {
      out.constant(bitField.shift);
      out.op(WASM_OPCODE.shl);
    }
    out.get(word);
    out.constant(~(bitField.mask << bitField.shift));
    out.op(WASM_OPCODE.and, WASM_OPCODE.or);
    out.set(word);
  }

  /** Pushes the bits of a field, shifted down and masked. */
  private raw(bitField: BitField): void {
    const { out } = this;
    this.word(bitField.word);
    if (bitField.shift !== 0) {
      out.constant(bitField.shift);
      out.op(WASM_OPCODE.shrU);
    }
    if (bitField.shift + bitField.bits < 32) {
      out.constant(bitField.mask);
      out.op(WASM_OPCODE.and);
    }
  }

  protected readField(bitField: BitField): void {
    const { out } = this;
    if (bitField.table) {
      this.raw(bitField);
      out.constant(2);
      out.op(WASM_OPCODE.shl);
      out.load(this.tables.address(bitField.table, 4));
      return;
    }
    this.raw(bitField);
    if (bitField.lo !== 0) {
      out.constant(bitField.lo);
      out.op(WASM_OPCODE.add);
    }
  }

  private value(e: Expr): void {
    const { out } = this;
    switch (e.op) {
      case 'const':
        out.constant(e.value);
        return;
      case 'field':
        this.readField(this.bitField(e.field));
        return;
      case 'add':
      case 'sub':
        this.value(e.a);
        this.value(e.b);
        out.op(WASM_OPCODE[e.op]);
        return;
      case 'select':
        if (isCheap(e.a) && isCheap(e.b)) {
          this.value(e.a);
          this.value(e.b);
          this.truth(e.cond, true);
          out.op(WASM_OPCODE.select);
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
      default:
        this.truth(e, true);
    }
  }

  /** Pushes 1 if `e` is `wanted`, else 0. For a bare field: any number but 0 means true. */
  protected truth(e: Expr, wanted: boolean): void {
    const { out } = this;
    const test = this.tests.single(e);
    if (test) return this.term(test, wanted);
    switch (e.op) {
      case 'not':
        return this.truth(e.a, !wanted);
      case 'and':
      case 'or': {
        // By De Morgan, an `or` is the negation of an `and` of negations.
        const terms = this.tests.conjuncts(e, e.op === 'and');
        this.all(terms);
        if ((e.op === 'and') !== wanted) out.op(WASM_OPCODE.eqz);
        return;
      }
      case 'eq':
      case 'ne':
      case 'lt':
      case 'le':
        this.value(e.a);
        this.value(e.b);
        out.op(
          e.op === 'eq'
            ? WASM_OPCODE.eq
            : e.op === 'ne'
              ? WASM_OPCODE.ne
              : e.op === 'lt'
                ? WASM_OPCODE.ltS
                : WASM_OPCODE.leS,
        );
        if (!wanted) out.op(WASM_OPCODE.eqz);
        return;
      default:
        this.value(e);
        if (!wanted) out.op(WASM_OPCODE.eqz);
    }
  }

  /** Pushes 1 if all terms hold. Short-circuits, unless evaluating one more term is cheaper. */
  private all(terms: readonly TestTerm[]): void {
    const { out } = this;
    const [first, ...rest] = terms;
    if (!first) return out.constant(1);
    this.term(first, true);
    if (rest.length === 0) return;
    if (rest.length === 1 && rest[0]!.kind !== 'other') {
      this.term(rest[0]!, true);
      out.op(WASM_OPCODE.and);
      return;
    }
    this.flush();
    out.if(true);
    this.all(rest);
    out.else();
    out.constant(0);
    out.end();
  }

  private term(test: TestTerm, wanted: boolean): void {
    const { out } = this;
    if (test.kind === 'other') return this.truth(test.e, wanted === test.wanted);
    if (test.kind === 'table') {
      this.raw(test.bitField);
      out.load8(this.tables.address(wanted ? test.truth : test.truth.map((v) => 1 - v), 1));
      return;
    }
    this.word(test.word);
    if (test.mask !== -1) {
      out.constant(test.mask);
      out.op(WASM_OPCODE.and);
    }
    const equal = test.equal === wanted;
    if (test.bits === 0 && equal) return out.op(WASM_OPCODE.eqz);
    out.constant(test.bits);
    out.op(equal ? WASM_OPCODE.eq : WASM_OPCODE.ne);
  }
}

/** Cheaper to compute than to branch around. */
function isCheap(e: Expr): boolean {
  switch (e.op) {
    case 'const':
    case 'field':
      return true;
    case 'not':
      return isCheap(e.a);
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
      return (
        (e.a.op === 'field' || e.a.op === 'const') && (e.b.op === 'field' || e.b.op === 'const')
      );
    default:
      return false;
  }
}

/** Emits `hashWords` over locals. */
export function emitHash(out: FunctionWriter, words: readonly number[], hash: number): void {
  words.forEach((word, i) => {
    if (i > 0) out.get(hash);
    out.get(word);
    if (i > 0) out.op(WASM_OPCODE.xor);
    out.constant(0x7feb352d);
    out.op(WASM_OPCODE.mul);
    out.tee(hash);
    out.get(hash);
    out.constant(15);
    out.op(WASM_OPCODE.shrU, WASM_OPCODE.xor);
    out.set(hash);
  });
  out.get(hash);
  out.constant(0x2c1b3c6d);
  out.op(WASM_OPCODE.mul);
  out.tee(hash);
  out.get(hash);
  out.constant(16);
  out.op(WASM_OPCODE.shrU, WASM_OPCODE.xor);
  out.set(hash);
}
