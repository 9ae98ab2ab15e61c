import type { Program } from '../../kernel/compiler/program';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { PromelaNames } from './promelaNames';

/** What the parts of a SPIN model need of one program, worked out once. */
export interface PromelaContext {
  readonly program: Program;
  readonly names: PromelaNames;
  /** Field indices of the mutexes that some step takes. */
  readonly locks: readonly number[];
  /** By such a field: the tasks that take it. */
  readonly tasksByLock: ReadonlyMap<number, ReadonlySet<number>>;
  /** Fields with the same value in every state between steps, but not within one. */
  readonly hidden: ReadonlySet<number>;
}

/** The statement that tells of a broken property. */
export function violationStatement(id: PropertyId): string {
  return `BROKEN(${promelaIdentifier(id)})`;
}

/** A property's id as part of a name. */
export function promelaIdentifier(id: PropertyId): string {
  return id.replaceAll('-', '_');
}
