import { everyKey } from '../language/printOps';
import type { DeviceFilter, StaticNumber } from '../language/staticNumber';

/** A bound or initial value: `1 + files(cdev|device, same group)`. */
export function printStaticNumber(n: StaticNumber): string {
  if (typeof n === 'number') return String(n);
  if ('devices' in n) return `devices(${printFilter(n.devices)})`;
  if ('groups' in n) return 'groups()';
  if ('files' in n)
    return `files(${n.files.join('|')}${n.same === undefined ? '' : `, same ${n.same}`})`;
  if ('calls' in n) return `calls(${n.calls})`;
  if ('position' in n) return `position(${n.position})`;
  if ('sum' in n)
    return n.sum.length < 2
      ? `sum(${n.sum.map(printStaticNumber).join('')})`
      : n.sum.map((term) => printTerm(term, 'sum')).join(' + ');
  if ('times' in n) return `${n.times} * ${printTerm(n.of, 'product')}`;
  if ('any' in n) return `any(${printStaticNumber(n.any)})`;
  const [condition, then, otherwise] = [n.if, n.then, n.otherwise].map(printStaticNumber);
  return `(${condition} ? ${then} : ${otherwise})`;
}

function printTerm(n: StaticNumber, inside: 'sum' | 'product'): string {
  const nested =
    typeof n !== 'number' &&
    (('sum' in n && n.sum.length > 1) || (inside === 'product' && 'times' in n));
  return nested ? `(${printStaticNumber(n)})` : printStaticNumber(n);
}

function printFilter({ same, registered, kernelDriver, noiommu, ...rest }: DeviceFilter): string {
  everyKey(rest);
  return [
    ...(same === undefined ? [] : [`same ${same}`]),
    ...(registered ? ['registered'] : []),
    ...(kernelDriver ? ['kernel_driver'] : []),
    ...(noiommu === undefined ? [] : [noiommu ? 'noiommu' : 'with_iommu']),
  ].join(', ');
}
