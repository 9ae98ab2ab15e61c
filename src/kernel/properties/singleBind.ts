import { all } from '../expr';
import { isOpen, pairs } from './property';
import type { Property } from './property';

/** I1': one cdev file per device has normal access. */
export const singleBind: Property = {
  id: 'single-bind',
  source: "I1'",
  title: 'One bound cdev fd per device',
  statement:
    'On the cdev path at most one open file of a device has normal access; every later bind is refused.',
  applies: (p) => p.files.some((f) => f.kind === 'cdev' && f.normal),
  seenIn: 'state',
  checks: (p) =>
    pairs(p.files.filter((f) => f.kind === 'cdev' && f.normal))
      .filter(([a, b]) => a.device === b.device)
      .map(([a, b]) => ({
        property: 'single-bind',
        bad: all([a.normal!, b.normal!, isOpen(p, a), isOpen(p, b)]),
        text: `${a.name} (${a.by}) and ${b.name} (${b.by}) are both cdev files of ${a.device} with normal access`,
        object: b.object,
      })),
};
