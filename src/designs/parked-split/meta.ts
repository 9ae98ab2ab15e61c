import type { DesignMeta } from '../designMeta';

export const meta: DesignMeta = {
  id: 'parked-split',
  title: 'Parked fops, type1 kept separate',
  order: 3,
};
