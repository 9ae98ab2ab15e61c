import type { DesignMeta } from '../designMeta';

export const meta: DesignMeta = {
  id: 'rfc-opened',
  title: 'The RFC as posted',
  shortTitle: 'RFC',
  summary: 'Counters at the open admit one process.',
  order: 1,
};
