import type { DesignModel } from '../language/design';
import { all, any, binary, constant, field } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { Instances } from './instances';
import { findObject } from './stateLayout';
import type { StateLayout } from './stateLayout';
import type { ResolvedCounter, ObjectSlot, Program, ProgramFile } from './program';
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
    const alive = (e: Expr): Expr => all([binary('eq', field(object.lifetime!), constant(1)), e]);
    const access = normalAccess[f.kind];
    const done = bound[f.kind];
    const path = owner[f.kind];
    return {
      name: f.name,
      kind: f.kind,
      by: f.by,
      object: object.index,
      normalAccess: access && alive(scope.condition(access)),
      bound: done && alive(scope.condition(done)),
      ownerContext: path === undefined ? undefined : scope.load(path),
      ownerTargets: path === undefined ? [] : (scope.fields(path).cases[0]?.field.targets ?? []),
      ownsDma: ownsDma?.[f.kind] && scope.condition(ownsDma[f.kind]!),
      kvmMatches:
        kvm && f.kind === 'cdev'
          ? scope.condition({ cmp: 'eq', a: kvm.device, b: kvm.file })
          : undefined,
      device: f.key.device,
      group: f.key.group,
    };
  });
}

/** The fd-table places of a scenario. */
export function resolveFds(instances: Instances, layout: StateLayout): Program['fds'] {
  return instances.fds.map((f) => ({
    name: f.name,
    process: f.process,
    file: instances.files.findIndex((x) => x.name === f.file),
    installed: findObject(layout.objects, 'fd', instances.fdKey(f.name)!)!.fields['installed']!,
    call: f.call,
  }));
}

/** Every counter with a law, and all that may hold it. */
export function resolveCounters(model: DesignModel, layout: StateLayout): ResolvedCounter[] {
  const scopes = new Map<ObjectSlot, Scope>();
  const scopeOf = (x: ObjectSlot): Scope => {
    const scope = scopes.get(x) ?? memoryScope(layout, x.key);
    scopes.set(x, scope);
    return scope;
  };
  return model.propertyInputs.counters.flatMap((law) => {
    const [type, name] = law.counter.split('.');
    // From each holder to the objects that it may count for, not from each object to all that may hold it.
    const held = new Map<number, ResolvedCounter['holders'][number][]>();
    for (const h of law.holders) {
      for (const x of layout.objects) {
        if (
          x.type !== h.type ||
          (h.fileKinds && !(x.key.fileKind && h.fileKinds.includes(x.key.fileKind)))
        )
          continue;
        const scope = scopeOf(x);
        if (!hasRole(scope, h.countsOn)) continue;
        const ways = new Map<number, Expr[]>();
        for (const { object, when } of scope.objects(h.countsOn).cases)
          ways.set(object.index, [...(ways.get(object.index) ?? []), when]);
        for (const [object, whens] of ways) {
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
        spec: law,
        holders: held.get(o.index) ?? [],
      }));
  });
}

/** Memory as it is, seen from no task. */
function memoryScope(layout: StateLayout, main: Scope['roots']['ownKey']): Scope {
  return new Scope(layout, { ownKey: main, argumentKeys: {}, boundObjects: {}, task: -1 });
}

/** Whether the role that a holder's path starts with exists for this object. */
function hasRole(scope: Scope, path: string): boolean {
  const type = scope.layout.roles.get(path.split('.')[0]!);
  return (
    type !== undefined && findObject(scope.layout.objects, type, scope.roots.ownKey) !== undefined
  );
}
