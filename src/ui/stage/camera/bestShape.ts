import { maxLayoutSize, NARROW_SHAPE, type LayoutShape } from '../../../graph/layout/graphLayout';
import type { FoldedGroups } from '../../../graph/model/groupFolding';
import type { Program } from '../../../kernel/compiler/program';
import { fitViewport, MAX_FIT_ZOOM, NARROW_SCREEN_PX, type PixelSize } from './viewport';

const CANDIDATE_COLUMNS: readonly number[] = [5, 4, 6, 7, 3, 8, 9, 10, 12, 14, 16];
/** Fewer text rows hide too much; more add little. */
const CANDIDATE_ROWS: readonly number[] = [3, 4, 5, 6];
const CANDIDATE_PACKINGS: readonly LayoutShape['packing'][] = ['tidy', 'packed'];
const CANDIDATE_SHAPES: readonly LayoutShape[] = CANDIDATE_PACKINGS.flatMap((packing) =>
  CANDIDATE_COLUMNS.flatMap((columns) =>
    CANDIDATE_ROWS.map((maxTextRows): LayoutShape => ({ columns, maxTextRows, packing })),
  ),
);

/** One more text row is worth this loss of zoom. */
const EXTRA_ROW_FACTOR = 0.97;
/** Unbroken lanes are worth this loss of zoom. */
const PACKED_FACTOR = 0.94;

/** The grid shape that gives the best fit in `screen`: the largest zoom, weighted by text rows and unbroken lanes. */
export function bestShape(
  sizeOf: (shape: LayoutShape) => PixelSize,
  screen: PixelSize,
): LayoutShape {
  let best = NARROW_SHAPE;
  let bestScore = -Infinity;
  for (const shape of CANDIDATE_SHAPES) {
    const { zoom } = fitViewport({ x: 0, y: 0, ...sizeOf(shape) }, screen);
    const score =
      Math.min(zoom, MAX_FIT_ZOOM) *
      EXTRA_ROW_FACTOR ** -(shape.maxTextRows - 3) *
      (shape.packing === 'packed' ? PACKED_FACTOR : 1);
    if (score <= bestScore + 1e-9) continue;
    bestScore = score;
    best = shape;
  }
  return best;
}

/** The grid shape for a program's layout in `screen`. */
export function shapeFor(
  program: Program,
  foldedGroups: FoldedGroups,
  screen: PixelSize,
): LayoutShape {
  return screen.width < NARROW_SCREEN_PX
    ? NARROW_SHAPE
    : bestShape((candidate) => maxLayoutSize(program, foldedGroups, candidate), screen);
}
