import type { StepSpec } from '../language/design';
import { all, any, binary, constant, field, not, TRUE } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { Condition, Op, RwsemMode, StatePath } from '../language/primitives';
import { printCondition, printPath } from '../language/printOps';
import { emitEvent, violate } from './callContext';
import type { CallContext } from './callContext';
import { endsStep, NO_STATEMENTS, withoutEvents } from './draftStatements';
import type { DraftStatement } from './draftStatements';
import { MemoryAccess } from './memoryAccess';
import type { EventTemplate, Field, Wait } from './program';
import type { Scope } from './scope';

/** What an event says of a condition that a step reads; a search for an object names the fields that it compares. */
function readText(cond: Condition): string {
  if ('not' in cond && 'exists' in cond.not) return readText(cond.not);
  if (!('exists' in cond)) return printCondition(cond);
  const { exists, as, where, matchOn } = cond;
  const fields = [...printCondition(where).matchAll(new RegExp(`\\b${as}->(\\w+)`, 'g'))];
  const names = [...new Set(fields.map(([, name]) => name))].join(' and ');
  return `${names} of each ${exists}${matchOn === undefined ? '' : ` of the same ${matchOn}`}`;
}

/** A comparison of one field: its read event tells the value there. */
function comparesOnePath(cond: Condition): boolean {
  return 'not' in cond ? comparesOnePath(cond.not) : 'cmp' in cond;
}

/** Lowers the operations of one step to statements. */
export class Lowering {
  readonly waits: Wait[] = [];
  guard: Expr = TRUE;
  private readonly memory: MemoryAccess;
  /** Blocking operations at the start of the step; anywhere else they would block in the middle of an atomic action. */
  private readonly leadingOps = new Set<Op>();

  /** `atEntry`: the step looks up the fd, so a return from it has no file reference to drop. */
  constructor(
    private readonly call: CallContext,
    private readonly step: StepSpec,
    private readonly labels: ReadonlyMap<string, number>,
    private readonly atEntry: boolean,
  ) {
    this.memory = new MemoryAccess(call);
  }

  /** The body of the step; also sets `guard` and `waits`. */
  run(scope: Scope): DraftStatement[] {
    if (!this.call.boundsOnly) this.guard = this.guardOf(this.step.ops, scope, TRUE);
    return this.lowerBlock(this.step.ops, scope);
  }

  /** When the blocking operation that the step starts with can proceed. */
  private guardOf(ops: readonly Op[], scope: Scope, when: Expr): Expr {
    const op = ops.find((o) => o.kind !== 'say');
    if (!op) return TRUE;
    this.leadingOps.add(op);
    if (op.kind === 'mutexLock') {
      const { cases } = scope.fields(op.mutex);
      for (const c of cases)
        this.waits.push({
          kind: 'mutex',
          field: c.field.index,
          ...rwsemOf(op),
          when: all([when, c.when]),
        });
      return binary('eq', scope.load(op.mutex), constant(0));
    }
    if (op.kind === 'waitForCompletion') {
      if (op.onTimeout && this.call.fault === this.step.id) return TRUE;
      for (const { field: f, object, when: here } of scope.fields(op.completion).cases) {
        const spec = object.spec.fields[f.name];
        const counter = spec?.kind === 'completion' ? object.fields[spec.counter] : undefined;
        if (counter === undefined)
          throw new Error(`${this.step.id}: ${op.completion} is not a completion with a counter`);
        this.waits.push({
          kind: 'completion',
          field: f.index,
          counter,
          when: all([when, here]),
        });
      }
      return binary('ne', scope.load(op.completion), constant(0));
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
          c.field.targets!.map((target, i) => {
            const points = all([c.when, binary('eq', field(c.field.index), constant(i + 1))]);
            const inner = scope.bind(op.as, scope.layout.objects[target]!);
            return any([not(points), this.guardOf(op.ops, inner, all([when, points]))]);
          }),
        ),
      );
    }
    return TRUE;
  }

  private lowerBlock(ops: readonly Op[], scope: Scope): DraftStatement[] {
    const out: DraftStatement[] = [];
    this.lowerAll(ops, scope, out);
    return out;
  }

  private lowerAll(ops: readonly Op[], scope: Scope, out: DraftStatement[]): void {
    for (const op of ops) {
      this.lower(op, scope, out);
      if (endsStep(out)) return;
    }
  }

  private lowerBranch(ops: readonly Op[], scope: Scope): readonly DraftStatement[] {
    return ops.length === 0
      ? NO_STATEMENTS
      : this.memory.inBranch(() => this.lowerBlock(ops, scope));
  }

  private lower(op: Op, scope: Scope, out: DraftStatement[]): void {
    if (
      (op.kind === 'mutexLock' || op.kind === 'waitForCompletion') &&
      !this.leadingOps.has(op) &&
      !this.call.boundsOnly
    )
      throw new Error(`${this.step.id}: ${op.kind} must be the first operation of its step`);
    const { memory } = this;
    const event = (template: EventTemplate, value?: Expr): DraftStatement =>
      emitEvent(this.call, template, value);
    const written = (f: number): DraftStatement =>
      event({ kind: 'write', field: f, release: false }, field(f));
    switch (op.kind) {
      case 'mutexLock':
        memory.flush(scope, out);
        return memory.write(op.mutex, constant(this.call.task + 1), scope, out, (f) =>
          event({ kind: 'lock', field: f, ...rwsemOf(op) }),
        );
      case 'mutexTrylock': {
        memory.flush(scope, out);
        memory.dereference(op.mutex, scope, out);
        const taken: DraftStatement[] = [];
        memory.write(op.mutex, constant(this.call.task + 1), scope, taken, (f) =>
          event({ kind: 'trylock', field: f, ...rwsemOf(op) }),
        );
        out.push({
          op: 'if',
          cond: binary('eq', scope.load(op.mutex), constant(0)),
          then: taken,
          otherwise: this.lowerBranch(op.otherwise, scope),
        });
        return;
      }
      case 'mutexUnlock':
        return memory.unlock(op.mutex, rwsemOf(op), scope, out);
      case 'spin':
        for (const inner of op.ops) this.lower(inner, scope, out);
        return;
      case 'store': {
        if (scope.isLink(op.field)) return; // There is one object that it can point to.
        // Pointer fields that the path may lead to can number their targets differently.
        const value = (target: Field): Expr => scope.value(op.value, target);
        memory.dereference(typeof op.value === 'string' ? op.value : undefined, scope, out);
        if (op.release) memory.flush(scope, out);
        const release = op.release === true;
        return memory.write(
          op.field,
          value,
          scope,
          out,
          (f) => event({ kind: 'write', field: f, release }, value(scope.layout.fields[f]!)),
          !release,
        );
      }
      case 'test':
        return this.lowerTest(op.cond, op.then, op.otherwise, scope, out);
      case 'staticTest':
        return this.lowerAll(
          this.call.evaluateStatic(op.test) ? op.then : op.otherwise,
          scope,
          out,
        );
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
      case 'forEachFd':
        for (const fd of scope.listArgument(op.arg)) {
          const matches = fd.key.fileKind !== undefined && op.kinds.includes(fd.key.fileKind);
          this.lowerAll(matches ? op.ops : op.otherwise, scope.bind(op.as, fd), out);
          if (endsStep(out)) return;
        }
        return;
      case 'refInc':
        return memory.changeCount(op.field, 1, scope, out);
      case 'add':
        return memory.changeCount(op.field, op.by, scope, out);
      case 'refDec':
        memory.changeCount(op.field, -1, scope, out);
        if (op.onZero.length > 0)
          out.push({
            op: 'if',
            cond: binary('eq', scope.load(op.field), constant(0)),
            then: this.lowerBranch(op.onZero, scope),
            otherwise: NO_STATEMENTS,
          });
        return;
      case 'refIncNotZero': {
        memory.dereference(op.field, scope, out);
        const increment: DraftStatement[] = [];
        memory.changeCount(op.field, 1, scope, increment);
        const isZero = binary('eq', scope.load(op.field), constant(0));
        memory.emitRead(op.field, scope, out);
        const then = this.lowerBranch(op.otherwise, scope);
        out.push({ op: 'if', cond: isZero, then, otherwise: increment });
        return;
      }
      case 'cmpxchg': {
        memory.flush(scope, out);
        const target = scope.fields(op.field).cases[0]!.field;
        memory.dereference(op.field, scope, out);
        memory.emitRead(op.field, scope, out);
        const exchange: DraftStatement[] = [];
        memory.write(op.field, scope.value(op.to, target), scope, exchange, written);
        out.push({
          op: 'if',
          cond: binary('eq', scope.load(op.field), scope.value(op.from, target)),
          then: exchange,
          otherwise: this.lowerBranch(op.otherwise, scope),
        });
        return;
      }
      case 'alloc':
      case 'free':
        return memory.allocOrFree(op.object, op.kind === 'alloc', scope, out);
      case 'fget':
        return memory.changeCount(`${op.file}.f_count`, 1, scope, out);
      case 'fput':
        return memory.fput(op.file, scope, out);
      case 'fdInstall':
        return this.installFd(out);
      case 'fdRemove':
        for (const { object: fd } of scope.objects(op.fd).cases)
          out.push(
            { op: 'set', field: fd.fields['installed']!, value: constant(0) },
            event({
              kind: 'fdRemove',
              fd: fd.key.fd!,
              process: fd.key.process!,
              object: fd.links['file']!.object,
            }),
          );
        return;
      case 'replaceFops':
        return memory.write(
          `${op.file}.f_op`,
          constant(op.to === 'normal' ? 1 : 0),
          scope,
          out,
          (f) => event({ kind: 'fops', object: scope.layout.fields[f]!.object, to: op.to }),
          true,
        );
      case 'complete':
        return memory.write(op.completion, constant(1), scope, out, (f) =>
          event({ kind: 'complete', field: f }),
        );
      case 'waitForCompletion':
        return this.waitForCompletion(op, scope, out);
      case 'cdevAdd':
        return memory.write(op.field, constant(1), scope, out, written);
      case 'cdevDel':
      case 'idaFree':
        return memory.write(op.field, constant(0), scope, out, written);
      case 'idaAlloc':
        return memory.write(op.field, (f) => lowestFreeNumber(f, scope), scope, out, written);
      case 'listAdd':
      case 'listDel':
        return memory.changeList(op, scope, out);
      case 'lookUp':
        return memory.lookUp(op, scope, out);
      case 'fail':
        return this.fail(op, op.reason, scope, out);
      case 'fallible':
        if (this.call.fault !== this.step.id) return;
        for (const inner of op.before ?? []) this.lower(inner, scope, out);
        return this.fail(op, `${op.what} fails: ${op.reason}`, scope, out, true);
      case 'onFault':
        if (this.call.fault !== this.step.id) return;
        out.push(event({ kind: 'say', text: op.what, injected: true }));
        return this.lowerAll(op.ops, scope, out);
      case 'goto':
        out.push(this.jump(op.to));
        return;
      case 'ret':
        return this.ret(out);
      case 'warnOn': {
        const cond = scope.condition(op.cond, (p) => memory.dereference(p, scope, out));
        out.push({
          op: 'if',
          cond,
          then: [event({ kind: 'warn', reason: op.reason })],
          otherwise: NO_STATEMENTS,
        });
        return;
      }
      case 'bugOn':
        return this.violationIf(op, 'dma-owner', `hits a BUG_ON: ${op.reason}`, scope, out);
      case 'violationIf':
        return this.violationIf(op, 'owner-exclusive', op.text, scope, out);
      case 'driverOp':
        return this.driverOp(op, scope, out);
      case 'say':
        out.push(event({ kind: 'say', text: op.text }));
        return;
      case 'bookkeep':
        out.push(...withoutEvents(this.lowerBlock(op.ops, scope)));
        return;
    }
  }

  private waitForCompletion(
    { completion, onTimeout = [] }: Extract<Op, { kind: 'waitForCompletion' }>,
    scope: Scope,
    out: DraftStatement[],
  ): void {
    this.memory.dereference(completion, scope, out);
    if (this.call.fault === this.step.id && onTimeout.length > 0)
      out.push({
        op: 'if',
        cond: binary('eq', scope.load(completion), constant(0)),
        then: [
          emitEvent(this.call, { kind: 'say', text: 'the wait times out', injected: true }),
          ...this.lowerBranch(onTimeout, scope),
        ],
        otherwise: NO_STATEMENTS,
      });
    for (const { field: f, when } of scope.fields(completion).cases) {
      const seen = emitEvent(this.call, { kind: 'wait', field: f.index });
      out.push(
        when === TRUE ? seen : { op: 'if', cond: when, then: [seen], otherwise: NO_STATEMENTS },
      );
    }
  }

  private violationIf(
    { cond, at }: { readonly cond: Condition; readonly at: StatePath },
    property: 'dma-owner' | 'owner-exclusive',
    text: string,
    scope: Scope,
    out: DraftStatement[],
  ): void {
    if (this.call.boundsOnly) return;
    const object = scope.objects(at).cases[0]!.object;
    out.push({
      op: 'if',
      cond: scope.condition(cond, (p) => this.memory.dereference(p, scope, out)),
      then: [violate(this.call, property, text, object)],
      otherwise: NO_STATEMENTS,
    });
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
        then: this.lowerBranch(then, scope),
        otherwise: this.lowerBranch(otherwise, scope),
      });
      return;
    }
    const e = scope.condition(cond, (p) => this.memory.dereference(p, scope, out));
    const paths: StatePath[] = [];
    scope.condition(cond, (p) => paths.push(p));
    const fields = paths.flatMap((p) => scope.fields(p).cases.map((c) => c.field.index));
    const acquire = hasAcquire(cond);
    const path = paths.length === 1 && comparesOnePath(cond) ? paths[0] : undefined;
    out.push(
      emitEvent(
        this.call,
        {
          kind: 'read',
          text: path === undefined ? readText(cond) : printPath(path),
          fields,
          acquire,
        },
        path === undefined ? e : scope.load(path),
      ),
    );
    this.memory.checkStaleLoad(fields, acquire, scope, out);
    out.push({
      op: 'if',
      cond: e,
      then: this.lowerBranch(then, scope),
      otherwise: this.lowerBranch(otherwise, scope),
    });
  }

  private lowerPointer(
    op: Extract<Op, { kind: 'withPointer' }>,
    scope: Scope,
    out: DraftStatement[],
  ): void {
    this.memory.dereference(op.pointer, scope, out);
    for (const c of scope.fields(op.pointer).cases) {
      if (!this.call.boundsOnly) {
        const isNull = all([c.when, binary('eq', field(c.field.index), constant(0))]);
        const text = `follows ${printPath(op.pointer)}, which is NULL`;
        out.push({
          op: 'if',
          cond: isNull,
          then: [violate(this.call, 'memory', text, c.object)],
          otherwise: NO_STATEMENTS,
        });
      }
      // The operations may change the pointer itself, so the cases are nested: one is chosen before any operation runs.
      const chain = c.field.targets!.reduceRight<readonly DraftStatement[]>(
        (rest, target, i) => [
          {
            op: 'if',
            cond: all([c.when, binary('eq', field(c.field.index), constant(i + 1))]),
            then: this.lowerBranch(op.ops, scope.bind(op.as, scope.layout.objects[target]!)),
            otherwise: rest,
          },
        ],
        [],
      );
      out.push(...chain);
    }
  }

  private installFd(out: DraftStatement[]): void {
    const created = this.call.createdFd;
    if (!created) throw new Error(`${this.step.id}: fdInstall in a call that creates no fd`);
    const { file, fd, name, process } = created;
    if (created.newFile) {
      out.push(
        { op: 'set', field: file.fields['f_count']!, value: constant(1) },
        { op: 'set', field: file.lifetime!, value: constant(1) },
      );
    }
    out.push(
      { op: 'set', field: fd.fields['installed']!, value: constant(1) },
      emitEvent(this.call, { kind: 'fdInstall', fd: name, process, object: file.index }),
    );
  }

  private driverOp(
    op: Extract<Op, { kind: 'driverOp' }>,
    scope: Scope,
    out: DraftStatement[],
  ): void {
    const file = op.file === undefined ? undefined : scope.objects(op.file).cases[0]!.object;
    out.push(emitEvent(this.call, { kind: 'driverOp', name: op.name, object: file?.index }));
    const bound = file?.key.fileKind && this.call.propertyInputs.bound[file.key.fileKind];
    if (!file || op.insideBind || !bound || this.call.boundsOnly) return;
    const unbound = not(this.call.scopeOf(file).condition(bound));
    const text = `runs the driver's ${op.name} op through ${file.name} before its bind is complete`;
    out.push({
      op: 'if',
      cond: unbound,
      then: [violate(this.call, 'no-ops-before-bind', text, file)],
      otherwise: NO_STATEMENTS,
    });
  }

  private fail(
    { errno, at, to }: Extract<Op, { kind: 'fail' | 'fallible' }>,
    reason: string,
    scope: Scope,
    out: DraftStatement[],
    injected = false,
  ): void {
    const object = at === undefined ? undefined : failingObject(at, scope);
    out.push(
      emitEvent(this.call, {
        kind: 'fail',
        errno,
        reason,
        object: object?.index,
        ...(injected ? { injected } : {}),
      }),
    );
    const { errnos, result, isRelease } = this.call;
    if (!isRelease) {
      if (!errnos.includes(errno)) errnos.push(errno);
      out.push({ op: 'set', field: result, value: constant(errnos.indexOf(errno) + 1) });
    }
    if (to === undefined) this.ret(out);
    else out.push(this.jump(to));
  }

  private ret(out: DraftStatement[]): void {
    const { call } = this;
    if (!call.isRelease) {
      if (call.heldFile && !this.atEntry) this.memory.putFile(call.heldFile, out);
      out.push(emitEvent(call, { kind: 'return', call: call.callIndex }, field(call.result)));
    }
    out.push({ op: 'exit' });
  }

  private jump(to: string): DraftStatement {
    const pc = this.labels.get(to);
    if (pc === undefined)
      throw new Error(
        `${this.step.id}: jump to unknown step ${to} (expected one of ${[...this.labels.keys()].join(', ')})`,
      );
    return { op: 'jump', pc };
  }
}

/** The object that a failure is shown at: `at` is the path of an object, or of one of its fields. */
function failingObject(at: StatePath, scope: Scope) {
  const path = at.includes('.') && !isObjectPath(at, scope) ? at.slice(0, at.lastIndexOf('.')) : at;
  return scope.objects(path).cases[0]?.object;
}

function isObjectPath(path: StatePath, scope: Scope): boolean {
  try {
    return scope.objects(path).cases.length > 0;
  } catch {
    return false;
  }
}

/** The lowest number that no other object of the type holds. */
function lowestFreeNumber(f: Field, scope: Scope): Expr {
  const object = scope.layout.objects[f.object]!;
  const others = scope.layout.objects
    .filter((o) => o.type === object.type && o !== object)
    .map((o) => o.fields[f.name]!);
  let lowest = constant(0);
  for (let n = f.hi; n >= 1; n--) {
    const taken = any(others.map((i) => binary('eq', field(i), constant(n))));
    lowest =
      taken.op === 'const' && taken.value === 0
        ? constant(n)
        : { op: 'select', cond: taken, a: lowest, b: constant(n) };
  }
  return lowest;
}

function rwsemOf({ rwsem }: { readonly rwsem?: RwsemMode }): { readonly rwsem?: RwsemMode } {
  return rwsem === undefined ? {} : { rwsem };
}

function hasAcquire(c: Condition): boolean {
  if ('all' in c) return c.all.some(hasAcquire);
  if ('any' in c) return c.any.some(hasAcquire);
  if ('not' in c) return hasAcquire(c.not);
  if ('exists' in c) return hasAcquire(c.where);
  return 'cmp' in c && c.acquire === true;
}
