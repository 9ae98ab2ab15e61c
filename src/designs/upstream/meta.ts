import type { DesignMeta } from '../designMeta';

export const meta: DesignMeta = {
  id: 'upstream',
  title: 'Linux v6.12',
  summary: 'Every open succeeds. The bind checks under a lock.',
  order: 4,
  grantsAccess: true,
};
