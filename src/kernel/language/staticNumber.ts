import type { InstanceCounts, InstanceKey } from './instanceKey';
import type { CallName, FileKind } from './world';

/** Which devices of the world to count: those with the same value under `same` as the object, registered or with a kernel driver before the first call, with or without an IOMMU. */
export interface DeviceFilter {
  readonly same?: 'device' | 'group' | 'devset';
  readonly registered?: true;
  readonly kernelDriver?: true;
  /** With or without an IOMMU. */
  readonly noiommu?: boolean;
}

/** A number that the scenario alone decides, per object instance: a bound or an initial value. */
export type StaticNumber =
  | number
  | { readonly devices: DeviceFilter }
  /** How many groups the devices of the world are in. */
  | { readonly groups: 'all' }
  /** Files of these kinds; with `same`, those that agree with the object on this key. */
  | { readonly files: readonly FileKind[]; readonly same?: keyof InstanceKey }
  /** Calls of this name in the scenario. */
  | { readonly calls: CallName }
  /** The position, from 1, of the object's device or group among those that are registered before the first call; 0 if it is not. */
  | { readonly position: 'device' | 'group' }
  | { readonly sum: readonly StaticNumber[] }
  | { readonly times: number; readonly of: StaticNumber }
  /** 1 if the number is not zero, else 0. */
  | { readonly any: StaticNumber }
  | {
      readonly if: StaticNumber;
      readonly then: StaticNumber;
      readonly otherwise: StaticNumber;
    };

/** The devices of the world, or those that the filter names. */
export const countDevices = (filter: DeviceFilter = {}): StaticNumber => ({ devices: filter });
export const countGroups: StaticNumber = { groups: 'all' };
export const countFiles = (kinds: readonly FileKind[], same?: keyof InstanceKey): StaticNumber => ({
  files: kinds,
  ...(same === undefined ? {} : { same }),
});
export const countCalls = (name: CallName): StaticNumber => ({ calls: name });
export const sumOf = (...terms: readonly StaticNumber[]): StaticNumber => ({ sum: terms });
export const timesOf = (factor: number, of: StaticNumber): StaticNumber => ({ times: factor, of });
export const anyOfCount = (of: StaticNumber): StaticNumber => ({ any: of });
export const positionOf = (what: 'device' | 'group'): StaticNumber => ({ position: what });

/** The value for the instance with this key. */
export function evaluateStaticNumber(
  n: StaticNumber,
  key: InstanceKey,
  counts: InstanceCounts,
): number {
  const value = (term: StaticNumber): number => evaluateStaticNumber(term, key, counts);
  const { devices } = counts.world;
  if (typeof n === 'number') return n;
  if ('devices' in n) {
    const { same, registered, kernelDriver, noiommu } = n.devices;
    return devices.filter(
      (d) =>
        (same === undefined ||
          key[same] === { device: d.name, group: d.group, devset: d.devset ?? d.name }[same]) &&
        (!registered || d.registered !== false) &&
        (!kernelDriver || d.kernelDriver === true) &&
        (noiommu === undefined || (d.noiommu === true) === noiommu),
    ).length;
  }
  if ('groups' in n) return new Set(devices.map((d) => d.group)).size;
  if ('files' in n) return counts.files(n.files, n.same);
  if ('calls' in n) return counts.calls(n.calls);
  if ('position' in n) {
    const registered = devices.filter((d) => d.registered !== false);
    return n.position === 'device'
      ? registered.findIndex((d) => d.name === key.device) + 1
      : [...new Set(registered.map((d) => d.group))].indexOf(key.group ?? '') + 1;
  }
  if ('sum' in n) return n.sum.reduce<number>((total, term) => total + value(term), 0);
  if ('times' in n) return n.times * value(n.of);
  if ('any' in n) return value(n.any) === 0 ? 0 : 1;
  return value(n.if) === 0 ? value(n.otherwise) : value(n.then);
}
