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
  private readonly properties: readonly {
    readonly property: PropertyId;
    readonly violatedWhen: Expr;
    readonly reads: ReadonlySet<number>;
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
    this.properties = properties.map(({ property, violatedWhen }) => {
      const reads = new Set<number>();
      fieldsRead(violatedWhen, (field) => reads.add(field));
      return {
        property,
        violatedWhen,
        reads,
        local: [...reads].flatMap((f) => {
          const v = values.get(f);
          return v ? [v] : [];
        }),
        at: new Map(),
        atTarget: [],
      };
    });
  }

  /**
   * By target control state of a step in `controlState`: the indices of the properties to test there. A property is left out
   * if the step cannot change it: the step writes none of its fields, and both control states simplify it to the same test.
   */
  after(body: readonly Statement[], controlState: number): Map<number, readonly number[]> {
    const written = new Set<number>();
    const targets = new Set<number>();
    eachStatement(body, (s) => {
      if (s.op === 'set') written.add(s.field);
      if (s.op === 'jump') targets.add(s.pc);
    });
    const affected = this.properties.flatMap((property, number) => {
      const touched = [...written].some((f) => property.reads.has(f));
      return touched || property.local.length > 0 ? [{ property, number, touched }] : [];
    });
    return new Map(
      [...targets].map((target) => [
        target,
        affected.flatMap(({ property, number, touched }) => {
          if (!touched && property.local.every((v) => v[target] === v[controlState])) return [];
          const test = this.at(property, target);
          return (test.op === 'const' && test.value === 0) ||
            (!touched && sameExpr(test, this.at(property, controlState)))
            ? []
            : [number];
        }),
      ]),
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
