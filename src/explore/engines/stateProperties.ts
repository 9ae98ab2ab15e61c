import { evaluate, fieldsRead } from '../../kernel/language/expressions';
import type { Expr } from '../../kernel/language/expressions';
import type { PropertyId } from '../../kernel/language/propertyId';
import { eachStatement } from '../../kernel/language/statements';
import type { Statement } from '../../kernel/language/statements';
import { sameExpr, simplify } from './simplify';
import type { FieldFacts } from './simplify';
import { TupleNumbers } from './tupleNumbers';

/** A property of single states; a state violates it if `violatedWhen` is not 0. */
export interface StateProperty {
  readonly property: PropertyId;
  readonly violatedWhen: Expr;
}

/** A property with what one task's control state decides of it. Control states that agree on all of that are one class. */
interface LocalProperty {
  readonly violatedWhen: Expr;
  /** The largest parts that read only the control state. */
  readonly parts: readonly Expr[];
  readonly classes: TupleNumbers;
  /** By class: the property in its control states. */
  readonly tests: (Expr | undefined)[];
}

/** By field: the indices of the properties that read it. */
export type PropertyReaders = ReadonlyMap<number, readonly number[]>;

export function readersOf(properties: readonly StateProperty[]): PropertyReaders {
  const readers = new Map<number, number[]>();
  properties.forEach(({ violatedWhen }, number) =>
    fieldsRead(violatedWhen, (field) => {
      const known = readers.get(field);
      if (!known) readers.set(field, [number]);
      else if (known.at(-1) !== number) known.push(number);
    }),
  );
  return readers;
}

/** Which state properties the steps of one task can affect. */
export class AffectedProperties {
  private readonly properties: readonly LocalProperty[];
  /** The properties that read a field of the control state. */
  private readonly localOnes: readonly number[];
  /** By control state: the class of each property. */
  private readonly classes: (Int32Array | undefined)[] = [];
  /** A state of which only the fields of one control state are set. */
  private readonly state: Int32Array;

  /** `values`: by field, its value in each control state of the task. */
  constructor(
    properties: readonly StateProperty[],
    private readonly readers: PropertyReaders,
    private readonly values: ReadonlyMap<number, readonly number[]>,
    private readonly facts: FieldFacts,
  ) {
    this.state = new Int32Array(Math.max(0, ...values.keys()) + 1);
    const local = new Set([...values.keys()].flatMap((field) => readers.get(field) ?? []));
    this.properties = properties.map(({ violatedWhen }, number) => {
      const parts: Expr[] = [];
      if (local.has(number) && this.collectParts(violatedWhen, parts)) parts.push(violatedWhen);
      return { violatedWhen, parts, classes: new TupleNumbers(), tests: [] };
    });
    this.localOnes = [...this.properties.keys()].filter(
      (number) => this.properties[number]!.parts.length > 0,
    );
  }

  /**
   * By target control state of a step in `controlState`: the indices of the properties to test there. A property is left out
   * if the step cannot change it: the step writes none of its fields, and both control states simplify it to the same test.
   */
  after(body: readonly Statement[], controlState: number): Map<number, readonly number[]> {
    const touched = new Set<number>();
    const targets = new Set<number>();
    eachStatement(body, (s) => {
      if (s.op === 'set') for (const number of this.readers.get(s.field) ?? []) touched.add(number);
      if (s.op === 'jump') targets.add(s.pc);
    });
    const before = this.classesAt(controlState);
    return new Map(
      [...targets].map((target) => {
        const after = this.classesAt(target);
        const numbers = [...touched].filter((number) => !isNever(this.test(number, target)));
        for (const number of this.localOnes) {
          if (after[number] === before[number] || touched.has(number)) continue;
          const test = this.test(number, target);
          if (!isNever(test) && !sameExpr(test, this.test(number, controlState)))
            numbers.push(number);
        }
        return [target, numbers.sort((a, b) => a - b)];
      }),
    );
  }

  /** Whether the expression reads fields, and only those of the control state. If not, `parts` gets its parts that do. */
  private collectParts(e: Expr, parts: Expr[]): boolean {
    if (e.op === 'const') return false;
    if (e.op === 'field') return this.values.has(e.field);
    const operands = e.op === 'not' ? [e.a] : e.op === 'select' ? [e.cond, e.a, e.b] : [e.a, e.b];
    const start = parts.length;
    const local = operands.filter((operand) => this.collectParts(operand, parts));
    if (operands.every((operand) => operand.op === 'const' || local.includes(operand))) return true;
    parts.splice(start, 0, ...local);
    return false;
  }

  private classesAt(controlState: number): Int32Array {
    const known = this.classes[controlState];
    if (known) return known;
    const { state, properties } = this;
    for (const [field, values] of this.values) state[field] = values[controlState]!;
    const found = new Int32Array(properties.length);
    for (const number of this.localOnes) {
      const { parts, classes } = properties[number]!;
      for (const part of parts)
        found[number] = classes.append(found[number]!, evaluate(part, state));
    }
    return (this.classes[controlState] = found);
  }

  /** The property in one control state; the same expression for all of a class. */
  private test(number: number, controlState: number): Expr {
    const { violatedWhen, tests } = this.properties[number]!;
    return (tests[this.classesAt(controlState)[number]!] ??= simplify(violatedWhen, {
      rangeOf: this.facts.rangeOf,
      constantOf: (f) => this.values.get(f)?.[controlState] ?? this.facts.constantOf(f),
    }));
  }
}

function isNever(test: Expr): boolean {
  return test.op === 'const' && test.value === 0;
}
