import { all } from '../language/expressions';
import { isOpen, unorderedPairs } from './property';
import type { Property } from './property';

/** At most one cdev file per device has normal access. */
export const singleBind: Property = {
  id: 'single-bind',
  order: 2,
  label: "I1'",
  cite: "docs/kernel-facts.md, I1'",
  title: 'One bound cdev fd per device',
  statement:
    'On the cdev path at most one open file of a device has normal access; every later bind fails.',
  consequence: 'Two files are bound to one device at the same time.',
  appliesTo: (p) => p.files.some((f) => f.kind === 'cdev' && f.normalAccess),
  detectedIn: 'state',
  checks: (p) =>
    unorderedPairs(p.files.filter((f) => f.kind === 'cdev' && f.normalAccess))
      .filter(([a, b]) => a.device === b.device)
      .map(([a, b]) => ({
        property: 'single-bind',
        violatedWhen: all([a.normalAccess!, b.normalAccess!, isOpen(p, a), isOpen(p, b)]),
        text: `${a.name} (${a.by}) and ${b.name} (${b.by}) are both cdev files of ${a.device} with normal access`,
        object: b.object,
      })),
};
