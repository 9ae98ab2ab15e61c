import type { Property } from './property';

/** A reader that sees the access flag also sees the finished bind. Needs the store buffers of the world. */
export const publication: Property = {
  id: 'publication',
  order: 6,
  label: 'I5',
  cite: 'docs/kernel-facts.md, I5',
  title: 'Access is published last',
  statement:
    'A task that sees normal access also sees the bind, the owner claim and the open op before it.',
  consequence: 'A task can see normal access before the bind behind it is visible.',
  appliesTo: (p) => p.world.storeBuffers === true,
  detectedIn: 'step',
  checks: () => [],
};
