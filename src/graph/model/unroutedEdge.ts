import type { EdgeRoute } from '../routing/edgePath';
import type { EdgeView } from './graph';
import type { GraphInput } from './graphInput';

/** An edge without its course. */
export type UnroutedEdge = Omit<EdgeView, keyof EdgeRoute>;

/** What an edge shows. */
export type EdgeTraits = Pick<EdgeView, 'style' | 'label'> &
  Partial<Pick<EdgeView, 'dangling' | 'changed' | 'inCycle' | 'process'>>;

/** An edge between two nodes or the folded groups that contain them; empty if an end has no node or both ends are one node. */
export function unroutedEdge(
  { layout: { placements, foldedInto } }: GraphInput,
  id: string,
  from: string,
  to: string,
  { style, label, dangling = false, changed = false, inCycle = false, process }: EdgeTraits,
): readonly UnroutedEdge[] {
  const [source, target] = [foldedInto.get(from) ?? from, foldedInto.get(to) ?? to];
  return placements.has(source) && placements.has(target) && source !== target
    ? [{ id, source, target, style, label, dangling, changed, inCycle, process }]
    : [];
}
