import type { DirectedPoint, Point } from '../layout/geometry';
import type { EdgeView } from '../model/graph';

/** Heads point to the right and end at the origin. */
export const ARROW_HEADS = {
  open: 'M-7,-4.5 L0,0 L-7,4.5',
  full: 'M-9,-5 L0,0 L-9,5 Z',
  ring: 'M-8,0 a4,4 0 1 0 8,0 a4,4 0 1 0 -8,0 Z',
  diamond: 'M-12,0 L-6,-4.5 L0,0 L-6,4.5 Z',
  double: 'M-7,-4.5 L0,0 L-7,4.5 M-13,-4.5 L-6,0 L-13,4.5',
  bar: 'M0,-6 L0,6 M-4,-6 L-4,6',
  cross: 'M-8,-5 L2,5 M-8,5 L2,-5',
  arrow: 'M-9,-8 L9,0 L-9,8 Z',
  dot: 'M-9,0 a4.5,4.5 0 1 0 9,0 a4.5,4.5 0 1 0 -9,0 Z',
} as const;

/** A form of head. */
export type ArrowHead = keyof typeof ARROW_HEADS;

/** The usual head of every kind of edge. */
export const ARROW_HEAD_BY_STYLE: Readonly<Record<EdgeView['style'], ArrowHead>> = {
  pointer: 'open',
  reference: 'full',
  member: 'ring',
  embedded: 'diamond',
  fd: 'full',
  fops: 'full',
  wait: 'double',
  hold: 'dot',
  use: 'cross',
};

/** The head of an edge: what it means, told by its form. */
export function arrowHeadOf(edge: EdgeView): ArrowHead {
  if (edge.dangling) return 'cross';
  return edge.style === 'fops' && edge.target === 'fops:parked'
    ? 'bar'
    : ARROW_HEAD_BY_STYLE[edge.style];
}

/**
 * The path of a head whose tip is at `end` and that looks along its direction (a vector of length 1). The numbers themselves are turned: a
 * `transform` on every edge of a large graph would cost the browser a layer each whenever the view moves.
 */
export function arrowHeadPath(head: ArrowHead, { x, y, dx, dy }: DirectedPoint): string {
  const turned = (across: number, down: number, from: Point): string =>
    `${round(from.x + across * dx - down * dy)},${round(from.y + across * dy + down * dx)}`;
  return ARROW_HEADS[head].replaceAll(
    /([ML]|a[\d.]+,[\d.]+ 0 1 0 )(-?[\d.]+),(-?[\d.]+)/g,
    (_, command: string, across: string, down: string) =>
      command +
      turned(Number(across), Number(down), command.startsWith('a') ? { x: 0, y: 0 } : { x, y }),
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
