import type { DirectedPoint, Point } from '../layout/geometry';
import type { EdgeView } from '../model/graph';

/*
 * Rotation of path data: every head points right with its tip at the origin, and each coordinate is rotated.
 *
 *   M-7,-4.5  \                      ^
 *   L0,0       >   dx,dy = 0,-1    / | \
 *   L-7,4.5   /
 */

/** SVG path data of the heads, pointing right with the tip at the origin. */
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

/** The shape of a head. */
export type ArrowHead = keyof typeof ARROW_HEADS;

/** The default head of every kind of edge. */
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

/** The head of an edge; its shape shows what the edge means without colour. */
export function arrowHeadOf(edge: EdgeView): ArrowHead {
  if (edge.dangling) return 'cross';
  return edge.style === 'fops' && edge.target === 'fops:parked'
    ? 'bar'
    : ARROW_HEAD_BY_STYLE[edge.style];
}

/**
 * Path data of a head with its tip at a point, in the direction there. The coordinates themselves are rotated: a
 * `transform` on every edge of a large graph costs the browser one compositor layer each while the viewport moves.
 */
export function arrowHeadPath(head: ArrowHead, { x, y, dx, dy }: DirectedPoint): string {
  const rotated = (px: number, py: number, origin: Point): string =>
    `${round(origin.x + px * dx - py * dy)},${round(origin.y + px * dy + py * dx)}`;
  return ARROW_HEADS[head].replaceAll(
    /([ML]|a[\d.]+,[\d.]+ 0 1 0 )(-?[\d.]+),(-?[\d.]+)/g,
    (_, command: string, px: string, py: string) =>
      command +
      // The end of an arc is relative.
      rotated(Number(px), Number(py), command.startsWith('a') ? { x: 0, y: 0 } : { x, y }),
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
