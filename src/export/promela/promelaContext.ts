import type { Program } from '../../kernel/compiler/program';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { PromelaNames } from './promelaNames';

/** What the parts of a SPIN model share. */
export interface PromelaContext {
  readonly program: Program;
  readonly names: PromelaNames;
  /** Field indices of the mutexes that some step takes. */
  readonly locks: readonly number[];
  /** The tasks that take a mutex, by its field index. */
  readonly tasksByLock: ReadonlyMap<number, ReadonlySet<number>>;
  /** Fields that have the same value between steps, but change within a step. */
  readonly hidden: ReadonlySet<number>;
}

/** The statement that reports a violation. */
export function violationStatement(id: PropertyId): string {
  return `VIOLATED(${promelaIdentifier(id)})`;
}

/** A property id as part of an identifier. */
export function promelaIdentifier(id: PropertyId): string {
  return id.replaceAll('-', '_');
}
