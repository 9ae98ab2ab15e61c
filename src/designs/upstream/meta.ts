import type { DesignMeta } from '../designMeta';

export const meta: DesignMeta = {
  id: 'upstream',
  title: 'Linux v6.12',
  order: 4,
  grantsAccess: true,
};
