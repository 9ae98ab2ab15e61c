import type { InstanceKey } from '../language/instanceKey';
import {
  all,
  any,
  binary,
  constant,
  field,
  not,
  conditional,
  FALSE,
  TRUE,
} from '../language/expressions';
import type { Expr } from '../language/expressions';
import { findObject } from './stateLayout';
import type { StateLayout } from './stateLayout';
import type { Condition, IommufdArgument, Operand, StatePath } from '../language/primitives';
import type { Field, ObjectSlot } from './program';

/** An object that a path can lead to, and the condition for it. */
export interface ObjectCase {
  readonly when: Expr;
  readonly object: ObjectSlot;
}

/** A field that a path can lead to, and the condition for it. */
export interface FieldCase {
  readonly when: Expr;
  readonly field: Field;
  readonly object: ObjectSlot;
}

/** A pointer that the path follows; NULL in it is a memory violation. */
interface PointerHop {
  readonly when: Expr;
  readonly pointer: Field;
  readonly path: string;
}

/** Store buffers, by field index of the flag: the field that holds a task's own delayed store (0 none, v+1 pending), and those of the other tasks. */
export interface StoreBuffers {
  readonly own: ReadonlyMap<number, number>;
  readonly others: ReadonlyMap<number, readonly number[]>;
}

/** What a step's paths can start with: roles seen from its own key or from an argument, or a bound object. */
export interface PathRoots {
  readonly ownKey: InstanceKey;
  readonly argumentKeys: Readonly<Record<string, InstanceKey>>;
  readonly boundObjects: Readonly<Record<string, ObjectSlot>>;
  readonly task: number;
  /** Only in a call. */
  readonly fdNumber?: (arg: IommufdArgument) => number;
  /** Only if the world models store buffers, and only for what a task itself reads. */
  readonly storeBuffers?: StoreBuffers;
}

/** A resolved path: its targets, the pointers it follows, and the objects in between (`df` in `df.device`). */
interface ResolvedPath<T> {
  readonly cases: readonly T[];
  readonly dereferences: readonly PointerHop[];
  readonly intermediates: readonly ObjectCase[];
}

/** Resolved paths from one set of roots: each operation resolves its paths several times. */
export interface ResolutionCache {
  readonly objects: Map<StatePath, ResolvedPath<ObjectCase>>;
  readonly fields: Map<StatePath, ResolvedPath<FieldCase>>;
  readonly bound: Map<string, ResolutionCache>;
}

/** An empty cache, for scopes of one layout with equal own key, arguments and bound objects. */
export function emptyResolutionCache(): ResolutionCache {
  return { objects: new Map(), fields: new Map(), bound: new Map() };
}

/** Turns paths, values and conditions of one step into expressions over fields. */
export class Scope {
  constructor(
    readonly layout: StateLayout,
    readonly roots: PathRoots,
    private readonly cache: ResolutionCache = emptyResolutionCache(),
  ) {}

  /** The same scope with role `as` bound to one object. */
  bind(as: string, object: ObjectSlot): Scope {
    const key = `${as} ${object.index}`;
    const cache = this.cache.bound.get(key) ?? emptyResolutionCache();
    this.cache.bound.set(key, cache);
    return new Scope(
      this.layout,
      { ...this.roots, boundObjects: { ...this.roots.boundObjects, [as]: object } },
      cache,
    );
  }

  /** The objects that a path can lead to. Throws if the path names no object. */
  objects(path: StatePath): ResolvedPath<ObjectCase> {
    const known = this.cache.objects.get(path) ?? this.findObjects(path);
    this.cache.objects.set(path, known);
    return known;
  }

  /** The fields that a path can lead to. Throws if the path names no field. */
  fields(path: StatePath): ResolvedPath<FieldCase> {
    const known = this.cache.fields.get(path) ?? this.findFields(path);
    this.cache.fields.set(path, known);
    return known;
  }

  private findObjects(path: StatePath): ResolvedPath<ObjectCase> {
    const [first, ...rest] = path.split('.');
    const dereferences: PointerHop[] = [];
    const intermediates: ObjectCase[] = [];
    let cases: readonly ObjectCase[] = this.rootObjects(first!, path, dereferences);
    for (const name of rest) {
      intermediates.push(...cases);
      cases = cases.flatMap((c) => {
        const link = c.object.links[name];
        if (link) return [{ when: c.when, object: this.layout.objects[link.object]! }];
        return this.follow(c.when, this.fieldOf(c.object, name, path), path, dereferences);
      });
    }
    return { cases, dereferences, intermediates };
  }

  private follow(
    when: Expr,
    pointer: Field,
    path: string,
    dereferences: PointerHop[],
  ): ObjectCase[] {
    if (!pointer.targets) throw new Error(`${path}: ${pointer.title} is not a pointer`);
    dereferences.push({ when, pointer, path });
    return pointer.targets.map((t, i) => ({
      when: all([when, binary('eq', field(pointer.index), constant(i + 1))]),
      object: this.layout.objects[t]!,
    }));
  }

  private findFields(path: StatePath): ResolvedPath<FieldCase> {
    const dot = path.lastIndexOf('.');
    if (dot < 0) throw new Error(`${path}: expected role.field, got a role only`);
    const { cases, dereferences, intermediates } = this.objects(path.slice(0, dot));
    return {
      intermediates,
      cases: cases.map((c) => ({
        when: c.when,
        object: c.object,
        field: this.fieldOf(c.object, path.slice(dot + 1), path),
      })),
      dereferences,
    };
  }

  /** The value at a path; 0 if a pointer on the path is NULL. */
  load(path: StatePath): Expr {
    return this.fields(path).cases.reduceRight<Expr>(
      (rest, c) => conditional(c.when, this.read(c.field.index), rest),
      constant(0),
    );
  }

  /** A field as this task sees it: its own delayed store first. */
  private read(index: number): Expr {
    const buffer = this.roots.storeBuffers?.own.get(index);
    return buffer === undefined
      ? field(index)
      : conditional(
          binary('ne', field(buffer), constant(0)),
          binary('sub', field(buffer), constant(1)),
          field(index),
        );
  }

  /** A value in the numbering of `target`: each pointer field numbers its own targets. */
  value(v: Operand, target?: Field): Expr {
    if (typeof v === 'number') return constant(v);
    if (typeof v !== 'string' && 'enumValue' in v) return constant(v.enumValue);
    if (typeof v !== 'string' && 'currentTask' in v) return constant(this.roots.task + 1);
    if (typeof v !== 'string' && 'fdNumber' in v)
      return constant(this.roots.fdNumber?.(v.fdNumber) ?? 0);
    if (typeof v !== 'string') {
      return this.objects(v.addressOf).cases.reduceRight<Expr>(
        (rest, c) =>
          conditional(c.when, constant(this.pointerValue(c.object, target, v.addressOf)), rest),
        constant(0),
      );
    }
    return this.fields(v).cases.reduceRight<Expr>(
      (rest, c) => conditional(c.when, this.renumberPointer(c.field, target), rest),
      constant(0),
    );
  }

  /** A condition as an expression; `visitPath` is called with each path that it reads. */
  condition(c: Condition, visitPath: (path: StatePath) => void = () => {}): Expr {
    if ('all' in c) return all(c.all.map((t) => this.condition(t, visitPath)));
    if ('any' in c) return any(c.any.map((t) => this.condition(t, visitPath)));
    if ('not' in c) return not(this.condition(c.not, visitPath));
    if ('exists' in c)
      return any(
        this.candidates(c).map((s) => all([s.condition({ live: c.as }), s.condition(c.where)])),
      );
    if ('files' in c) {
      const group = this.roots.boundObjects[c.has]?.key.group;
      const has = this.listArgument(c.files).some(
        ({ key }) => key.fileKind === 'group' && key.group === group,
      );
      return has ? TRUE : FALSE;
    }
    if ('live' in c) {
      return any(
        this.objects(c.live).cases.map((k) =>
          all([
            k.when,
            k.object.lifetime === undefined
              ? TRUE
              : binary('eq', field(k.object.lifetime), constant(1)),
          ]),
        ),
      );
    }
    const [a, b] = [this.linkedObject(c.a), this.linkedObject(c.b)];
    if (a !== undefined && b !== undefined)
      return c.cmp === 'eq' ? this.areSame(a, b) : not(this.areSame(a, b));
    if ([c.a, c.b].some((v) => typeof v === 'string' && this.isLink(v)))
      return c.cmp === 'ne' ? TRUE : FALSE; // A link is never NULL.
    for (const v of [c.a, c.b]) if (typeof v === 'string') visitPath(v);
    const pointers = [...this.pointerFields(c.a), ...this.pointerFields(c.b)];
    // Pointer fields can number their targets differently: convert both sides to one numbering.
    const target = pointers[0] && {
      ...pointers[0],
      targets: [...new Set(pointers.flatMap((f) => f.targets ?? []))],
    };
    return binary(
      c.cmp,
      target ? this.value(c.a, target) : this.value(c.a),
      target ? this.value(c.b, target) : this.value(c.b),
    );
  }

  /** Whether a path is a link, a pointer that never changes. */
  isLink(path: StatePath): boolean {
    const dot = path.lastIndexOf('.');
    return (
      dot >= 0 &&
      this.objects(path.slice(0, dot)).cases.some((c) => path.slice(dot + 1) in c.object.links)
    );
  }

  /** The path of the object that an operand is the address of; undefined for a value. */
  private linkedObject(v: Operand): StatePath | undefined {
    if (typeof v === 'string') return this.isLink(v) ? v : undefined;
    return typeof v !== 'number' && 'addressOf' in v ? v.addressOf : undefined;
  }

  private areSame(a: StatePath, b: StatePath): Expr {
    const theirs = this.objects(b).cases;
    return any(
      this.objects(a).cases.flatMap((x) =>
        theirs.filter((y) => y.object === x.object).map((y) => all([x.when, y.when])),
      ),
    );
  }

  /** The fds of a list argument, in the order of the list. */
  listArgument(arg: string): readonly ObjectSlot[] {
    const fds: ObjectSlot[] = [];
    for (let key; (key = this.roots.argumentKeys[`${arg}.${fds.length}`]);)
      fds.push(findObject(this.layout.objects, 'fd', key)!);
    return fds;
  }

  /** This scope with `as` bound to each object that `exists` ranges over. */
  private candidates({
    exists,
    as,
    matchOn,
    of,
  }: Extract<Condition, { readonly exists: string }>): readonly Scope[] {
    const own = of === undefined ? this.roots.ownKey : this.roots.boundObjects[of]?.key;
    return this.layout.objects
      .filter(
        (o) =>
          o.spec.role === exists && (matchOn === undefined || o.key[matchOn] === own?.[matchOn]),
      )
      .map((o) => this.bind(as, o));
  }

  private pointerFields(v: Operand): Field[] {
    return typeof v === 'string'
      ? this.fields(v).cases.flatMap((c) => (c.field.targets ? [c.field] : []))
      : [];
  }

  private renumberPointer(source: Field, target: Field | undefined): Expr {
    const own = source.targets;
    const theirs = target?.targets;
    if (!own || !theirs || (own.length <= theirs.length && own.every((t, i) => theirs[i] === t)))
      return this.read(source.index);
    return own.reduceRight<Expr>(
      (rest, t, i) =>
        conditional(
          binary('eq', field(source.index), constant(i + 1)),
          constant(theirs.indexOf(t) + 1),
          rest,
        ),
      constant(0),
    );
  }

  private pointerValue(object: ObjectSlot, target: Field | undefined, path: string): number {
    if (!target?.targets)
      throw new Error(
        `the address of ${path} is compared with or stored in a field that is not a pointer`,
      );
    const index = target.targets.indexOf(object.index);
    // An address that the field can never hold gets a number that none of its values has.
    return index < 0 ? target.targets.length + 1 : index + 1;
  }

  private rootObjects(
    first: string,
    path: StatePath,
    dereferences: PointerHop[],
  ): readonly ObjectCase[] {
    const object = this.rootObject(first, path);
    const pointer =
      first in this.roots.boundObjects || this.roots.ownKey.generation !== undefined
        ? undefined
        : this.pointerToEither(object);
    return pointer ? this.follow(TRUE, pointer, path, dereferences) : [{ when: TRUE, object }];
  }

  /** The pointer that tells which of two objects with one key is meant: of the group file, else of the device. */
  private pointerToEither({ spec, key, index }: ObjectSlot): Field | undefined {
    if (spec.successor !== true || key.generation !== undefined) return undefined;
    const { ownKey, argumentKeys } = this.roots;
    const file = [argumentKeys['fd'], ownKey].find((k) => k?.fileKind === 'group');
    const holders = [
      ...(file ? [{ type: 'file', key: file }] : []),
      ...this.layout.objects.filter(
        (o) => o.spec.per === 'device' && o.key.device === ownKey.device,
      ),
    ];
    for (const holder of holders) {
      const object = findObject(this.layout.objects, holder.type, holder.key);
      for (const i of Object.values(object?.fields ?? {})) {
        const f = this.layout.fields[i]!;
        if (f.edge !== 'hidden' && f.targets?.includes(index)) return f;
      }
    }
    return undefined;
  }

  private rootObject(first: string, path: StatePath): ObjectSlot {
    const slash = first.indexOf('/');
    const arg = slash < 0 ? undefined : first.slice(0, slash);
    const role = first.slice(slash + 1);
    if (arg === undefined) {
      const bound = this.roots.boundObjects[role];
      if (bound) return bound;
    }
    const argument =
      arg === undefined
        ? undefined
        : (this.roots.boundObjects[arg]?.key ?? this.roots.argumentKeys[arg]);
    if (arg !== undefined && !argument)
      throw new Error(`${path}: no argument or bound object ${arg}`);
    const key = argument ? { ...this.roots.ownKey, ...argument } : this.roots.ownKey;
    const type = this.layout.roles.get(role);
    const object = type === undefined ? undefined : findObject(this.layout.objects, type, key);
    if (!object) throw new Error(`${path}: no object has role ${role} for ${JSON.stringify(key)}`);
    return object;
  }

  private fieldOf(object: ObjectSlot, name: string, path: StatePath): Field {
    const index = name === 'life' ? object.lifetime : object.fields[name];
    if (index === undefined) throw new Error(`${path}: ${object.type} has no field ${name}`);
    return this.layout.fields[index]!;
  }
}
