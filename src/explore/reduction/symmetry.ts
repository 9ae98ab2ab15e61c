import type { Expr } from '../../kernel/language/expressions';
import type { Program } from '../../kernel/compiler/program';
import type { Statement } from '../../kernel/language/statements';
import type { PackedLayout, BitField } from '../engines/packedLayout';
import type { Model } from '../engines/model';
import { candidatePermutations } from './permutations';
import type { Permutation } from './permutations';

/** Ways to exchange alike tasks and devices without changing anything else: a search may keep one state of all that they make of one another. */
export interface Symmetry {
  /** Puts the state at `offset` into the form that stands for all its images. */
  readonly canonicalize: (words: Int32Array, offset: number) => void;
  /** By task: which task it was turned into by the last `canonical`. */
  readonly taskPermutation: () => Int32Array;
}

/** The symmetry of a model; undefined where no two tasks are alike. Every exchange was checked on the instructions themselves, not guessed from names. */
export function findSymmetry(model: Model, layout: PackedLayout): Symmetry | undefined {
  const verified = candidatePermutations(model.program).filter((r) => isSymmetry(model, r));
  const group = closeUnderConjugation(verified);
  if (group.length === 0) return undefined;
  const moves = group.map((r) => packPermutation(model, layout, r));
  const { words: width } = layout;
  const image = new Int32Array(width);
  let applied: number[] = [];
  return {
    canonicalize: (words, offset) => {
      applied = [];
      for (let g = 0; g < moves.length;) {
        if (imageIsSmaller(moves[g]!, words, offset, image, width)) {
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

/** With two exchanges that share a task also the one that they make together, so that any two alike tasks can be exchanged at once. */
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

/** First b, then a, then b again: exchanges what b brings to the things that a exchanges. Both are their own inverses. */
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
  /** By word: the bits that stay. */
  readonly keep: Int32Array;
  /** Five numbers for each slot that moves: word, shift and mask of its bits, word and shift of where they go. */
  readonly slots: Int32Array;
  /** By slot that moves: what its bits turn into. */
  readonly tables: readonly (Int32Array | undefined)[];
}

function packPermutation(
  { program, variables }: Model,
  layout: PackedLayout,
  renaming: Permutation,
): PackedPermutation {
  const keep = new Int32Array(layout.words).fill(-1);
  const slots: number[] = [];
  const tables: (Int32Array | undefined)[] = [];
  for (const { field } of variables) {
    const task = field - program.fields.length;
    const target =
      task >= 0
        ? program.fields.length + renaming.tasks[task]!
        : (renaming.fields.get(field) ?? field);
    const [from, to] = [layout.bitFieldOf.get(field)!, layout.bitFieldOf.get(target)!];
    const table =
      task < 0 && holdsIds(program, field) ? valueTable(from, to, field, renaming) : undefined;
    if (target === field && !table) continue;
    keep[to.word]! &= ~(to.mask << to.shift);
    slots.push(from.word, from.shift, from.mask, to.word, to.shift);
    tables.push(table);
  }
  return { keep, slots: Int32Array.from(slots), tables };
}

/** Whether a field's values stand for tasks, objects or the like. */
function holdsIds(program: Program, field: number): boolean {
  return ['mutex', 'task', 'number', 'pointer', 'result'].includes(program.fields[field]!.kind);
}

/** What the bits of a slot turn into; undefined when they stay the same. */
function valueTable(
  from: BitField,
  to: BitField,
  field: number,
  renaming: Permutation,
): Int32Array | undefined {
  const table = new Int32Array(from.mask + 1);
  let same = true;
  for (let raw = 0; raw + from.lo <= from.hi; raw++) {
    const value = renaming.mapValue(field, raw + from.lo);
    table[raw] = value < to.lo || value > to.hi ? 0 : value - to.lo;
    same &&= table[raw] === raw;
  }
  return same ? undefined : table;
}

/** Whether the image of a state, left in `image`, comes before the state. */
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

/** Whether a renaming leaves the model as it is: start, places, every step and the rules. */
function isSymmetry(model: Model, renaming: Permutation): boolean {
  const {
    program,
    constants: fixed,
    controlStates: places,
    actions,
    stateProperties: rules,
  } = model;
  const at = (f: number): number => renaming.fields.get(f) ?? f;
  const variables = new Map(model.variables.map((v) => [v.field, v]));
  for (const v of model.variables) {
    if (v.field >= program.fields.length) continue;
    const to = variables.get(at(v.field));
    if (!to || to.init !== renaming.mapValue(v.field, v.init)) return false;
    for (let value = v.lo; value <= v.hi && holdsIds(program, v.field); value++) {
      const image = renaming.mapValue(v.field, value);
      // A value whose image cannot be is never taken: the images of reachable states are reachable.
      if (image >= to.lo && image <= to.hi && renaming.mapValue(to.field, image) !== value)
        return false;
    }
  }
  for (const [f, value] of fixed)
    if (fixed.get(at(f)) !== renaming.mapValue(f, value)) return false;
  for (const [task, here] of places.entries()) {
    const there = places[renaming.tasks[task]!]!;
    if (
      here.count !== there.count ||
      here.start !== there.start ||
      here.values.size !== there.values.size
    )
      return false;
    for (const [f, values] of here.values) {
      const images = there.values.get(at(f));
      if (!images || values.some((v, place) => renaming.mapValue(f, v) !== images[place]))
        return false;
    }
  }
  const same = new CanonicalPrinter(undefined);
  const renamed = new CanonicalPrinter(renaming);
  for (const [task, list] of actions.entries()) {
    const others = actions[renaming.tasks[task]!]!;
    if (list.length !== others.length) return false;
    for (const [place, action] of list.entries()) {
      const other = others[place]!;
      if (
        renamed.expr(action.guard) !== same.expr(other.guard) ||
        renamed.body(action.body) !== same.body(other.body)
      )
        return false;
    }
  }
  const ruleTexts = (texts: CanonicalPrinter): string =>
    rules
      .map((r) => `${r.property} ${texts.expr(r.violatedWhen)}`)
      .sort()
      .join('\n');
  return ruleTexts(renamed) === ruleTexts(same);
}

/** Instructions as text in a form in which the order of what may be exchanged does not show, after a renaming. */
class CanonicalPrinter {
  constructor(private readonly renaming: Permutation | undefined) {}

  /** `typed` is the field that the value is for: its kind says how numbers are renamed. */
  expr(e: Expr, typed?: number): string {
    switch (e.op) {
      case 'const':
        return String(
          typed === undefined || !this.renaming ? e.value : this.renaming.mapValue(typed, e.value),
        );
      case 'field':
        return `f${this.renaming?.fields.get(e.field) ?? e.field}`;
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
            return `f${this.renaming?.fields.get(s.field) ?? s.field}=${this.expr(s.value, s.field)}`;
          case 'if':
            return this.branches(s);
        }
      })
      .join(';');
  }

  /** A chain of branches on one field has no order. */
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

/** Whether at most one of the conditions is true: each compares the same field with another constant. */
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

/** A field whose kind an expression's value is of. */
function kindFieldOf(e: Expr): number | undefined {
  return e.op === 'field'
    ? e.field
    : e.op === 'select'
      ? (kindFieldOf(e.a) ?? kindFieldOf(e.b))
      : undefined;
}
