import type { Point } from '../../../graph/layout/geometry';
import type { NodeView } from '../../../graph/model/graph';
import type { StageState } from '../stageState';

const DIRECTIONS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The node that an arrow key, Home or End moves focus to. Undefined for other keys and at the edge of the stage. */
export function nodeInDirection(
  { nodesInReadingOrder, tabStop }: Pick<StageState, 'nodesInReadingOrder' | 'tabStop'>,
  key: string,
): string | undefined {
  if (key === 'Home') return nodesInReadingOrder[0]?.id;
  if (key === 'End') return nodesInReadingOrder.at(-1)?.id;
  const direction = DIRECTIONS[key];
  const from = nodesInReadingOrder.find((node) => node.id === tabStop) ?? nodesInReadingOrder[0];
  if (!direction || !from) return undefined;
  const [dx, dy] = direction;
  let best: { readonly id: string; readonly cost: number } | undefined;
  for (const node of nodesInReadingOrder) {
    const x = centerOf(node).x - centerOf(from).x;
    const y = centerOf(node).y - centerOf(from).y;
    const along = x * dx + y * dy;
    const across = Math.abs(x * dy) + Math.abs(y * dx);
    // Left and right stay in the row; up and down leave it.
    if (node === from || along <= 0 || (dx === 0) === sharesRow(node, from)) continue;
    const cost = dx === 0 ? along * 4 + across : along;
    if (!best || cost < best.cost) best = { id: node.id, cost };
  }
  return best?.id;
}

function centerOf({ placement: { x, y, width, height } }: NodeView): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

function sharesRow({ placement: a }: NodeView, { placement: b }: NodeView): boolean {
  return a.y < b.y + b.height && b.y < a.y + a.height;
}
