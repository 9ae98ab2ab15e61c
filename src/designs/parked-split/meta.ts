import type { DesignMeta } from '../designMeta';

export const meta: DesignMeta = {
  id: 'parked-split',
  title: 'Parked fops, type1 kept separate',
  shortTitle: 'Parked, separate',
  summary: 'Parked too, but type1 keeps its own code.',
  order: 3,
};
