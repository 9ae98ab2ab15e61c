import type { Graph } from './graph';

/** What a file has come to reach: ids of nodes and of the edges to them. */
export interface NewlyReachable {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
}

const NOTHING_REACHABLE: NewlyReachable = { nodes: new Set(), edges: new Set() };

/** Where the last step gave files the way to the driver: the normal table, what their pointers lead to, and from there the device. */
export function newlyReachable({ edges }: Pick<Graph, 'edges'>): NewlyReachable {
  const files = new Set(
    edges.flatMap(({ style, changed: fresh, source, target }) =>
      style === 'fops' && fresh && target === 'fops:normal' ? [source] : [],
    ),
  );
  if (files.size === 0) return NOTHING_REACHABLE;
  const first = edges.filter(
    ({ source, style }) =>
      files.has(source) && (style === 'fops' || style === 'pointer' || style === 'reference'),
  );
  const near = new Set(first.map(({ target }) => target));
  const all = [
    ...first,
    ...edges.filter(({ source, target }) => near.has(source) && target.startsWith('vfio_device:')),
  ];
  return {
    nodes: new Set(all.map(({ target }) => target)),
    edges: new Set(all.map(({ id }) => id)),
  };
}
