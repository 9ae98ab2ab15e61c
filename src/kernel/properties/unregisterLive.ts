import type { Property } from './property';

/** I8: unregister ends once the files are closed, and later opens cannot hold it up; a law on the graph of all runs. */
export const unregisterLive: Property = {
  id: 'unregister-live',
  source: 'I8',
  title: 'Unregister comes to an end',
  statement: 'Once registration is withdrawn and the existing fds are closed, unregister returns; opens that begin later cannot put it off.',
  applies: p => p.calls.some(c => c.call.call === 'unregister_device'),
  seenIn: 'graph',
  checks: () => [],
};
