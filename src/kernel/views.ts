import type { DesignModel } from './design';
import { all, any, binary, constant, field } from './expr';
import type { Expr } from './expr';
import type { Instances } from './instances';
import { findObject } from './layout';
import type { Layout } from './layout';
import type { CounterCheck, Program, ProgramFile } from './program';
import { Scope } from './scope';

/** The struct files of a scenario, with what the properties ask of them. */
export function resolveFiles(model: DesignModel, instances: Instances, layout: Layout): ProgramFile[] {
  const { normalAccess, bound, owner, ownsDma, kvm } = model.views;
  return instances.files.map(f => {
    const scope = viewScope(layout, f.anchor);
    const object = findObject(layout.objects, 'file', f.anchor)!;
    const alive = (e: Expr): Expr => all([binary('eq', field(object.life!), constant(1)), e]);
    const access = normalAccess[f.kind];
    const done = bound[f.kind];
    const path = owner[f.kind];
    return {
      name: f.name, kind: f.kind, by: f.by, object: object.index,
      normal: access && alive(scope.condition(access)),
      bound: done && alive(scope.condition(done)),
      owner: path === undefined ? undefined : scope.load(path),
      ownerTargets: path === undefined ? [] : scope.places(path).cases[0]?.field.targets ?? [],
      ownsDma: ownsDma?.[f.kind] && scope.condition(ownsDma[f.kind]!),
      kvmIsOwn: kvm && f.kind === 'cdev' ? scope.condition({ cmp: 'eq', a: kvm.device, b: kvm.file }) : undefined,
      device: f.anchor.device, group: f.anchor.group,
    };
  });
}

/** The fd-table places of a scenario. */
export function resolveFds(instances: Instances, layout: Layout): Program['fds'] {
  return instances.fds.map(f => ({
    name: f.name, process: f.process, file: instances.files.findIndex(x => x.name === f.file), installed: findObject(layout.objects, 'fd', instances.fdAnchor(f.name)!)!.fields['installed']!, call: f.call,
  }));
}

/** Every counter with a law, and all that may hold it. */
export function resolveCounters(model: DesignModel, layout: Layout): CounterCheck[] {
  return model.views.counters.flatMap(law => {
    const [type, name] = law.counter.split('.');
    return layout.objects.filter(o => o.type === type).map((o): CounterCheck => ({
      field: o.fields[name!]!,
      law,
      holders: law.holders.flatMap(h => layout.objects.filter(x => x.type === h.type).flatMap(x => {
        const scope = viewScope(layout, x.anchor);
        if (h.fileKinds && !(x.anchor.fileKind && h.fileKinds.includes(x.anchor.fileKind))) return [];
        if (!playable(scope, h.to)) return [];
        const to = scope.objects(h.to).cases.filter(c => c.object.index === o.index);
        if (to.length === 0) return [];
        const when = all([any(to.map(c => c.when)), scope.condition(h.when)]);
        return when.op === 'const' && !when.value ? [] : [{ object: x.index, when, weight: h.weight ?? 1, why: h.why }];
      })),
    }));
  });
}

/** Memory as it is, seen from no task. */
function viewScope(layout: Layout, main: Scope['names']['main']): Scope {
  return new Scope(layout, { main, args: {}, bound: {}, task: -1 });
}

/** Whether the role that a holder's path starts with exists for this object. */
function playable(scope: Scope, path: string): boolean {
  const role = path.split('.')[0]!;
  return scope.layout.objects.some(o => o.spec.role === role && findObject(scope.layout.objects, o.type, scope.names.main) === o);
}
