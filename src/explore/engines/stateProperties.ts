import { fieldsRead } from '../../kernel/language/expressions';
import type { Expr } from '../../kernel/language/expressions';
import type { PropertyId } from '../../kernel/language/propertyId';
import { eachStatement } from '../../kernel/language/statements';
import type { Statement } from '../../kernel/language/statements';
import { sameExpr, simplify } from './simplify';
import type { FieldFacts } from './simplify';

/** A property of single states; a state violates it if `violatedWhen` is not 0. */
export interface StateProperty {
  readonly property: PropertyId;
  readonly violatedWhen: Expr;
}

/** Which state properties the steps of one task can affect. */
export class AffectedProperties {
  /** By field: the properties that read it. */
  private readonly readers = new Map<number, number[]>();
  /** The properties that read a field of the control state. */
  private readonly localOnes: readonly number[];
  private readonly properties: readonly {
    readonly property: PropertyId;
    readonly violatedWhen: Expr;
    readonly local: readonly (readonly number[])[];
    readonly at: Map<string, Expr>;
    /** The same by target. */
    readonly atTarget: (Expr | undefined)[];
  }[];

  /** `values`: by field, its value in each control state of the task. */
  constructor(
    properties: readonly StateProperty[],
    private readonly values: ReadonlyMap<number, readonly number[]>,
    private readonly facts: FieldFacts,
  ) {
    this.properties = properties.map(({ property, violatedWhen }, number) => {
      const reads = new Set<number>();
      fieldsRead(violatedWhen, (field) => reads.add(field));
      for (const field of reads) {
        const known = this.readers.get(field);
        if (known) known.push(number);
        else this.readers.set(field, [number]);
      }
      return {
        property,
        violatedWhen,
        local: [...reads].flatMap((f) => {
          const v = values.get(f);
          return v ? [v] : [];
        }),
        at: new Map(),
        atTarget: [],
      };
    });
    this.localOnes = [...this.properties.keys()].filter(
      (number) => this.properties[number]!.local.length > 0,
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
    return new Map(
      [...targets].map((target) => {
        const numbers = [...touched];
        for (const number of this.localOnes)
          if (
            !touched.has(number) &&
            this.properties[number]!.local.some((v) => v[target] !== v[controlState])
          )
            numbers.push(number);
        return [
          target,
          numbers
            .filter((number) => {
              const property = this.properties[number]!;
              const test = this.at(property, target);
              return !(
                (test.op === 'const' && test.value === 0) ||
                (!touched.has(number) && sameExpr(test, this.at(property, controlState)))
              );
            })
            .sort((a, b) => a - b),
        ];
      }),
    );
  }

  /** The property in one control state. Control states that agree on its fields share the expression. */
  private at(property: AffectedProperties['properties'][number], target: number): Expr {
    const atTarget = property.atTarget[target];
    if (atTarget) return atTarget;
    const key = property.local.map((v) => v[target]).join();
    const known = property.at.get(key);
    if (known) return (property.atTarget[target] = known);
    const test = simplify(property.violatedWhen, {
      rangeOf: this.facts.rangeOf,
      constantOf: (f) => this.values.get(f)?.[target] ?? this.facts.constantOf(f),
    });
    property.at.set(key, test);
    property.atTarget[target] = test;
    return test;
  }
}
