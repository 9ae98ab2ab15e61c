/** The sixteen properties, by the ids of the public formats; the order is the order of every table. */
export const PROPERTY_IDS = [
  'owner-exclusive',
  'single-bind',
  'dma-owner',
  'path-exclusive',
  'no-ops-before-bind',
  'publication',
  'counters',
  'memory',
  'unregister-live',
  'id-unique',
  'no-lock-at-user',
  'lock-order',
  'clean-unwind',
  'kvm-ref',
  'ctx-alive',
  'no-deadlock',
] as const;

/** The id of a property (formats.md, section 2). */
export type PropertyId = (typeof PROPERTY_IDS)[number];
