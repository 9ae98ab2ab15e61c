import type { Expr } from '../../kernel/language/expressions';
import type { Program } from '../../kernel/compiler/program';
import type { Statement } from '../../kernel/language/statements';
import type { PackedLayout, BitField } from '../engines/packedLayout';
import type { Model } from '../engines/model';
import { candidatePermutations } from './permutations';
import type { Permutation } from './permutations';

/** The symmetries of a model: exchanges of alike tasks and devices. A search may store one state per orbit. */
export interface Symmetry {
  /** Replaces the state at `offset` by the canonical state of its orbit. */
  readonly canonicalize: (words: Int32Array, offset: number) => void;
  /** By task: its image under the last `canonicalize`. */
  readonly taskPermutation: () => Int32Array;
}

/** The symmetry of a model; undefined if no two tasks are alike. Every exchange is verified on the instructions, not inferred from names. */
export function findSymmetry(model: Model, layout: PackedLayout): Symmetry | undefined {
  const verified = candidatePermutations(model.program).filter((r) => isSymmetry(model, r));
  const group = closeUnderConjugation(verified);
  if (group.length === 0) return undefined;
  const packed = group.map((r) => packPermutation(model, layout, r));
  const { words: width } = layout;
  const image = new Int32Array(width);
  let applied: number[] = [];
  return {
    canonicalize: (words, offset) => {
      applied = [];
      for (let g = 0; g < packed.length;) {
        if (imageIsSmaller(packed[g]!, words, offset, image, width)) {
          for (let i = 0; i < width; i++) words[offset + i] = image[i]!;
          applied.push(g);
          g = 0;
        } else g++;
      }
    },
    taskPermutation: () => {
      const at = Int32Array.from(model.program.tasks, (_, task) => task);
      for (const g of applied)
        at.forEach((task, t) => {
          at[t] = group[g]!.tasks[task]!;
        });
      return at;
    },
  };
}

/** Adds the conjugates of exchanges, so that any two alike tasks can be exchanged directly. */
function closeUnderConjugation(verified: readonly Permutation[]): Permutation[] {
  const key = (r: Permutation): string => [...r.fields].map(([f, to]) => `${f}>${to}`).join();
  const known = new Map(verified.map((r) => [key(r), r]));
  for (let grown = true; grown && known.size < 64;) {
    grown = false;
    const all = [...known.values()];
    for (const a of all) {
      for (const b of all) {
        const c = conjugate(a, b);
        if (known.has(key(c)) || c.fields.size === 0 || known.size >= 64) continue;
        known.set(key(c), c);
        grown = true;
      }
    }
  }
  return [...known.values()];
}

/** b, then a, then b again. Both are their own inverses, so the result is one too. */
function conjugate(a: Permutation, b: Permutation): Permutation {
  const at = (r: Permutation, f: number): number => r.fields.get(f) ?? f;
  const fields = new Map<number, number>();
  for (const f of new Set([
    ...a.fields.keys(),
    ...b.fields.keys(),
    ...[...a.fields.keys()].map((x) => at(b, x)),
  ])) {
    const to = at(b, at(a, at(b, f)));
    if (to !== f) fields.set(f, to);
  }
  return {
    tasks: b.tasks.map((t) => b.tasks[a.tasks[t]!]!),
    fields,
    mapValue: (field, v) => {
      const inB = at(b, field);
      const inA = at(a, inB);
      return b.mapValue(inA, a.mapValue(inB, b.mapValue(field, v)));
    },
  };
}

interface PackedPermutation {
  /** By word: the bits that do not move. */
  readonly keep: Int32Array;
  /** Five numbers per moved bit field: its word, shift and mask, and the word and shift of its target. */
  readonly slots: Int32Array;
  /** By moved bit field: the images of its values; undefined if they do not change. */
  readonly tables: readonly (Int32Array | undefined)[];
}

function packPermutation(
  { program, variables }: Model,
  layout: PackedLayout,
  permutation: Permutation,
): PackedPermutation {
  const keep = new Int32Array(layout.words).fill(-1);
  const slots: number[] = [];
  const tables: (Int32Array | undefined)[] = [];
  for (const { field } of variables) {
    const task = field - program.fields.length;
    const target =
      task >= 0
        ? program.fields.length + permutation.tasks[task]!
        : (permutation.fields.get(field) ?? field);
    const [from, to] = [layout.bitFieldOf.get(field)!, layout.bitFieldOf.get(target)!];
    const table =
      task < 0 && holdsIds(program, field) ? valueTable(from, to, field, permutation) : undefined;
    if (target === field && !table) continue;
    keep[to.word]! &= ~(to.mask << to.shift);
    slots.push(from.word, from.shift, from.mask, to.word, to.shift);
    tables.push(table);
  }
  return { keep, slots: Int32Array.from(slots), tables };
}

/** Whether the values of a field refer to tasks, objects or numbers that may be exchanged. */
function holdsIds(program: Program, field: number): boolean {
  return ['mutex', 'task', 'number', 'pointer', 'result'].includes(program.fields[field]!.kind);
}

/** The images of the values of a bit field; undefined if they do not change. */
function valueTable(
  from: BitField,
  to: BitField,
  field: number,
  permutation: Permutation,
): Int32Array | undefined {
  const table = new Int32Array(from.mask + 1);
  let same = true;
  for (let raw = 0; raw + from.lo <= from.hi; raw++) {
    const value = permutation.mapValue(field, raw + from.lo);
    table[raw] = value < to.lo || value > to.hi ? 0 : value - to.lo;
    same &&= table[raw] === raw;
  }
  return same ? undefined : table;
}

/** Whether the image of a state is less than the state. The image is left in `image`. */
function imageIsSmaller(
  { keep, slots, tables }: PackedPermutation,
  words: Int32Array,
  offset: number,
  image: Int32Array,
  width: number,
): boolean {
  for (let i = 0; i < width; i++) image[i] = words[offset + i]! & keep[i]!;
  for (let s = 0, at = 0; at < slots.length; s++, at += 5) {
    const raw = (words[offset + slots[at]!]! >>> slots[at + 1]!) & slots[at + 2]!;
    const table = tables[s];
    image[slots[at + 3]!]! |= (table ? table[raw]! : raw) << slots[at + 4]!;
  }
  for (let i = 0; i < width; i++) {
    if (image[i] === words[offset + i]) continue;
    return image[i]! >>> 0 < words[offset + i]! >>> 0;
  }
  return false;
}

/** Whether a permutation leaves the model unchanged: initial state, control states, every step and the properties. */
function isSymmetry(model: Model, permutation: Permutation): boolean {
  const { program, constants, controlStates, actions, stateProperties } = model;
  const at = (f: number): number => permutation.fields.get(f) ?? f;
  const variables = new Map(model.variables.map((v) => [v.field, v]));
  for (const v of model.variables) {
    if (v.field >= program.fields.length) continue;
    const to = variables.get(at(v.field));
    if (!to || to.init !== permutation.mapValue(v.field, v.init)) return false;
    for (let value = v.lo; value <= v.hi && holdsIds(program, v.field); value++) {
      const image = permutation.mapValue(v.field, value);
      // A value whose image is out of range is never taken, because the images of reachable states are reachable.
      if (image >= to.lo && image <= to.hi && permutation.mapValue(to.field, image) !== value)
        return false;
    }
  }
  for (const [f, value] of constants)
    if (constants.get(at(f)) !== permutation.mapValue(f, value)) return false;
  for (const [task, from] of controlStates.entries()) {
    const to = controlStates[permutation.tasks[task]!]!;
    if (from.count !== to.count || from.start !== to.start || from.values.size !== to.values.size)
      return false;
    for (const [f, values] of from.values) {
      const images = to.values.get(at(f));
      if (
        !images ||
        values.some((v, controlState) => permutation.mapValue(f, v) !== images[controlState])
      )
        return false;
    }
  }
  const original = new CanonicalPrinter(undefined);
  const permuted = new CanonicalPrinter(permutation);
  for (const [task, list] of actions.entries()) {
    const others = actions[permutation.tasks[task]!]!;
    if (list.length !== others.length) return false;
    for (const [controlState, action] of list.entries()) {
      const other = others[controlState]!;
      if (
        permuted.expr(action.guard) !== original.expr(other.guard) ||
        permuted.body(action.body) !== original.body(other.body)
      )
        return false;
    }
  }
  const propertyTexts = (texts: CanonicalPrinter): string =>
    stateProperties
      .map((r) => `${r.property} ${texts.expr(r.violatedWhen)}`)
      .sort()
      .join('\n');
  return propertyTexts(permuted) === propertyTexts(original);
}

/** Prints instructions after a permutation, in a form that does not depend on the order of commutative parts. */
class CanonicalPrinter {
  constructor(private readonly permutation: Permutation | undefined) {}

  /** `typed` is the field that the value belongs to. Its kind decides how constants are mapped. */
  expr(e: Expr, typed?: number): string {
    switch (e.op) {
      case 'const':
        return String(
          typed === undefined || !this.permutation
            ? e.value
            : this.permutation.mapValue(typed, e.value),
        );
      case 'field':
        return `f${this.permutation?.fields.get(e.field) ?? e.field}`;
      case 'not':
        return `!${this.expr(e.a)}`;
      case 'select':
        return this.selection(e, typed);
      case 'and':
      case 'or':
        return `${e.op}(${this.parts(e, e.op)
          .map((p) => this.expr(p))
          .sort()
          .join()})`;
      case 'add':
        return `add(${this.parts(e, 'add')
          .map((p) => this.expr(p))
          .sort()
          .join()})`;
      default: {
        const type = kindFieldOf(e.a) ?? kindFieldOf(e.b);
        const sides = [this.expr(e.a, type), this.expr(e.b, type)];
        return `${e.op}(${(e.op === 'eq' || e.op === 'ne' ? sides.sort() : sides).join()})`;
      }
    }
  }

  body(list: readonly Statement[]): string {
    return list
      .map((s) => {
        switch (s.op) {
          case 'emit':
            return '';
          case 'violate':
            return `violate ${s.property}`;
          case 'jump':
            return `jump ${s.pc}`;
          case 'set':
            return `f${this.permutation?.fields.get(s.field) ?? s.field}=${this.expr(s.value, s.field)}`;
          case 'if':
            return this.branches(s);
        }
      })
      .join(';');
  }

  /** A chain of mutually exclusive branches has no order. */
  private branches(s: Extract<Statement, { op: 'if' }>): string {
    const cases: [Expr, readonly Statement[]][] = [[s.cond, s.then]];
    let rest = s.otherwise;
    for (let [only] = rest; rest.length === 1 && only?.op === 'if'; [only] = rest) {
      cases.push([only.cond, only.then]);
      rest = only.otherwise;
    }
    const texts = cases.map(([cond, then]) => `${this.expr(cond)}?{${this.body(then)}}`);
    return `if[${(areMutuallyExclusive(cases.map(([cond]) => cond)) ? texts.sort() : texts).join('|')}]{${this.body(rest)}}`;
  }

  private selection(e: Expr, typed: number | undefined): string {
    const cases: [Expr, Expr][] = [];
    let rest = e;
    while (rest.op === 'select') {
      cases.push([rest.cond, rest.a]);
      rest = rest.b;
    }
    const texts = cases.map(([cond, value]) => `${this.expr(cond)}?${this.expr(value, typed)}`);
    return `select[${(areMutuallyExclusive(cases.map(([cond]) => cond)) ? texts.sort() : texts).join('|')}]${this.expr(rest, typed)}`;
  }

  private parts(e: Expr, op: 'and' | 'or' | 'add'): Expr[] {
    return e.op === op ? [...this.parts(e.a, op), ...this.parts(e.b, op)] : [e];
  }
}

/** Whether the conditions compare one field with different constants, so that at most one is true. */
function areMutuallyExclusive(conditions: readonly Expr[]): boolean {
  const values = new Set<number>();
  let field: number | undefined;
  for (const c of conditions) {
    if (
      c.op !== 'eq' ||
      c.a.op !== 'field' ||
      c.b.op !== 'const' ||
      (field !== undefined && c.a.field !== field) ||
      values.has(c.b.value)
    )
      return false;
    field = c.a.field;
    values.add(c.b.value);
  }
  return true;
}

/** A field with the same kind of values as the expression. */
function kindFieldOf(e: Expr): number | undefined {
  return e.op === 'field'
    ? e.field
    : e.op === 'select'
      ? (kindFieldOf(e.a) ?? kindFieldOf(e.b))
      : undefined;
}
