import { fieldsRead } from '../../kernel/language/expressions';
import type { Expr } from '../../kernel/language/expressions';
import type { PropertyId } from '../../kernel/language/propertyId';
import { eachStatement } from '../../kernel/language/statements';
import type { Statement } from '../../kernel/language/statements';
import { sameExpr, simplify } from './simplify';
import type { FieldFacts } from './simplify';

/** A rule on single states: the property is broken if `violatedWhen` is true. */
export interface StateProperty {
  readonly property: PropertyId;
  readonly violatedWhen: Expr;
}

/** The state rules as one task's places see them. */
export class AffectedProperties {
  private readonly properties: readonly {
    readonly property: PropertyId;
    readonly violatedWhen: Expr;
    readonly reads: ReadonlySet<number>;
    readonly local: readonly (readonly number[])[];
    readonly at: Map<string, Expr>;
  }[];

  /** `values` gives the constants of each place. */
  constructor(
    properties: readonly StateProperty[],
    private readonly values: ReadonlyMap<number, readonly number[]>,
    private readonly about: FieldFacts,
  ) {
    this.properties = properties.map(({ property, violatedWhen: bad }) => {
      const reads = new Set<number>();
      fieldsRead(bad, (field) => reads.add(field));
      return {
        property,
        violatedWhen: bad,
        reads,
        local: [...reads].flatMap((f) => {
          const v = values.get(f);
          return v ? [v] : [];
        }),
        at: new Map(),
      };
    });
  }

  /**
   * By the place that a step at `place` may lead to: the numbers of the rules to test there. A rule is left out where the
   * step cannot have changed its answer: it writes none of the fields, and the new place leaves the same test as the old one.
   */
  after(body: readonly Statement[], place: number): Map<number, readonly number[]> {
    const written = new Set<number>();
    const ends = new Set<number>();
    eachStatement(body, (s) => {
      if (s.op === 'set') written.add(s.field);
      if (s.op === 'jump') ends.add(s.pc);
    });
    const cases = this.properties.flatMap((rule, number) => {
      const touched = [...written].some((f) => rule.reads.has(f));
      return touched || rule.local.length > 0 ? [{ rule, number, touched }] : [];
    });
    return new Map(
      [...ends].map((where) => [
        where,
        cases.flatMap(({ rule, number, touched }) => {
          if (!touched && rule.local.every((v) => v[where] === v[place])) return [];
          const bad = this.at(rule, where);
          return (bad.op === 'const' && bad.value === 0) ||
            (!touched && sameExpr(bad, this.at(rule, place)))
            ? []
            : [number];
        }),
      ]),
    );
  }

  /** The rule at one place; places that agree on its fields share the expression. */
  private at(rule: AffectedProperties['properties'][number], where: number): Expr {
    const key = rule.local.map((v) => v[where]).join();
    const known = rule.at.get(key);
    if (known) return known;
    const bad = simplify(rule.violatedWhen, {
      rangeOf: this.about.rangeOf,
      constantOf: (f) => this.values.get(f)?.[where] ?? this.about.constantOf(f),
    });
    rule.at.set(key, bad);
    return bad;
  }
}
