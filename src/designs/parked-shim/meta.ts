import type { DesignMeta } from '../designMeta';

export const meta: DesignMeta = {
  id: 'parked-shim',
  title: 'Parked fops, type1 as a shim',
  order: 2,
};
