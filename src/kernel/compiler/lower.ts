import type { CallBody, Routine, StepSpec } from '../language/design';
import type { PropertyInputs } from '../language/propertyInputs';
import type { Errno } from '../language/errno';
import { all, any, binary, constant, field, not, TRUE } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { Condition, Op, StatePath, StaticCondition } from '../language/primitives';
import { printCondition, printPath } from '../language/printOps';
import type { Field, EventTemplate, ObjectSlot, Wait } from './program';
import type { PropertyId } from '../language/propertyId';
import type { FieldCase, Scope } from './scope';
import type { Statement } from '../language/statements';
import type { World } from '../language/world';

/** A statement of a body whose jumps are not yet placed: `exit` is the return to user, with the release callbacks that it runs. */
export type DraftStatement =
  | Exclude<Statement, { op: 'if' }>
  | {
      readonly op: 'if';
      readonly cond: Expr;
      readonly then: readonly DraftStatement[];
      readonly otherwise: readonly DraftStatement[];
    }
  | { readonly op: 'exit' };

const NO_STATEMENTS: readonly DraftStatement[] = [];

/** What lowering needs to know of the call that a step belongs to. */
export interface CallContext {
  readonly world: World;
  readonly task: number;
  readonly result: number;
  /** Grows as steps are lowered; the result field's value k stands for `errnos[k-1]`. */
  readonly errnos: Errno[];
  readonly fault: string | undefined;
  /** Whether the routine is the call itself (its return is the call's) or a release callback. */
  readonly isRelease: boolean;
  readonly evaluateStatic: (test: StaticCondition) => boolean;
  /** Object index of a struct file that this call may release. */
  readonly addReleasable: (file: ObjectSlot) => void;
  readonly addEvent: (addEvent: EventTemplate) => number;
  /** The same statement for every step that asks for it under this key; `make` is asked once. */
  readonly memoize: (key: string, make: () => DraftStatement) => DraftStatement;
  /** Struct file and fd that the call makes (fdInstall), and fd that it closes. */
  readonly createdFd:
    | {
        readonly file: ObjectSlot;
        readonly fd: ObjectSlot;
        readonly name: string;
        readonly process: string;
        readonly newFile: boolean;
      }
    | undefined;
  readonly closedFd:
    | {
        readonly file: ObjectSlot;
        readonly fd: ObjectSlot;
        readonly name: string;
        readonly process: string;
      }
    | undefined;
  /** A file whose reference this call holds for its duration (the fd table is shared). */
  readonly heldFile: ObjectSlot | undefined;
  readonly propertyInputs: PropertyInputs;
  readonly scopeOf: (object: ObjectSlot) => Scope;
  /** Fields that no step frees or that start out of life: whether an access must be checked. */
  readonly mayBeFreed: (object: ObjectSlot) => boolean;
  /** Nothing but assignments and the way through the step is asked for: no guard, no condition, no note, no violation. */
  readonly boundsOnly: boolean;
  readonly callIndex: number;
}

/** The routine that a call runs, by the kind of file its fd stands for. */
export function routineOf(body: CallBody, kind: string | undefined): Routine {
  if ('steps' in body) return body;
  return (kind !== undefined && body.byKind[kind as keyof typeof body.byKind]) || body.other;
}

/** Lowers the operations of one step. */
export class Lowering {
  readonly waits: Wait[] = [];
  guard: Expr = TRUE;
  /** Objects that were found alive on the way here. */
  private knownLive = new Set<number>();
  /** Fields that the step itself has set on the way here, and to what. */
  private knownValues = new Map<number, number>();
  /** Blocking operations that the step begins with; any other would block in the middle of an atomic action. */
  private readonly leadingOps = new Set<Op>();

  /** `atEntry`: the step looks the fd up, so a return from it has no file reference to put. */
  constructor(
    private readonly call: CallContext,
    private readonly step: StepSpec,
    private readonly labels: ReadonlyMap<string, number>,
    private readonly atEntry: boolean,
  ) {}

  /** The body of the step; guard and waits are set on the way. */
  run(scope: Scope): DraftStatement[] {
    if (!this.call.boundsOnly) this.guard = this.guardOf(this.step.ops, scope, TRUE);
    return this.block(this.step.ops, scope);
  }

  /** When the blocking operation that the step begins with can proceed. */
  private guardOf(ops: readonly Op[], scope: Scope, when: Expr): Expr {
    const op = ops.find((o) => o.kind !== 'say');
    if (!op) return TRUE;
    this.leadingOps.add(op);
    if (op.kind === 'mutexLock') {
      const { cases } = scope.fields(op.mutex);
      for (const c of cases)
        this.waits.push({ kind: 'mutex', field: c.field.index, when: all([when, c.when]) });
      return binary('eq', scope.load(op.mutex), constant(0));
    }
    if (op.kind === 'waitForCompletion') {
      const { field: f, object } = scope.fields(op.completion).cases[0]!;
      const spec = object.spec.fields[f.name];
      const counter = spec?.kind === 'completion' ? object.fields[spec.counter] : undefined;
      if (counter === undefined) throw new Error(`${op.completion} names no counter to wait for`);
      this.waits.push({ kind: 'completion', field: f.index, counter });
      return binary('ne', field(f.index), constant(0));
    }
    if (op.kind === 'staticTest')
      return this.guardOf(this.call.evaluateStatic(op.test) ? op.then : op.otherwise, scope, when);
    if (op.kind === 'test') {
      const cond = scope.condition(op.cond);
      const then = this.guardOf(op.then, scope, all([when, cond]));
      const otherwise = this.guardOf(op.otherwise, scope, all([when, not(cond)]));
      return all([any([not(cond), then]), any([cond, otherwise])]);
    }
    if (op.kind === 'withPointer') {
      return all(
        scope.fields(op.pointer).cases.flatMap((c) =>
          c.field.targets!.map((t, i) => {
            const here = all([c.when, binary('eq', field(c.field.index), constant(i + 1))]);
            return any([
              not(here),
              this.guardOf(op.ops, scope.bind(op.as, scope.layout.objects[t]!), all([when, here])),
            ]);
          }),
        ),
      );
    }
    return TRUE;
  }

  private block(ops: readonly Op[], scope: Scope): DraftStatement[] {
    const out: DraftStatement[] = [];
    for (const op of ops) {
      this.lower(op, scope, out);
      if (endsStep(out)) break;
    }
    return out;
  }

  /** Lowers a branch; what it learns of the state stays inside. */
  private branch(ops: readonly Op[], scope: Scope): readonly DraftStatement[] {
    if (ops.length === 0) return NO_STATEMENTS;
    const { knownLive: checked, knownValues: known } = this;
    this.knownLive = new Set(checked);
    this.knownValues = new Map(known);
    const out = this.block(ops, scope);
    this.knownLive = checked;
    this.knownValues = known;
    return out;
  }

  private lower(op: Op, scope: Scope, out: DraftStatement[]): void {
    if (
      (op.kind === 'mutexLock' || op.kind === 'waitForCompletion') &&
      !this.leadingOps.has(op) &&
      !this.call.boundsOnly
    )
      throw new Error(`${this.step.id}: ${op.kind} must be the first operation of its step`);
    const note = (n: EventTemplate, value: Expr = constant(0)): void => {
      out.push({ op: 'note', event: this.call.addEvent(n), value });
    };
    switch (op.kind) {
      case 'mutexLock':
        this.flush(scope, out);
        return this.write(op.mutex, constant(this.call.task + 1), scope, out, (f) =>
          note({ kind: 'lock', field: f }),
        );
      case 'mutexUnlock': {
        this.flush(scope, out);
        const mine = constant(this.call.task + 1);
        this.forEachField(op.mutex, scope, out, (c, o) => {
          const release: DraftStatement[] = [
            { op: 'set', field: c.field.index, value: constant(0) },
            {
              op: 'note',
              event: this.call.addEvent({ kind: 'unlock', field: c.field.index }),
              value: constant(0),
            },
          ];
          if (this.knownValues.get(c.field.index) === this.call.task + 1) o.push(...release);
          else
            o.push({
              op: 'if',
              cond: binary('eq', field(c.field.index), mine),
              then: release,
              otherwise: [
                this.call.memoize(`unheld ${c.field.index}`, () =>
                  this.violation(
                    'lock-order',
                    `releases ${c.field.title} without holding it`,
                    c.object,
                  ),
                ),
              ],
            });
        });
        return this.forgetValue(op.mutex, scope);
      }
      case 'spin':
        for (const inner of op.ops) this.lower(inner, scope, out);
        return;
      case 'store': {
        // Fields that the path may lead to can number their targets differently.
        const value = (target: Field): Expr => scope.value(op.value, target);
        this.dereference(typeof op.value === 'string' ? op.value : undefined, scope, out);
        if (op.release) this.flush(scope, out);
        return this.write(
          op.field,
          value,
          scope,
          out,
          (f) =>
            note(
              { kind: 'write', field: f, release: op.release === true },
              value(scope.layout.fields[f]!),
            ),
          op.release !== true,
        );
      }
      case 'test':
        return this.lowerTest(op.cond, op.then, op.otherwise, scope, out);
      case 'staticTest':
        for (const inner of this.call.evaluateStatic(op.test) ? op.then : op.otherwise) {
          this.lower(inner, scope, out);
          if (endsStep(out)) return;
        }
        return;
      case 'withPointer':
        return this.lowerPointer(op, scope, out);
      case 'forEach':
        for (const o of scope.layout.objects) {
          if (
            o.spec.role !== op.role ||
            (op.matchOn !== undefined && o.key[op.matchOn] !== scope.roots.ownKey[op.matchOn])
          )
            continue;
          for (const inner of op.ops) this.lower(inner, scope.bind(op.as, o), out);
        }
        return;
      case 'refInc':
        return this.count(op.field, 1, scope, out);
      case 'add':
        return this.count(op.field, op.by, scope, out);
      case 'refDec':
        this.count(op.field, -1, scope, out);
        if (op.onZero.length > 0)
          out.push({
            op: 'if',
            cond: binary('eq', scope.load(op.field), constant(0)),
            then: this.branch(op.onZero, scope),
            otherwise: NO_STATEMENTS,
          });
        return;
      case 'refIncNotZero': {
        this.dereference(op.field, scope, out);
        const up: DraftStatement[] = [];
        this.count(op.field, 1, scope, up);
        const zero = binary('eq', scope.load(op.field), constant(0));
        this.noteRead(op.field, scope, false, out);
        out.push({ op: 'if', cond: zero, then: this.branch(op.otherwise, scope), otherwise: up });
        return;
      }
      case 'cmpxchg': {
        this.flush(scope, out);
        const target = scope.fields(op.field).cases[0]!.field;
        this.dereference(op.field, scope, out);
        this.noteRead(op.field, scope, false, out);
        const swap: DraftStatement[] = [];
        this.write(op.field, scope.value(op.to, target), scope, swap, (f) =>
          swap.push({
            op: 'note',
            event: this.call.addEvent({ kind: 'write', field: f, release: false }),
            value: field(f),
          }),
        );
        out.push({
          op: 'if',
          cond: binary('eq', scope.load(op.field), scope.value(op.from, target)),
          then: swap,
          otherwise: this.branch(op.otherwise, scope),
        });
        return;
      }
      case 'alloc':
      case 'free':
        return this.allocOrFree(op.object, op.kind === 'alloc', scope, out);
      case 'fget':
        return this.count(`${op.file}.f_count`, 1, scope, out);
      case 'fput':
        return this.fput(op.file, scope, out);
      case 'fdInstall':
        return this.installFd(out, note);
      case 'fdRemove': {
        const c = this.call.closedFd!;
        out.push({ op: 'set', field: c.fd.fields['installed']!, value: constant(0) });
        return note({ kind: 'fdRemove', fd: c.name, process: c.process, object: c.file.index });
      }
      case 'replaceFops':
        return this.write(
          `${op.file}.f_op`,
          constant(op.to === 'normal' ? 1 : 0),
          scope,
          out,
          (f) => note({ kind: 'fops', object: scope.layout.fields[f]!.object, to: op.to }),
          true,
        );
      case 'complete':
        return this.write(op.completion, constant(1), scope, out, (f) =>
          note({ kind: 'complete', field: f }),
        );
      case 'waitForCompletion':
        return note({ kind: 'wait', field: scope.fields(op.completion).cases[0]!.field.index });
      case 'cdevAdd':
        return this.write(op.field, constant(1), scope, out, (f) =>
          note({ kind: 'write', field: f, release: false }, field(f)),
        );
      case 'cdevDel':
        return this.write(op.field, constant(0), scope, out, (f) =>
          note({ kind: 'write', field: f, release: false }, field(f)),
        );
      case 'listAdd':
      case 'listDel':
        return this.changeList(op, scope, out);
      case 'idaAlloc':
        return this.write(op.field, this.lowestFree(op.field, scope), scope, out, (f) =>
          note({ kind: 'write', field: f, release: false }, field(f)),
        );
      case 'idaFree':
        return this.write(op.field, constant(0), scope, out, (f) =>
          note({ kind: 'write', field: f, release: false }, field(f)),
        );
      case 'fail':
        return this.fail(op.errno, op.reason, op.at, op.to, scope, out);
      case 'fallible':
        if (this.call.fault !== this.step.id) return;
        for (const inner of op.before ?? []) this.lower(inner, scope, out);
        return this.fail(op.errno, `${op.what} fails: ${op.reason}`, op.at, op.to, scope, out);
      case 'onFault':
        if (this.call.fault !== this.step.id) return;
        for (const inner of op.ops) {
          this.lower(inner, scope, out);
          if (endsStep(out)) return;
        }
        return;
      case 'goto':
        out.push(this.jump(op.to));
        return;
      case 'ret':
        return this.ret(out);
      case 'warnOn': {
        const cond = scope.condition(op.cond, (p) => this.dereference(p, scope, out));
        out.push({
          op: 'if',
          cond,
          then: [
            {
              op: 'note',
              event: this.call.addEvent({ kind: 'warn', reason: op.reason }),
              value: constant(0),
            },
          ],
          otherwise: NO_STATEMENTS,
        });
        return;
      }
      case 'driverOp':
        return this.driverOp(op, scope, out, note);
      case 'say':
        return note({ kind: 'say', text: op.text });
      case 'bookkeep':
        out.push(...withoutNotes(this.block(op.ops, scope)));
        return;
    }
  }

  private lowerTest(
    cond: Condition,
    then: readonly Op[],
    otherwise: readonly Op[],
    scope: Scope,
    out: DraftStatement[],
  ): void {
    if (this.call.boundsOnly) {
      out.push({
        op: 'if',
        cond: TRUE,
        then: this.branch(then, scope),
        otherwise: this.branch(otherwise, scope),
      });
      return;
    }
    const e = scope.condition(cond, (p) => this.dereference(p, scope, out));
    const fields: number[] = [];
    scope.condition(cond, (p) => fields.push(...scope.fields(p).cases.map((c) => c.field.index)));
    out.push({
      op: 'note',
      event: this.call.addEvent({
        kind: 'read',
        text: printCondition(cond),
        fields,
        acquire: hasAcquire(cond),
      }),
      value: e,
    });
    this.checkStaleLoad(fields, hasAcquire(cond), scope, out);
    out.push({
      op: 'if',
      cond: e,
      then: this.branch(then, scope),
      otherwise: this.branch(otherwise, scope),
    });
  }

  private lowerPointer(
    op: Extract<Op, { kind: 'withPointer' }>,
    scope: Scope,
    out: DraftStatement[],
  ): void {
    this.dereference(op.pointer, scope, out);
    for (const c of scope.fields(op.pointer).cases) {
      if (!this.call.boundsOnly) {
        const isNull = all([c.when, binary('eq', field(c.field.index), constant(0))]);
        out.push({
          op: 'if',
          cond: isNull,
          then: [
            this.violation('memory', `follows ${printPath(op.pointer)}, which is NULL`, c.object),
          ],
          otherwise: NO_STATEMENTS,
        });
      }
      // The operations may change the pointer itself: the cases are decided before any of them runs.
      const chain = c.field.targets!.reduceRight<readonly DraftStatement[]>(
        (rest, t, i) => [
          {
            op: 'if',
            cond: all([c.when, binary('eq', field(c.field.index), constant(i + 1))]),
            then: this.branch(op.ops, scope.bind(op.as, scope.layout.objects[t]!)),
            otherwise: rest,
          },
        ],
        [],
      );
      out.push(...chain);
    }
  }

  /** A plain load of an access flag whose newer value sits in another task's store buffer, or that runs ahead of the bind, breaks publication. */
  private checkStaleLoad(
    fields: readonly number[],
    acquires: boolean,
    scope: Scope,
    out: DraftStatement[],
  ): void {
    for (const index of fields) {
      const others = scope.roots.storeBuffers?.others.get(index);
      if (!others) continue;
      const f = scope.layout.fields[index]!;
      const object = scope.layout.objects[f.object];
      const stale = any(
        others.map((b) =>
          all([
            binary('ne', field(b), constant(0)),
            binary('ne', binary('sub', field(b), constant(1)), field(index)),
          ]),
        ),
      );
      out.push({
        op: 'if',
        cond: stale,
        then: [
          this.violation(
            'publication',
            `reads a stale ${f.title}: the newer value is still in the writer's store buffer`,
            object,
          ),
        ],
        otherwise: NO_STATEMENTS,
      });
      const { file } = scope.roots.ownKey;
      const at =
        file === undefined || acquires
          ? undefined
          : scope.layout.objects.find((o) => o.type === 'file' && o.key.file === file);
      const kind = at?.key.fileKind;
      const normal = kind && this.call.propertyInputs.normalAccess[kind];
      const bound = kind && this.call.propertyInputs.bound[kind];
      if (!at || !normal || !bound) continue;
      const seen = this.call.scopeOf(at);
      out.push({
        op: 'if',
        cond: all([seen.condition(normal), not(seen.condition(bound))]),
        then: [
          this.violation(
            'publication',
            `sees normal access through ${at.name} before its bind is complete`,
            at,
          ),
        ],
        otherwise: NO_STATEMENTS,
      });
    }
  }

  /** Notes what a place holds, for people. */
  private noteRead(path: StatePath, scope: Scope, acquire: boolean, out: DraftStatement[]): void {
    if (this.call.boundsOnly) return;
    const fields = scope.fields(path).cases.map((c) => c.field.index);
    out.push({
      op: 'note',
      event: this.call.addEvent({ kind: 'read', text: printPath(path), fields, acquire }),
      value: scope.load(path),
    });
  }

  /** Flags NULL pointers and dead objects on the way to a place. */
  private dereference(path: StatePath | undefined, scope: Scope, out: DraftStatement[]): void {
    if (path === undefined || this.call.boundsOnly) return;
    const { cases, dereferences: hops, intermediates: through } = scope.fields(path);
    for (const c of through) this.checkLive(c, out);
    for (const h of hops) {
      const { pointer } = h;
      const violate = this.call.memoize(`null ${pointer.index}`, () =>
        this.violation(
          'memory',
          `follows ${pointer.title}, which is NULL`,
          scope.layout.objects[pointer.object],
        ),
      );
      out.push({
        op: 'if',
        cond: all([h.when, binary('eq', field(pointer.index), constant(0))]),
        then: [violate],
        otherwise: NO_STATEMENTS,
      });
    }
    for (const c of cases) this.checkLive(c, out);
  }

  private checkLive(c: Pick<FieldCase, 'when' | 'object'>, out: DraftStatement[]): void {
    const { object } = c;
    if (
      object.lifetime === undefined ||
      this.knownLive.has(object.index) ||
      !this.call.mayBeFreed(object)
    )
      return;
    const { lifetime: life } = object;
    const violate = this.call.memoize(`dead ${object.index}`, () =>
      this.violation(
        'memory',
        `uses ${object.name} (${object.type}), which is not allocated (freed, or never made)`,
        object,
      ),
    );
    const check = (when: Expr): DraftStatement => ({
      op: 'if',
      cond: all([when, binary('ne', field(life), constant(1))]),
      then: [violate],
      otherwise: NO_STATEMENTS,
    });
    out.push(
      c.when === TRUE
        ? this.call.memoize(`alive ${object.index}`, () => check(TRUE))
        : check(c.when),
    );
    this.knownLive.add(object.index);
  }

  private violation(
    property: PropertyId,
    text: string,
    object: ObjectSlot | undefined,
  ): DraftStatement {
    return {
      op: 'violate',
      property,
      event: this.call.addEvent({ kind: 'violation', property, text, object: object?.index }),
    };
  }

  /** Runs `make` for the field that the path leads to, under its condition where there are several. */
  private forEachField(
    path: StatePath,
    scope: Scope,
    out: DraftStatement[],
    make: (c: FieldCase, out: DraftStatement[]) => void,
  ): void {
    this.dereference(path, scope, out);
    const { cases } = scope.fields(path);
    if (cases.length === 1 && cases[0]!.when === TRUE) return make(cases[0]!, out);
    const chain = cases.reduceRight<readonly DraftStatement[]>((rest, c) => {
      const then: DraftStatement[] = [];
      make(c, then);
      return [{ op: 'if', cond: c.when, then, otherwise: rest }];
    }, []);
    out.push(...chain);
  }

  /** Makes the task's delayed stores visible. */
  private flush(scope: Scope, out: DraftStatement[]): void {
    for (const [flag, buffer] of scope.roots.storeBuffers?.own ?? [])
      out.push(...flushStore(flag, buffer));
  }

  private write(
    path: StatePath,
    value: Expr | ((target: Field) => Expr),
    scope: Scope,
    out: DraftStatement[],
    note: (field: number) => void,
    plain = false,
  ): void {
    const single = scope.fields(path).cases;
    this.forEachField(path, scope, out, (c, o) => {
      const buffer = plain ? scope.roots.storeBuffers?.own.get(c.field.index) : undefined;
      const stored = typeof value === 'function' ? value(c.field) : value;
      o.push(
        buffer === undefined
          ? { op: 'set', field: c.field.index, value: stored }
          : { op: 'set', field: buffer, value: binary('add', stored, constant(1)) },
      );
      if (o === out) note(c.field.index);
      else {
        const before = out.length;
        note(c.field.index);
        o.push(...out.splice(before));
      }
    });
    this.forgetValue(path, scope);
    if (single.length === 1 && typeof value !== 'function' && value.op === 'const')
      this.knownValues.set(single[0]!.field.index, value.value);
  }

  /** Moves a list node; a node that is linked twice, or unlinked from nothing, leaves a broken list behind. */
  private changeList(
    op: Extract<Op, { kind: 'listAdd' | 'listDel' }>,
    scope: Scope,
    out: DraftStatement[],
  ): void {
    const adds = op.kind === 'listAdd';
    this.forEachField(op.field, scope, out, (c, o) => {
      const text = adds
        ? `links ${c.object.name} into ${op.list} while it is linked already: the list is corrupted`
        : `unlinks ${c.object.name} from ${op.list}, in which it is not`;
      const value = !adds
        ? constant(0)
        : op.head === undefined
          ? constant(1)
          : scope.value({ addressOf: op.head }, c.field);
      o.push(
        {
          op: 'if',
          cond: binary(adds ? 'ne' : 'eq', field(c.field.index), constant(0)),
          then: [this.violation('memory', text, c.object)],
          otherwise: NO_STATEMENTS,
        },
        { op: 'set', field: c.field.index, value },
        {
          op: 'note',
          event: this.call.addEvent({ kind: 'write', field: c.field.index, release: false }),
          value: field(c.field.index),
        },
      );
    });
    this.forgetValue(op.field, scope);
  }

  private forgetValue(path: StatePath, scope: Scope): void {
    for (const c of scope.fields(path).cases) this.knownValues.delete(c.field.index);
  }

  private count(path: StatePath, by: 1 | -1, scope: Scope, out: DraftStatement[]): void {
    this.forEachField(path, scope, out, (c, o) => {
      const { field: f } = c;
      o.push(this.call.memoize(`count ${f.index} ${by}`, () => this.changeCounter(c, by)));
      if (by < 0 && f.lo < 0 && !this.call.boundsOnly) {
        o.push(
          this.call.memoize(`below ${f.index}`, () => ({
            op: 'if',
            cond: binary('lt', field(f.index), constant(0)),
            then: [this.violation('counters', `leaves ${f.title} below zero`, c.object)],
            otherwise: NO_STATEMENTS,
          })),
        );
      }
    });
  }

  /** Moves a counter by one, inside its range. */
  private changeCounter({ field: f, object }: FieldCase, by: 1 | -1): DraftStatement {
    const value = binary(by > 0 ? 'add' : 'sub', field(f.index), constant(1));
    if (this.call.boundsOnly) return { op: 'set', field: f.index, value };
    const limit = by > 0 ? f.hi : f.lo;
    const move: DraftStatement[] = [
      { op: 'set', field: f.index, value },
      {
        op: 'note',
        event: this.call.addEvent({ kind: 'count', field: f.index, by }),
        value: field(f.index),
      },
    ];
    const text =
      by > 0 ? `raises ${f.title} past its bound ${limit}` : `drops ${f.title} below ${limit}`;
    return {
      op: 'if',
      cond: binary('eq', field(f.index), constant(limit)),
      then: [this.violation('counters', text, object)],
      otherwise: move,
    };
  }

  private allocOrFree(path: StatePath, born: boolean, scope: Scope, out: DraftStatement[]): void {
    for (const c of scope.objects(path).cases) {
      const { lifetime: life } = c.object;
      if (life === undefined) throw new Error(`${path}: ${c.object.type} has no life`);
      const body: DraftStatement[] = [];
      if (!born)
        body.push({
          op: 'if',
          cond: binary('ne', field(life), constant(1)),
          then: [
            this.violation(
              'memory',
              `frees ${c.object.name}, which is not allocated (a double free)`,
              c.object,
            ),
          ],
          otherwise: NO_STATEMENTS,
        });
      else {
        for (const index of Object.values(c.object.fields)) {
          const f = scope.layout.fields[index]!;
          if (f.init !== 0 || c.object.spec.lifetime?.liveAtStart?.(c.object.key, this.call.world))
            body.push({ op: 'set', field: index, value: constant(0) });
        }
      }
      body.push(
        { op: 'set', field: life, value: constant(born ? 1 : 2) },
        {
          op: 'note',
          event: this.call.addEvent({ kind: born ? 'alloc' : 'free', object: c.object.index }),
          value: constant(0),
        },
      );
      if (c.when === TRUE) out.push(...body);
      else out.push({ op: 'if', cond: c.when, then: body, otherwise: NO_STATEMENTS });
      if (born) this.knownLive.add(c.object.index);
      else this.knownLive.delete(c.object.index);
    }
  }

  private fput(path: StatePath, scope: Scope, out: DraftStatement[]): void {
    this.forEachField(`${path}.f_count`, scope, out, (c, o) => this.putFile(c.object, o));
  }

  private putFile(file: ObjectSlot, out: DraftStatement[]): void {
    const count = file.fields['f_count']!;
    this.call.addReleasable(file);
    out.push(
      this.call.memoize(`drop ${file.index} ${this.call.task}`, () => ({
        op: 'if',
        cond: binary('eq', field(count), constant(0)),
        then: [this.violation('counters', `drops ${file.name}.f_count below 0`, file)],
        otherwise: [
          { op: 'set', field: count, value: binary('sub', field(count), constant(1)) },
          {
            op: 'note',
            event: this.call.addEvent({ kind: 'count', field: count, by: -1 }),
            value: field(count),
          },
          {
            op: 'if',
            cond: binary('eq', field(count), constant(0)),
            otherwise: NO_STATEMENTS,
            then: [
              { op: 'set', field: file.fields['releaser']!, value: constant(this.call.task + 1) },
              {
                op: 'note',
                event: this.call.addEvent({ kind: 'queueRelease', object: file.index }),
                value: constant(0),
              },
            ],
          },
        ],
      })),
    );
  }

  private installFd(out: DraftStatement[], note: (n: EventTemplate) => void): void {
    const made = this.call.createdFd;
    if (!made) throw new Error(`${this.step.id}: this call makes no fd`);
    if (made.newFile) {
      out.push(
        { op: 'set', field: made.file.fields['f_count']!, value: constant(1) },
        { op: 'set', field: made.file.lifetime!, value: constant(1) },
      );
    }
    out.push({ op: 'set', field: made.fd.fields['installed']!, value: constant(1) });
    note({ kind: 'fdInstall', fd: made.name, process: made.process, object: made.file.index });
  }

  private driverOp(
    op: Extract<Op, { kind: 'driverOp' }>,
    scope: Scope,
    out: DraftStatement[],
    note: (n: EventTemplate) => void,
  ): void {
    const file = op.file === undefined ? undefined : scope.objects(op.file).cases[0]!.object;
    note({ kind: 'driverOp', name: op.name, object: file?.index });
    const bound = file?.key.fileKind && this.call.propertyInputs.bound[file.key.fileKind];
    if (!file || op.insideBind || !bound || this.call.boundsOnly) return;
    const unbound = not(this.call.scopeOf(file).condition(bound));
    out.push({
      op: 'if',
      cond: unbound,
      then: [
        this.violation(
          'no-ops-before-bind',
          `runs the driver's ${op.name} op through ${file.name} before its bind is complete`,
          file,
        ),
      ],
      otherwise: NO_STATEMENTS,
    });
  }

  private fail(
    errno: Errno,
    why: string,
    at: StatePath | undefined,
    to: string | undefined,
    scope: Scope,
    out: DraftStatement[],
  ): void {
    const object =
      at === undefined
        ? undefined
        : scope.objects(
            at.includes('.') && !this.isObject(at, scope) ? at.slice(0, at.lastIndexOf('.')) : at,
          ).cases[0]?.object;
    out.push({
      op: 'note',
      event: this.call.addEvent({ kind: 'fail', errno, reason: why, object: object?.index }),
      value: constant(0),
    });
    if (!this.call.isRelease) {
      if (!this.call.errnos.includes(errno)) this.call.errnos.push(errno);
      out.push({
        op: 'set',
        field: this.call.result,
        value: constant(this.call.errnos.indexOf(errno) + 1),
      });
    }
    if (to === undefined) this.ret(out);
    else out.push(this.jump(to));
  }

  private isObject(path: StatePath, scope: Scope): boolean {
    try {
      return scope.objects(path).cases.length > 0;
    } catch {
      return false;
    }
  }

  private ret(out: DraftStatement[]): void {
    if (!this.call.isRelease) {
      if (this.call.heldFile && !this.atEntry) this.putFile(this.call.heldFile, out);
      out.push({
        op: 'note',
        event: this.call.addEvent({ kind: 'return', call: this.call.callIndex }),
        value: field(this.call.result),
      });
    }
    out.push({ op: 'exit' });
  }

  private jump(to: string): DraftStatement {
    const pc = this.labels.get(to);
    if (pc === undefined)
      throw new Error(
        `${this.step.id}: no step ${to} to go to (there are ${[...this.labels.keys()].join(', ')})`,
      );
    return { op: 'jump', pc };
  }

  private lowestFree(path: StatePath, scope: Scope): Expr {
    const { field: f, object } = scope.fields(path).cases[0]!;
    const others = scope.layout.objects
      .filter((o) => o.type === object.type && o !== object)
      .map((o) => o.fields[f.name]!);
    let e = constant(0);
    for (let n = f.hi; n >= 1; n--) {
      const taken = any(others.map((i) => binary('eq', field(i), constant(n))));
      e =
        taken.op === 'const' && taken.value === 0
          ? constant(n)
          : { op: 'select', cond: taken, a: e, b: constant(n) };
    }
    return e;
  }
}

/** Moves one delayed store to memory, if there is one. */
export function flushStore(flag: number, buffer: number): DraftStatement[] {
  return [
    {
      op: 'if',
      cond: binary('ne', field(buffer), constant(0)),
      otherwise: [],
      then: [
        { op: 'set', field: flag, value: binary('sub', field(buffer), constant(1)) },
        { op: 'set', field: buffer, value: constant(0) },
      ],
    },
  ];
}

/** The same statements, told to nobody. */
function withoutNotes(out: readonly DraftStatement[]): DraftStatement[] {
  return out.flatMap((s): DraftStatement[] =>
    s.op === 'note'
      ? []
      : [
          s.op === 'if'
            ? { ...s, then: withoutNotes(s.then), otherwise: withoutNotes(s.otherwise) }
            : s,
        ],
  );
}

/** Whether control never passes the end of this block. */
export function endsStep(out: readonly DraftStatement[]): boolean {
  const last = out.at(-1);
  if (!last) return false;
  if (last.op === 'jump' || last.op === 'exit') return true;
  return last.op === 'if' && endsStep(last.then) && endsStep(last.otherwise);
}

function hasAcquire(c: Condition): boolean {
  if ('all' in c) return c.all.some(hasAcquire);
  if ('any' in c) return c.any.some(hasAcquire);
  if ('not' in c) return hasAcquire(c.not);
  return !('live' in c) && c.acquire === true;
}
