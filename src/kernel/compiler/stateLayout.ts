import type { DesignModel, EdgeKind, FieldSpec } from '../language/design';
import type { InstanceKey } from '../language/instanceKey';
import { evaluateStaticNumber } from '../language/staticNumber';
import type { StaticNumber } from '../language/staticNumber';
import {
  automaticHwpt,
  GRANULARITY_KEYS,
  instanceKeysOf,
  instanceCountsFor,
  objectTypes,
} from './instances';
import type { Instances } from './instances';
import type { Field, ObjectSlot } from './program';

/** What the first pass found for a field: the number of increments and decrements, and the largest constant stored. */
export interface FieldBounds {
  increments: number;
  decrements: number;
  maxStored: number;
  written: boolean;
}

/** The objects and fields of a scenario; the compiler appends the fields of tasks and calls. */
export interface StateLayout {
  readonly objects: readonly ObjectSlot[];
  readonly fields: Field[];
  /** Object type by role, for the types that have an object. */
  readonly roles: ReadonlyMap<string, string>;
}

interface FieldDraft {
  index: number;
  object: number;
  name: string;
  title: string;
  spec: FieldSpec | undefined;
  key: InstanceKey;
}

/** A name with the values of an instance in the place of `{key}`. */
function instanceName(template: string, key: InstanceKey): string {
  const name = template.replace(/\{(\w+)\}/g, (_, k: string) => key[k as keyof InstanceKey] ?? '?');
  return key.generation === undefined ? name : `${name} (second)`;
}

/** Gives every object instance its slot and every field its index, range and start value. */
export function layOutState(
  model: DesignModel,
  instances: Instances,
  tasks: number,
  bounds?: readonly FieldBounds[],
): StateLayout {
  const objects: ObjectSlot[] = [];
  const drafts: FieldDraft[] = [];
  const isRecreated = (type: string, { group }: InstanceKey): boolean =>
    group !== undefined &&
    instances.recreatedGroups.includes(group) &&
    model.objects.some((o) => o.type === type && o.successor);
  for (const spec of objectTypes(model)) {
    for (const key of instanceKeysOf(spec, instances)) {
      const index = objects.length;
      const name = instanceName(spec.name, key);
      const fields: Record<string, number> = {};
      const draft = (field: string, s: FieldSpec | undefined): number => {
        drafts.push({
          index: drafts.length,
          object: index,
          name: field,
          title: `${name}.${field}`,
          spec: s,
          key,
        });
        return drafts.length - 1;
      };
      for (const [field, s] of Object.entries(spec.fields)) {
        if (s.kind !== 'link') fields[field] = draft(field, s);
        else if (isRecreated(s.type, key)) fields[field] = draft(field, pointerTo(s.type, s.edge));
      }
      if (spec.type === 'file') {
        fields['releaser'] = draft('releaser', undefined);
        const data = key.fileKind && model.privateData[key.fileKind];
        if (data !== undefined && isRecreated(data, key))
          fields['private_data'] = draft('private_data', pointerTo(data, 'pointer', false));
      }
      const life = spec.lifetime ? draft('life', undefined) : undefined;
      objects.push({
        index,
        type: spec.type,
        name,
        key,
        spec,
        fields,
        links: {},
        ...(life === undefined ? {} : { lifetime: life }),
      });
    }
  }
  linkObjects(objects, model);
  const targetsOf = makeTargetLookup(objects);
  const fields = drafts.map((d) =>
    makeField(d, objects, model, instances, tasks, targetsOf, bounds?.[d.index]),
  );
  return {
    objects,
    fields,
    roles: new Map(objects.toReversed().map((o) => [o.spec.role, o.type])),
  };
}

/** What a link becomes if there are two objects that it can lead to. */
function pointerTo(type: string, edge: EdgeKind, set = true): FieldSpec {
  return {
    kind: 'pointer',
    types: [type],
    matchOn: 'group',
    ...(set ? { init: type } : {}),
    edge,
  };
}

/** The objects of one type by their key. */
interface InstanceIndex {
  readonly keys: readonly (keyof InstanceKey)[];
  readonly byKeyText: Map<string, ObjectSlot>;
}

const instanceIndexes = new WeakMap<readonly ObjectSlot[], ReadonlyMap<string, InstanceIndex>>();

/** The object of `type` with the key values of `key` (for an ioas without a name: the compat ioas of the file). `objects` must be complete, since its index is cached. */
export function findObject(
  objects: readonly ObjectSlot[],
  type: string,
  key: InstanceKey,
): ObjectSlot | undefined {
  let types = instanceIndexes.get(objects);
  if (!types) instanceIndexes.set(objects, (types = indexByType(objects)));
  const found = types.get(type);
  const text = found && instanceKeyText(found.keys, key);
  return text === undefined
    ? undefined
    : (found?.byKeyText.get(text + (key.generation ?? '')) ?? found?.byKeyText.get(text));
}

function indexByType(objects: readonly ObjectSlot[]): ReadonlyMap<string, InstanceIndex> {
  const types = new Map<string, InstanceIndex>();
  for (const o of objects) {
    const keys = GRANULARITY_KEYS[o.spec.per];
    const own = types.get(o.type) ?? { keys, byKeyText: new Map<string, ObjectSlot>() };
    if (own.keys !== keys) throw new Error(`object type ${o.type} has two granularities`);
    types.set(o.type, own);
    const key = instanceKeyText(own.keys, o.key);
    if (key === undefined) continue;
    const text = key + (o.key.generation ?? '');
    if (!own.byKeyText.has(text)) own.byKeyText.set(text, o);
  }
  return types;
}

/** The values of these keys as one text; undefined if one is missing. */
function instanceKeyText(
  keys: readonly (keyof InstanceKey)[],
  at: InstanceKey,
): string | undefined {
  let key = '';
  for (const k of keys) {
    const value = at[k] ?? impliedKey(k, at);
    if (value === undefined) return undefined;
    key += `${value}\n`;
  }
  return key;
}

/** Without a name of an ioas the compat ioas of the file is meant, without one of a page table the automatic one of the ioas. */
function impliedKey(k: keyof InstanceKey, at: InstanceKey): string | undefined {
  if (k === 'ioas') return at.file === undefined ? undefined : `${at.file}.compat`;
  if (k !== 'hwpt') return undefined;
  const ioas = at.ioas ?? impliedKey('ioas', at);
  return ioas === undefined ? undefined : automaticHwpt(ioas);
}

function linkObjects(objects: ObjectSlot[], model: DesignModel): void {
  for (const o of objects) {
    const links = o.links as Record<string, ObjectSlot['links'][string]>;
    for (const [name, s] of Object.entries(o.spec.fields)) {
      if (s.kind !== 'link' || name in o.fields) continue;
      const target = findObject(objects, s.type, o.key);
      if (target) links[name] = { object: target.index, edge: s.edge };
    }
    const data =
      o.type === 'file' && o.key.fileKind ? model.privateData[o.key.fileKind] : undefined;
    const target = data === undefined ? undefined : findObject(objects, data, o.key);
    if (target && !('private_data' in o.fields))
      links['private_data'] = { object: target.index, edge: 'pointer' };
    const file = o.type === 'fd' ? findObject(objects, 'file', o.key) : undefined;
    if (file) links['file'] = { object: file.index, edge: 'reference' };
  }
}

type PointerSpec = Extract<FieldSpec, { kind: 'pointer' }>;
type TargetLookup = (spec: PointerSpec, from: InstanceKey) => readonly number[];

/** The targets of a pointer; one shared list per spec and value of its `matchOn` key. */
function makeTargetLookup(objects: readonly ObjectSlot[]): TargetLookup {
  const lists = new Map<PointerSpec, Map<string | undefined, readonly number[]>>();
  return (s, from) => {
    const own = lists.get(s) ?? new Map<string | undefined, readonly number[]>();
    lists.set(s, own);
    const here = s.matchOn && from[s.matchOn];
    const known =
      own.get(here) ??
      objects
        .filter(
          (o) =>
            s.types.includes(o.type) &&
            (s.matchOn === undefined ||
              o.key[s.matchOn] === undefined ||
              o.key[s.matchOn] === here) &&
            (s.fileKinds === undefined ||
              (o.key.fileKind !== undefined && s.fileKinds.includes(o.key.fileKind))),
        )
        .map((o) => o.index);
    own.set(here, known);
    return known;
  };
}

function makeField(
  d: FieldDraft,
  objects: readonly ObjectSlot[],
  model: DesignModel,
  instances: Instances,
  tasks: number,
  targetsOf: TargetLookup,
  b: FieldBounds | undefined,
): Field {
  const staticValue = (v: StaticNumber | undefined, otherwise: number): number =>
    v === undefined
      ? otherwise
      : evaluateStaticNumber(v, d.key, instanceCountsFor(instances, d.key));
  // A second object does not exist at the start.
  const initialValue = (v: StaticNumber | undefined): number =>
    d.key.generation === undefined ? staticValue(v, 0) : 0;
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
      init: initialValue(slot.spec.lifetime?.liveAtStart) === 0 ? 0 : 1,
    };
  }
  switch (s.kind) {
    case 'int':
    case 'refcount': {
      const init = initialValue(s.init);
      const lo = s.lo ?? 0;
      const hi = Math.max(staticValue(s.hi, 0), init);
      if (!b) return { ...base, kind: s.kind, lo, hi, init };
      const max = Math.max(init, b.maxStored) + b.increments;
      return {
        ...base,
        kind: s.kind,
        lo: Math.max(lo, Math.min(init, 0) - b.decrements),
        hi: Math.min(hi, max),
        init,
      };
    }
    case 'bool':
      return { ...base, kind: 'bool', lo: 0, hi: 1, init: initialValue(s.init) };
    case 'mutex':
      return { ...base, kind: 'mutex', lo: 0, hi: tasks, init: 0 };
    case 'completion':
      return { ...base, kind: 'completion', lo: 0, hi: 1, init: 0 };
    case 'number':
      return {
        ...base,
        kind: 'number',
        lo: 0,
        // Second objects take numbers too.
        hi:
          staticValue(s.hi, 1) +
          (objects[d.object]!.spec.successor ? instances.recreatedGroups.length : 0),
        init: initialValue(s.init),
      };
    case 'enum': {
      const parked =
        d.name === 'f_op' &&
        objects[d.object]!.type === 'file' &&
        model.parkedFileKinds.includes(d.key.fileKind!);
      return {
        ...base,
        kind: 'enum',
        lo: 0,
        hi: s.values.length - 1,
        init: parked ? 0 : initialValue(s.init),
        enumValues: s.values,
      };
    }
    case 'pointer': {
      const targets = targetsOf(s, d.key);
      const start =
        s.init === undefined || d.key.generation !== undefined
          ? undefined
          : findObject(objects, s.init, d.key);
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
