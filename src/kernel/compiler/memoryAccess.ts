import { all, any, binary, constant, field, not, TRUE } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { Op, RwsemMode, StatePath } from '../language/primitives';
import { printPath } from '../language/printOps';
import { emitEvent, violate } from './callContext';
import type { CallContext } from './callContext';
import { flushStore, NO_STATEMENTS } from './draftStatements';
import type { DraftStatement } from './draftStatements';
import type { Field, ObjectSlot } from './program';
import type { FieldCase, Scope } from './scope';

/**
 * Loads and stores of one step, each with the checks that the machine makes on the way: NULL pointers, freed objects,
 * counter ranges, list corruption. Remembers what the step has already checked, so that no check is repeated.
 */
export class MemoryAccess {
  /** Objects already checked on this branch. */
  private knownLive = new Set<number>();
  /** Constants that the step has stored on this branch, by field. */
  private knownValues = new Map<number, number>();

  constructor(private readonly call: CallContext) {}

  /** Runs `lowerBranch`; what it learns about the state is forgotten afterwards. */
  inBranch<T>(lowerBranch: () => T): T {
    const { knownLive, knownValues } = this;
    this.knownLive = new Set(knownLive);
    this.knownValues = new Map(knownValues);
    const result = lowerBranch();
    this.knownLive = knownLive;
    this.knownValues = knownValues;
    return result;
  }

  /** Checks every pointer and object that `path` goes through. */
  dereference(path: StatePath | undefined, scope: Scope, out: DraftStatement[]): void {
    if (path === undefined || this.call.boundsOnly) return;
    const { cases, dereferences, intermediates } = scope.fields(path);
    for (const c of intermediates) this.checkLive(c, out);
    for (const { when, pointer } of dereferences) {
      const violation = this.call.memoize(`null ${pointer.index}`, () =>
        violate(
          this.call,
          'memory',
          `follows ${pointer.title}, which is NULL`,
          scope.layout.objects[pointer.object],
        ),
      );
      out.push({
        op: 'if',
        cond: all([when, binary('eq', field(pointer.index), constant(0))]),
        then: [violation],
        otherwise: NO_STATEMENTS,
      });
    }
    for (const c of cases) {
      // Whether an embedded object is in a map is a field of the map.
      const inMap =
        c.object.lifetime === undefined && memberOf(c.object, c.field.name) !== undefined;
      // The kernel sets it while it opens the file; the model's file is live only from fd_install on.
      const isNewFile = c.field.name === 'private_data';
      if (!inMap && !isNewFile) this.checkLive(c, out);
    }
  }

  /** The object that embeds this one, directly; the object itself if none does. */
  private outerObject(object: ObjectSlot): ObjectSlot {
    return (
      this.call.objects.find((o) =>
        Object.values(o.links).some((l) => l.edge === 'embedded' && l.object === object.index),
      ) ?? object
    );
  }

  private checkLive(c: Pick<FieldCase, 'when' | 'object'>, out: DraftStatement[]): void {
    // An embedded object lives as long as the object around it.
    const object = c.object.lifetime === undefined ? this.outerObject(c.object) : c.object;
    const { lifetime } = object;
    if (lifetime === undefined || this.knownLive.has(object.index) || !this.call.mayBeFreed(object))
      return;
    const violation = this.call.memoize(`dead ${object.index}`, () =>
      violate(
        this.call,
        'memory',
        `uses ${object.name} (${object.type}), which is not allocated (freed or never allocated)`,
        object,
      ),
    );
    const check = (when: Expr): DraftStatement => ({
      op: 'if',
      cond: all([when, binary('ne', field(lifetime), constant(1))]),
      then: [violation],
      otherwise: NO_STATEMENTS,
    });
    out.push(
      c.when === TRUE
        ? this.call.memoize(`alive ${object.index}`, () => check(TRUE))
        : check(c.when),
    );
    this.knownLive.add(object.index);
  }

  /** Lowers `make` for each field that the path may lead to, under its condition if there are several. */
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
  flush(scope: Scope, out: DraftStatement[]): void {
    for (const [flag, buffer] of scope.roots.storeBuffers?.own ?? [])
      out.push(flushStore(flag, buffer));
  }

  /** Emits a read event with the value at `path`. */
  emitRead(path: StatePath, scope: Scope, out: DraftStatement[]): void {
    if (this.call.boundsOnly) return;
    const fields = scope.fields(path).cases.map((c) => c.field.index);
    out.push(
      emitEvent(
        this.call,
        { kind: 'read', text: printPath(path), fields, acquire: false },
        scope.load(path),
      ),
    );
  }

  /** Stores `value`; a plain store of an access flag goes to the store buffer, if the world has them. */
  write(
    path: StatePath,
    value: Expr | ((target: Field) => Expr),
    scope: Scope,
    out: DraftStatement[],
    event: (field: number) => DraftStatement,
    plain = false,
  ): void {
    this.forEachField(path, scope, out, (c, branch) => {
      const buffer = plain ? scope.roots.storeBuffers?.own.get(c.field.index) : undefined;
      const stored = typeof value === 'function' ? value(c.field) : value;
      branch.push(
        buffer === undefined
          ? { op: 'set', field: c.field.index, value: stored }
          : { op: 'set', field: buffer, value: binary('add', stored, constant(1)) },
        event(c.field.index),
      );
    });
    this.forgetValue(path, scope);
    const { cases } = scope.fields(path);
    if (cases.length === 1 && typeof value !== 'function' && value.op === 'const')
      this.knownValues.set(cases[0]!.field.index, value.value);
  }

  private forgetValue(path: StatePath, scope: Scope): void {
    for (const c of scope.fields(path).cases) this.knownValues.delete(c.field.index);
  }

  /** Releases a mutex; one that the task does not hold is a lock-order violation. */
  unlock(
    mutex: StatePath,
    rwsem: { readonly rwsem?: RwsemMode },
    scope: Scope,
    out: DraftStatement[],
  ): void {
    const owner = this.call.task + 1;
    this.flush(scope, out);
    this.forEachField(mutex, scope, out, (c, branch) => {
      const { index, title } = c.field;
      const release: DraftStatement[] = [
        { op: 'set', field: index, value: constant(0) },
        emitEvent(this.call, { kind: 'unlock', field: index, ...rwsem }),
      ];
      if (this.knownValues.get(index) === owner) branch.push(...release);
      else
        branch.push({
          op: 'if',
          cond: binary('eq', field(index), constant(owner)),
          then: release,
          otherwise: [
            this.call.memoize(`unheld ${index}`, () =>
              violate(this.call, 'lock-order', `releases ${title} without holding it`, c.object),
            ),
          ],
        });
    });
    this.forgetValue(mutex, scope);
  }

  /** Links or unlinks a list node; linking a linked node or unlinking an unlinked one is a memory violation. */
  changeList(
    op: Extract<Op, { kind: 'listAdd' | 'listDel' }>,
    scope: Scope,
    out: DraftStatement[],
  ): void {
    const adds = op.kind === 'listAdd';
    this.forEachField(op.field, scope, out, (c, branch) => {
      const text = adds
        ? `adds ${c.object.name} to ${op.list} while it is already in a list: the list is corrupted`
        : `removes ${c.object.name} from ${op.list}, but it is in no list`;
      const value = !adds
        ? constant(0)
        : op.head === undefined
          ? constant(1)
          : scope.value({ addressOf: op.head }, c.field);
      branch.push(
        {
          op: 'if',
          cond: binary(adds ? 'ne' : 'eq', field(c.field.index), constant(0)),
          then: [violate(this.call, 'memory', text, c.object)],
          otherwise: NO_STATEMENTS,
        },
        { op: 'set', field: c.field.index, value },
        emitEvent(
          this.call,
          { kind: 'write', field: c.field.index, release: false },
          field(c.field.index),
        ),
      );
    });
    this.forgetValue(op.field, scope);
  }

  /** Looks through a list or map: a member that is freed is a memory violation. */
  lookUp(op: Extract<Op, { kind: 'lookUp' }>, scope: Scope, out: DraftStatement[]): void {
    if (this.call.boundsOnly) return;
    const { object, field: linkage } = scope.fields(op.field).cases[0]!;
    for (const member of this.call.objects) {
      if (member.type !== object.type) continue;
      if (op.matchOn !== undefined && member.key[op.matchOn] !== object.key[op.matchOn]) continue;
      const outer = member.lifetime === undefined ? this.outerObject(member) : member;
      if (outer.lifetime === undefined || !this.call.mayBeFreed(outer)) continue;
      const structure = memberOf(member, linkage.name) ?? op.call;
      out.push({
        op: 'if',
        cond: all([
          binary('ne', field(member.fields[linkage.name]!), constant(0)),
          binary('ne', field(outer.lifetime), constant(1)),
        ]),
        then: [
          violate(
            this.call,
            'memory',
            `looks through ${structure} and meets ${outer.name}, which is freed`,
            outer,
          ),
        ],
        otherwise: NO_STATEMENTS,
      });
    }
  }

  /** Reports each list, map, ida or xarray that still leads to an object that is being freed, or to one embedded in it. */
  private checkNotMember(object: ObjectSlot, out: DraftStatement[]): void {
    const embedded = Object.values(object.links)
      .filter((l) => l.edge === 'embedded')
      .map((l) => this.call.objects[l.object]!)
      .filter((o) => o.lifetime === undefined);
    for (const part of [object, ...embedded]) {
      for (const [name, index] of Object.entries(part.fields)) {
        const structure = memberOf(part, name);
        if (structure === undefined || this.knownValues.get(index) === 0) continue;
        out.push({
          op: 'if',
          cond: binary('ne', field(index), constant(0)),
          then: [
            violate(
              this.call,
              'memory',
              `frees ${object.name} while ${structure} still leads to it`,
              object,
            ),
          ],
          otherwise: NO_STATEMENTS,
        });
      }
    }
  }

  /** Adds 1 or -1 to a counter; leaving its range is a counters violation. */
  changeCount(path: StatePath, by: 1 | -1, scope: Scope, out: DraftStatement[]): void {
    this.forEachField(path, scope, out, (c, branch) => {
      const { index } = c.field;
      branch.push(
        this.call.memoize(`count ${index} ${by}`, () =>
          this.changeCounter(this.call.boundedField(index), c.object, by),
        ),
      );
      const f = this.call.boundedField(index);
      if (by < 0 && f.lo < 0 && !this.call.boundsOnly) {
        branch.push(
          this.call.memoize(`below ${f.index}`, () => ({
            op: 'if',
            cond: binary('lt', field(f.index), constant(0)),
            then: [violate(this.call, 'counters', `decrements ${f.title} below zero`, c.object)],
            otherwise: NO_STATEMENTS,
          })),
        );
      }
    });
  }

  private changeCounter(f: Field, object: ObjectSlot, by: 1 | -1): DraftStatement {
    const value = binary(by > 0 ? 'add' : 'sub', field(f.index), constant(1));
    if (this.call.boundsOnly) return { op: 'set', field: f.index, value };
    const limit = by > 0 ? f.hi : f.lo;
    const change: DraftStatement[] = [
      { op: 'set', field: f.index, value },
      emitEvent(this.call, { kind: 'count', field: f.index, by }, field(f.index)),
    ];
    const text =
      by > 0
        ? `increments ${f.title} above its bound ${limit}`
        : `decrements ${f.title} below ${limit}`;
    return {
      op: 'if',
      cond: binary('eq', field(f.index), constant(limit)),
      then: [violate(this.call, 'counters', text, object)],
      otherwise: change,
    };
  }

  /** Allocates or frees an object; freeing one that is not live or still a member of something is a memory violation. */
  allocOrFree(path: StatePath, allocates: boolean, scope: Scope, out: DraftStatement[]): void {
    for (const { object, when } of scope.objects(path).cases) {
      const { lifetime } = object;
      if (lifetime === undefined) throw new Error(`${path}: ${object.type} has no lifetime`);
      const body: DraftStatement[] = [];
      if (!allocates) {
        if (!this.call.boundsOnly) this.checkNotMember(object, body);
        body.push({
          op: 'if',
          cond: binary('ne', field(lifetime), constant(1)),
          then: [
            violate(
              this.call,
              'memory',
              `frees ${object.name}, which is not allocated (a double free)`,
              object,
            ),
          ],
          otherwise: NO_STATEMENTS,
        });
      } else {
        for (const index of Object.values(object.fields)) {
          const f = scope.layout.fields[index]!;
          // The table of its kind of file says which fops a new file has.
          if (object.type === 'file' && f.name === 'f_op') continue;
          if (f.init !== 0 || scope.layout.fields[lifetime]!.init !== 0)
            body.push({ op: 'set', field: index, value: constant(0) });
        }
      }
      body.push(
        { op: 'set', field: lifetime, value: constant(allocates ? 1 : 2) },
        emitEvent(this.call, { kind: allocates ? 'alloc' : 'free', object: object.index }),
      );
      if (when === TRUE) out.push(...body);
      else out.push({ op: 'if', cond: when, then: body, otherwise: NO_STATEMENTS });
      if (allocates) this.knownLive.add(object.index);
      else this.knownLive.delete(object.index);
    }
  }

  /** Drops a reference of the file at `path`. */
  fput(path: StatePath, scope: Scope, out: DraftStatement[]): void {
    this.forEachField(`${path}.f_count`, scope, out, (c, branch) => this.putFile(c.object, branch));
  }

  /** Drops a file reference; the last one queues the release callback for this task's return to user. */
  putFile(file: ObjectSlot, out: DraftStatement[]): void {
    const count = file.fields['f_count']!;
    this.call.addReleasable(file);
    out.push(
      this.call.memoize(`drop ${file.index} ${this.call.task}`, () => ({
        op: 'if',
        cond: binary('eq', field(count), constant(0)),
        then: [violate(this.call, 'counters', `decrements ${file.name}.f_count below 0`, file)],
        otherwise: [
          { op: 'set', field: count, value: binary('sub', field(count), constant(1)) },
          emitEvent(this.call, { kind: 'count', field: count, by: -1 }, field(count)),
          {
            op: 'if',
            cond: binary('eq', field(count), constant(0)),
            otherwise: NO_STATEMENTS,
            then: [
              { op: 'set', field: file.fields['releaser']!, value: constant(this.call.task + 1) },
              emitEvent(this.call, { kind: 'queueRelease', object: file.index }),
            ],
          },
        ],
      })),
    );
  }

  /**
   * Reports `publication` for a load of an access flag whose newer value is still in another task's store buffer, and
   * for a plain load that sees normal access before the bind is complete.
   */
  checkStaleLoad(
    fields: readonly number[],
    acquires: boolean,
    scope: Scope,
    out: DraftStatement[],
  ): void {
    for (const index of fields) {
      const buffers = scope.roots.storeBuffers?.others.get(index);
      if (!buffers) continue;
      const f = scope.layout.fields[index]!;
      const stale = any(
        buffers.map((b) =>
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
          violate(
            this.call,
            'publication',
            `reads a stale ${f.title}: the newer value is still in the writer's store buffer`,
            scope.layout.objects[f.object],
          ),
        ],
        otherwise: NO_STATEMENTS,
      });
      const { file: fileName } = scope.roots.ownKey;
      const file =
        fileName === undefined || acquires
          ? undefined
          : scope.layout.objects.find((o) => o.type === 'file' && o.key.file === fileName);
      const kind = file?.key.fileKind;
      const normalAccess = kind && this.call.propertyInputs.normalAccess[kind];
      const bound = kind && this.call.propertyInputs.bound[kind];
      if (!file || !normalAccess || !bound) continue;
      const fileScope = this.call.scopeOf(file);
      out.push({
        op: 'if',
        cond: all([fileScope.condition(normalAccess), not(fileScope.condition(bound))]),
        then: [
          violate(
            this.call,
            'publication',
            `sees normal access through ${file.name} before its bind is complete`,
            file,
          ),
        ],
        otherwise: NO_STATEMENTS,
      });
    }
  }
}

/** The list, map, ida or xarray that leads to the object while this field is non-zero. */
function memberOf(object: ObjectSlot, name: string): string | undefined {
  const spec = object.spec.fields[name];
  return spec !== undefined && 'memberOf' in spec ? spec.memberOf : undefined;
}
