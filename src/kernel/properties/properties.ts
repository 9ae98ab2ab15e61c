import type { Program } from '../compiler/program';
import { evaluate } from '../language/expressions';
import type { PropertyId } from '../language/propertyId';
import type { Property, StateCheck } from './property';

const propertyModules = import.meta.glob<Readonly<Record<string, unknown>>>(
  ['./*.ts', '!./property.ts', '!./properties.ts', '!./*.test.ts'],
  { eager: true },
);

/** The properties of these modules in their order. Throws if a module has no record, or an id or order is taken. */
export function propertyCatalog(
  modules: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): readonly Property[] {
  const properties = Object.entries(modules)
    .map(([path, module]) => {
      const name = path.slice(2, -3);
      const property = module[name] as Property | undefined;
      if (property === undefined)
        throw new Error(`kernel/properties/${name}.ts: expected an export named "${name}"`);
      return property;
    })
    .sort((a, b) => a.order - b.order);
  properties.forEach((property, i) => {
    const clash = properties
      .slice(0, i)
      .find((p) => p.id === property.id || p.order === property.order);
    if (clash)
      throw new Error(
        `two properties have the id "${property.id}" or the order ${property.order}: ${clash.id}, ${property.id}`,
      );
  });
  return properties;
}

/** All properties, in the order of every table: one file of this folder each. */
export const PROPERTIES: readonly Property[] = propertyCatalog(propertyModules);

/** The ids of `PROPERTIES`, in the same order. */
export const PROPERTY_IDS: readonly PropertyId[] = PROPERTIES.map((p) => p.id);

/** A property by its id. Throws if there is none. */
export function propertyById(id: PropertyId): Property {
  const property = PROPERTIES.find((p) => p.id === id);
  if (!property)
    throw new Error(`unknown property "${id}" (expected one of ${PROPERTY_IDS.join(', ')})`);
  return property;
}

const checksOfProgram = new WeakMap<Program, readonly StateCheck[]>();

/** All state checks of the properties that apply to this program, without those that are constant false. Same list for the same program. */
export function stateChecks(program: Program): readonly StateCheck[] {
  const known = checksOfProgram.get(program);
  if (known) return known;
  const checks = PROPERTIES.filter((p) => p.appliesTo(program))
    .flatMap((p) => p.checks(program))
    .filter((c) => c.violatedWhen.op !== 'const' || c.violatedWhen.value !== 0);
  checksOfProgram.set(program, checks);
  return checks;
}

/** A violated property, with the text for people and the object to show it at. */
export interface Violation {
  readonly property: PropertyId;
  readonly text: string;
  readonly object: number | undefined;
}

/** The violations in this state. Make `checks` once per program. */
export function checkState(checks: readonly StateCheck[], state: Int32Array): Violation[] {
  return checks
    .filter((c) => evaluate(c.violatedWhen, state) !== 0)
    .map((c) => ({ property: c.property, text: c.describe?.(state) ?? c.text, object: c.object }));
}
