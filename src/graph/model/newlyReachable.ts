import type { Graph } from './graph';

/** Ids of the nodes and edges that a file can reach since the last step. */
export interface NewlyReachable {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
}

const NOTHING_REACHABLE: NewlyReachable = { nodes: new Set(), edges: new Set() };

/** What files reach that got access in the last step: the normal fops, the targets of their pointers, and the device behind those. */
export function newlyReachable({ edges }: Pick<Graph, 'edges'>): NewlyReachable {
  const files = new Set(
    edges.flatMap(({ style, changed, source, target }) =>
      style === 'fops' && changed && target === 'fops:normal' ? [source] : [],
    ),
  );
  if (files.size === 0) return NOTHING_REACHABLE;
  const direct = edges.filter(
    ({ source, style }) =>
      files.has(source) && (style === 'fops' || style === 'pointer' || style === 'reference'),
  );
  const neighbours = new Set(direct.map(({ target }) => target));
  const reached = [
    ...direct,
    ...edges.filter(
      ({ source, target }) => neighbours.has(source) && target.startsWith('vfio_device:'),
    ),
  ];
  return {
    nodes: new Set(reached.map(({ target }) => target)),
    edges: new Set(reached.map(({ id }) => id)),
  };
}
