import type { Anchor, DesignModel, FieldSpec } from './design';
import { ANCHOR_KEYS, anchorsOf, censusFor, objectTypes } from './instances';
import type { Instances } from './instances';
import type { Field, ObjectSlot } from './program';

/** Bounds that a first pass over the program found for a field: how often it is counted up and down, and the largest constant stored. */
export interface Bounds {
  ups: number;
  downs: number;
  stored: number;
  written: boolean;
}

/** The objects and fields of a scenario, tasks and calls not yet among them. */
export interface Layout {
  readonly objects: readonly ObjectSlot[];
  readonly fields: Field[];
  /** Object type by the role that it plays, of those that have an object. */
  readonly roles: ReadonlyMap<string, string>;
}

interface Draft {
  index: number;
  object: number;
  name: string;
  title: string;
  spec: FieldSpec | undefined;
  anchor: Anchor;
}

/** Gives every object instance its slot and every field its index, range and start value. */
export function layOut(
  model: DesignModel,
  instances: Instances,
  tasks: number,
  bounds?: readonly Bounds[],
): Layout {
  const objects: ObjectSlot[] = [];
  const drafts: Draft[] = [];
  for (const spec of objectTypes(model)) {
    for (const anchor of anchorsOf(spec, instances)) {
      const index = objects.length;
      const name = spec.name(anchor);
      const fields: Record<string, number> = {};
      const draft = (field: string, s: FieldSpec | undefined): number => {
        drafts.push({
          index: drafts.length,
          object: index,
          name: field,
          title: `${name}.${field}`,
          spec: s,
          anchor,
        });
        return drafts.length - 1;
      };
      for (const [field, s] of Object.entries(spec.fields))
        if (s.kind !== 'link') fields[field] = draft(field, s);
      if (spec.type === 'file') fields['releaser'] = draft('releaser', undefined);
      const life = spec.life ? draft('life', undefined) : undefined;
      objects.push({
        index,
        type: spec.type,
        name,
        anchor,
        spec,
        fields,
        links: {},
        ...(life === undefined ? {} : { life }),
      });
    }
  }
  linkObjects(objects, model);
  const targetsOf = targetLists(objects);
  const fields = drafts.map((d) =>
    makeField(d, objects, model, instances, tasks, targetsOf, bounds?.[d.index]),
  );
  return {
    objects,
    fields,
    roles: new Map(objects.toReversed().map((o) => [o.spec.role, o.type])),
  };
}

/** The objects of one type, by where they stand. */
interface Kin {
  readonly keys: readonly (keyof Anchor)[];
  readonly at: Map<string, ObjectSlot>;
}

const kin = new WeakMap<readonly ObjectSlot[], ReadonlyMap<string, Kin>>();

/** The object of `type` that agrees with `anchor` on the keys that the type is made for; of an iommufd's ioases, the compat one where none is named. The list of objects must be complete. */
export function findObject(
  objects: readonly ObjectSlot[],
  type: string,
  at: Anchor,
): ObjectSlot | undefined {
  let types = kin.get(objects);
  if (!types) kin.set(objects, (types = kinOf(objects)));
  const found = types.get(type);
  const key = found && placeKey(found.keys, at);
  return key === undefined ? undefined : found?.at.get(key);
}

function kinOf(objects: readonly ObjectSlot[]): ReadonlyMap<string, Kin> {
  const types = new Map<string, Kin>();
  for (const o of objects) {
    const keys = ANCHOR_KEYS[o.spec.per];
    const own = types.get(o.type) ?? { keys, at: new Map<string, ObjectSlot>() };
    if (own.keys !== keys)
      throw new Error(`objects of type ${o.type} are made for two kinds of place`);
    types.set(o.type, own);
    const key = placeKey(own.keys, o.anchor);
    if (key !== undefined && !own.at.has(key)) own.at.set(key, o);
  }
  return types;
}

/** One text for the anchor's values of these keys; undefined where it lacks one. */
function placeKey(keys: readonly (keyof Anchor)[], at: Anchor): string | undefined {
  let key = '';
  for (const k of keys) {
    const value =
      at[k] ?? (k === 'ioas' && at.file !== undefined ? `${at.file}.compat` : undefined);
    if (value === undefined) return undefined;
    key += `${value}\n`;
  }
  return key;
}

function linkObjects(objects: ObjectSlot[], model: DesignModel): void {
  for (const o of objects) {
    const links = o.links as Record<string, ObjectSlot['links'][string]>;
    for (const [name, s] of Object.entries(o.spec.fields)) {
      if (s.kind !== 'link') continue;
      const target = findObject(objects, s.type, o.anchor);
      if (target) links[name] = { object: target.index, edge: s.edge };
    }
    const data =
      o.type === 'file' && o.anchor.fileKind ? model.privateData[o.anchor.fileKind] : undefined;
    const target = data === undefined ? undefined : findObject(objects, data, o.anchor);
    if (target) links['private_data'] = { object: target.index, edge: 'pointer' };
    const file = o.type === 'fd' ? findObject(objects, 'file', o.anchor) : undefined;
    if (file) links['file'] = { object: file.index, edge: 'reference' };
  }
}

type PointerSpec = Extract<FieldSpec, { kind: 'pointer' }>;
type TargetsOf = (spec: PointerSpec, from: Anchor) => readonly number[];

/** What a pointer at an anchor may lead to; one list for all pointers of one spec that agree on its `same`. */
function targetLists(objects: readonly ObjectSlot[]): TargetsOf {
  const lists = new Map<PointerSpec, Map<string | undefined, readonly number[]>>();
  return (s, from) => {
    const own = lists.get(s) ?? new Map<string | undefined, readonly number[]>();
    lists.set(s, own);
    const here = s.same && from[s.same];
    const known =
      own.get(here) ??
      objects
        .filter(
          (o) =>
            s.types.includes(o.type) &&
            (s.same === undefined || o.anchor[s.same] === undefined || o.anchor[s.same] === here) &&
            (s.fileKinds === undefined ||
              (o.anchor.fileKind !== undefined && s.fileKinds.includes(o.anchor.fileKind))),
        )
        .map((o) => o.index);
    own.set(here, known);
    return known;
  };
}

function makeField(
  d: Draft,
  objects: readonly ObjectSlot[],
  model: DesignModel,
  instances: Instances,
  tasks: number,
  targetsOf: TargetsOf,
  b: Bounds | undefined,
): Field {
  const from = (
    v: number | ((a: Anchor, c: ReturnType<typeof censusFor>) => number) | undefined,
    otherwise: number,
  ): number =>
    v === undefined
      ? otherwise
      : typeof v === 'number'
        ? v
        : v(d.anchor, censusFor(instances, d.anchor));
  const base = {
    index: d.index,
    object: d.object,
    name: d.name,
    title: d.title,
    constant: b ? !b.written : false,
  };
  const s = d.spec;
  if (!s) {
    const slot = objects[d.object]!;
    if (d.name === 'releaser') return { ...base, kind: 'task', lo: 0, hi: tasks, init: 0 };
    return {
      ...base,
      kind: 'life',
      lo: 0,
      hi: 2,
      init: slot.spec.life?.live?.(d.anchor, instances.census.world) ? 1 : 0,
    };
  }
  switch (s.kind) {
    case 'int':
    case 'refcount': {
      const init = from(s.init, 0);
      const lo = s.lo ?? 0;
      const hi = Math.max(from(s.hi, 0), init);
      if (!b) return { ...base, kind: s.kind, lo, hi, init };
      const most = Math.max(init, b.stored) + b.ups;
      return {
        ...base,
        kind: s.kind,
        lo: Math.max(lo, Math.min(init, 0) - b.downs),
        hi: Math.min(hi, most),
        init,
      };
    }
    case 'bool':
      return { ...base, kind: 'bool', lo: 0, hi: 1, init: from(s.init, 0) };
    case 'mutex':
      return { ...base, kind: 'mutex', lo: 0, hi: tasks, init: 0 };
    case 'completion':
      return { ...base, kind: 'completion', lo: 0, hi: 1, init: 0 };
    case 'number':
      return { ...base, kind: 'number', lo: 0, hi: from(s.hi, 1), init: from(s.init, 0) };
    case 'enum': {
      const parked =
        d.name === 'f_op' &&
        objects[d.object]!.type === 'file' &&
        model.parked.includes(d.anchor.fileKind!);
      return {
        ...base,
        kind: 'enum',
        lo: 0,
        hi: s.words.length - 1,
        init: parked ? 0 : from(s.init, 0),
        words: s.words,
      };
    }
    case 'pointer': {
      const targets = targetsOf(s, d.anchor);
      const start = s.init === undefined ? undefined : findObject(objects, s.init, d.anchor);
      return {
        ...base,
        kind: 'pointer',
        lo: 0,
        hi: targets.length,
        init: start ? targets.indexOf(start.index) + 1 : 0,
        targets,
        edge: s.edge,
      };
    }
    case 'link':
      throw new Error(`${d.title}: a link has no state`);
  }
}
