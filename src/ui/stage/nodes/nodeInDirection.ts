import type { NodeView } from '../../../graph/model/graph';
import type { StageState } from '../stageStore';

const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The node to go to from the active one by an arrow key, Home or End; undefined for other keys and at the edge. */
export function nodeInDirection(
  {
    nodesInReadingOrder: list,
    tabStop: active,
  }: Pick<StageState, 'nodesInReadingOrder' | 'tabStop'>,
  key: string,
): string | undefined {
  if (key === 'Home') return list[0]?.id;
  if (key === 'End') return list.at(-1)?.id;
  const way = DIRECTIONS[key];
  const from = list.find((node) => node.id === active) ?? list[0];
  if (!way || !from) return undefined;
  const [dx, dy] = way;
  let best: { readonly id: string; readonly cost: number } | undefined;
  for (const node of list) {
    const x = centerOf(node).x - centerOf(from).x;
    const y = centerOf(node).y - centerOf(from).y;
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    // Left and right stay in the row; up and down leave it.
    if (node === from || along <= 0 || (dx === 0) === sharesRow(node, from)) continue;
    const cost = dx === 0 ? along * 4 + aside : along;
    if (!best || cost < best.cost) best = { id: node.id, cost };
  }
  return best?.id;
}

function centerOf({ placement: place }: NodeView): { readonly x: number; readonly y: number } {
  return { x: place.x + place.width / 2, y: place.y + place.height / 2 };
}

function sharesRow({ placement: a }: NodeView, { placement: b }: NodeView): boolean {
  return a.y < b.y + b.height && b.y < a.y + a.height;
}
