import { evaluate } from '../language/expressions';
import type { Program } from '../compiler/program';
import { PROPERTY_IDS } from '../language/propertyId';
import type { PropertyId } from '../language/propertyId';
import { cleanUnwind } from './cleanUnwind';
import { counters } from './counters';
import { ctxAlive } from './ctxAlive';
import { dmaOwner } from './dmaOwner';
import { idUnique } from './idUnique';
import { kvmRef } from './kvmRef';
import { lockOrder } from './lockOrder';
import { memory } from './memory';
import { noDeadlock } from './noDeadlock';
import { noLockAtUser } from './noLockAtUser';
import { noOpsBeforeBind } from './noOpsBeforeBind';
import { ownerExclusive } from './ownerExclusive';
import { pathExclusive } from './pathExclusive';
import type { Property, StateCheck } from './property';
import { publication } from './publication';
import { singleBind } from './singleBind';
import { unregisterLive } from './unregisterLive';

/** The one list of properties, in the order of `PROPERTY_IDS`. */
export const PROPERTIES: readonly Property[] = [
  ownerExclusive,
  singleBind,
  dmaOwner,
  pathExclusive,
  noOpsBeforeBind,
  publication,
  counters,
  memory,
  unregisterLive,
  idUnique,
  noLockAtUser,
  lockOrder,
  cleanUnwind,
  kvmRef,
  ctxAlive,
  noDeadlock,
];

if (
  PROPERTIES.some((p, i) => p.id !== PROPERTY_IDS[i]) ||
  PROPERTIES.length !== PROPERTY_IDS.length
)
  throw new Error('the list of properties and their ids differ');

/** A property by its id. */
export function propertyById(id: PropertyId): Property {
  return PROPERTIES[PROPERTY_IDS.indexOf(id)]!;
}

/** Everything that must not be seen in a state of this program. */
export function stateChecks(program: Program): StateCheck[] {
  return PROPERTIES.filter((p) => p.appliesTo(program))
    .flatMap((p) => p.checks(program))
    .filter((c) => c.violatedWhen.op !== 'const' || c.violatedWhen.value !== 0);
}

/** A rule that is broken. */
export interface Violation {
  readonly property: PropertyId;
  readonly text: string;
  readonly object: number | undefined;
}

/** What is wrong in this state. Make `checks` once per program. */
export function checkState(checks: readonly StateCheck[], state: Int32Array): Violation[] {
  return checks
    .filter((c) => evaluate(c.violatedWhen, state) !== 0)
    .map((c) => ({ property: c.property, text: c.describe?.(state) ?? c.text, object: c.object }));
}
