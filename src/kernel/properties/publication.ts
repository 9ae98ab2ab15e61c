import type { Property } from './property';

/** I5: whoever sees the access flag sees the finished bind; needs the world's store buffers. */
export const publication: Property = {
  id: 'publication',
  cite: 'I5',
  title: 'Access is published last',
  statement:
    'A task that sees normal access also sees the bind, the owner claim and the open op that came before it.',
  appliesTo: (p) => p.world.storeBuffers === true,
  detectedIn: 'step',
  checks: () => [],
};
