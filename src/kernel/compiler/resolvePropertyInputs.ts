import type { DesignModel } from '../language/design';
import { all, any, binary, constant, field, TRUE } from '../language/expressions';
import type { Expr } from '../language/expressions';
import { printCondition } from '../language/printOps';
import type { CounterSpec } from '../language/propertyInputs';
import type { World } from '../language/world';
import type { Instances } from './instances';
import { findObject } from './stateLayout';
import type { StateLayout } from './stateLayout';
import type {
  ResolvedCounter,
  ResolvedStatedProperty,
  ResolvedUnregisterDelay,
  ObjectSlot,
  Program,
  ProgramFile,
} from './program';
import { Scope } from './scope';

/** The struct files of a scenario, with what the properties ask of them. */
export function resolveFiles(
  model: DesignModel,
  instances: Instances,
  layout: StateLayout,
): ProgramFile[] {
  const { normalAccess, bound, ownerContext: owner, ownsDma, kvm } = model.propertyInputs;
  return instances.files.map((f) => {
    const scope = memoryScope(layout, f.key);
    const object = findObject(layout.objects, 'file', f.key)!;
    const whileLive = (e: Expr): Expr =>
      all([binary('eq', field(object.lifetime!), constant(1)), e]);
    const access = normalAccess[f.kind];
    const done = bound[f.kind];
    const path = owner[f.kind];
    const recordedKvm = kvm?.file[f.kind];
    return {
      name: f.name,
      kind: f.kind,
      by: f.by,
      object: object.index,
      normalAccess: access && whileLive(scope.condition(access)),
      bound: done && whileLive(scope.condition(done)),
      ownerContext: path === undefined ? undefined : scope.load(path),
      ownerTargets: path === undefined ? [] : (scope.fields(path).cases[0]?.field.targets ?? []),
      ownsDma: ownsDma?.[f.kind] && scope.condition(ownsDma[f.kind]!),
      kvmMatches:
        kvm && recordedKvm !== undefined
          ? scope.condition({ cmp: 'eq', a: kvm.device, b: recordedKvm })
          : undefined,
      device: f.key.device,
      group: f.key.group,
    };
  });
}

/** The files that may hold up each device's removal. */
export function resolveUnregisterDelays(
  model: DesignModel,
  instances: Instances,
  layout: StateLayout,
  { devices }: World,
): ResolvedUnregisterDelay[] {
  return devices.flatMap(({ name }) => {
    const key = instances.deviceKey(name)!;
    return model.propertyInputs.unregisterDelays.flatMap(({ fileKinds, of, when }) => {
      const condition = when === undefined ? TRUE : memoryScope(layout, key).condition(when);
      return instances.files.flatMap((f, file): ResolvedUnregisterDelay[] =>
        fileKinds.includes(f.kind) && (of === 'any' || f.key[of] === key[of])
          ? [{ device: name, file, when: condition }]
          : [],
      );
    });
  });
}

/** The properties that the design states. */
export function resolveStated(model: DesignModel, layout: StateLayout): ResolvedStatedProperty[] {
  return (model.propertyInputs.stated ?? []).map(({ name, holds, text }) => ({
    name,
    holds: memoryScope(layout, {}).condition(holds),
    text: text === '' ? `${printCondition(holds)} is false` : text,
  }));
}

/** The fd-table entries of a scenario. */
export function resolveFds(instances: Instances, layout: StateLayout): Program['fds'] {
  return instances.fds.map((f) => ({
    name: f.name,
    process: f.process,
    file: instances.files.findIndex((x) => x.name === f.file),
    installed: findObject(layout.objects, 'fd', instances.fdKey(f.name)!)!.fields['installed']!,
    call: f.call,
  }));
}

/** Every counter of the design's `CounterSpec`s with its possible holders. */
export function resolveCounters(
  counters: readonly CounterSpec[],
  layout: StateLayout,
): ResolvedCounter[] {
  const scopes = new Map<ObjectSlot, Scope>();
  const scopeOf = (x: ObjectSlot): Scope => {
    const scope = scopes.get(x) ?? memoryScope(layout, x.key);
    scopes.set(x, scope);
    return scope;
  };
  return counters.flatMap((counter) => {
    const [type, name] = counter.counter.split('.');
    // Iterate over holders, not over counters: a holder's path is resolved once.
    const held = new Map<number, ResolvedCounter['holders'][number][]>();
    for (const h of counter.holders) {
      for (const x of layout.objects) {
        if (
          x.type !== h.type ||
          (h.fileKinds && !(x.key.fileKind && h.fileKinds.includes(x.key.fileKind)))
        )
          continue;
        const scope = scopeOf(x);
        if (!hasRole(scope, h.countsOn)) continue;
        const conditions = new Map<number, Expr[]>();
        for (const { object, when } of scope.objects(h.countsOn).cases)
          conditions.set(object.index, [...(conditions.get(object.index) ?? []), when]);
        for (const [object, whens] of conditions) {
          const when = all([any(whens), scope.condition(h.when)]);
          if (when.op === 'const' && !when.value) continue;
          const holder = { object: x.index, when, weight: h.weight ?? 1, label: h.label };
          const list = held.get(object);
          if (list) list.push(holder);
          else held.set(object, [holder]);
        }
      }
    }
    return layout.objects
      .filter((o) => o.type === type)
      .map((o): ResolvedCounter => ({
        field: o.fields[name!]!,
        spec: counter,
        holders: held.get(o.index) ?? [],
      }));
  });
}

/** Memory without store buffers, seen from no task. */
function memoryScope(layout: StateLayout, ownKey: Scope['roots']['ownKey']): Scope {
  return new Scope(layout, { ownKey, argumentKeys: {}, boundObjects: {}, task: -1 });
}

/** Whether the role that a holder's path starts with exists for this object. */
function hasRole(scope: Scope, path: string): boolean {
  const type = scope.layout.roles.get(path.split('.')[0]!);
  return (
    type !== undefined && findObject(scope.layout.objects, type, scope.roots.ownKey) !== undefined
  );
}
