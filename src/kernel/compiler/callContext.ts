import type { CallError } from '../language/errno';
import { constant } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { StaticCondition } from '../language/primitives';
import type { PropertyInputs } from '../language/propertyInputs';
import type { World } from '../language/world';
import type { DraftStatement } from './draftStatements';
import type { EventTemplate, Field, ObjectSlot } from './program';
import type { Scope } from './scope';

/** An fd with the objects behind it. */
interface FdObjects {
  readonly file: ObjectSlot;
  readonly fd: ObjectSlot;
  readonly name: string;
  readonly process: string;
}

/** What lowering needs to know about the call that a step belongs to. */
export interface CallContext {
  readonly world: World;
  readonly task: number;
  readonly callIndex: number;
  /** Index of the call's result field. */
  readonly result: number;
  /** Grows as steps are lowered; value k of the result field means `errnos[k-1]`. */
  readonly errnos: CallError[];
  /** Id of the step that is made to fail. */
  readonly fault: string | undefined;
  /** True for a release callback, whose return is not the return of the call. */
  readonly isRelease: boolean;
  readonly evaluateStatic: (test: StaticCondition) => boolean;
  /** Records a struct file whose release callback this call may run. */
  readonly addReleasable: (file: ObjectSlot) => void;
  /** Adds an event template; its index. */
  readonly addEvent: (template: EventTemplate) => number;
  /** A field for its range, which follows from all calls. Other fields may have the range of an earlier version of the design. */
  readonly boundedField: (index: number) => Field;
  /** One shared statement per key; `make` runs once. */
  readonly memoize: (key: string, make: () => DraftStatement) => DraftStatement;
  /** The fd that the call creates (fdInstall); `newFile` is false for pass_fd. */
  readonly createdFd: (FdObjects & { readonly newFile: boolean }) | undefined;
  /** File whose reference the call holds while it runs, because another task may close the fd. */
  readonly heldFile: ObjectSlot | undefined;
  readonly propertyInputs: PropertyInputs;
  readonly scopeOf: (object: ObjectSlot) => Scope;
  /** All objects of the program, by index. */
  readonly objects: readonly ObjectSlot[];
  /** False if the object is live in every state: its accesses need no check. */
  readonly mayBeFreed: (object: ObjectSlot) => boolean;
  /** First pass: only assignments and branches are wanted, no guards, conditions, events or violations. */
  readonly boundsOnly: boolean;
}

/** A statement that emits an event with a value. */
export function emitEvent(
  call: CallContext,
  template: EventTemplate,
  value: Expr = constant(0),
): DraftStatement {
  return { op: 'emit', event: call.addEvent(template), value };
}

/** The properties whose violations the machine reports at a step. */
type StepProperty =
  | 'memory'
  | 'owner-exclusive'
  | 'dma-owner'
  | 'counters'
  | 'publication'
  | 'lock-order'
  | 'no-ops-before-bind';

/** A statement that reports a violation at this step. */
export function violate(
  call: CallContext,
  property: StepProperty,
  text: string,
  object: ObjectSlot | undefined,
): DraftStatement {
  return {
    op: 'violate',
    property,
    event: call.addEvent({ kind: 'violation', property, text, object: object?.index }),
  };
}
