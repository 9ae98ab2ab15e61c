import type { Graph } from './graph';

/** What a file has come to reach: ids of nodes and of the edges to them. */
export interface Reach {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
}

const NOTHING: Reach = { nodes: new Set(), edges: new Set() };

/** Where the last step gave files the way to the driver: the normal table, what their pointers lead to, and from there the device. */
export function newReach({ edges }: Pick<Graph, 'edges'>): Reach {
  const files = new Set(
    edges.flatMap(({ style, fresh, source, target }) =>
      style === 'fops' && fresh && target === 'fops:normal' ? [source] : [],
    ),
  );
  if (files.size === 0) return NOTHING;
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
