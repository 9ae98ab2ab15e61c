import type { DesignMeta } from '../designMeta';

export const meta: DesignMeta = { id: 'rfc-opened', title: 'The RFC as posted', order: 1 };
