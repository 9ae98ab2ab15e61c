import type { DesignMeta } from '../designMeta';

export const meta: DesignMeta = {
  id: 'parked-shim',
  title: 'Parked fops, type1 as a shim',
  shortTitle: 'Parked, shim',
  summary: 'An open file is parked: only the bind decides.',
  order: 2,
};
