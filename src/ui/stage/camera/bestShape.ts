import { maxLayoutSize, NARROW_SHAPE, type LayoutShape } from '../../../graph/layout/graphLayout';
import type { FoldedGroups } from '../../../graph/model/groupFolding';
import type { Program } from '../../../kernel/compiler/program';
import { fitViewport, MAX_FIT_ZOOM, NARROW_SCREEN_PX, type PixelSize } from './viewport';

const CANDIDATE_COLUMNS: readonly number[] = [5, 4, 6, 7, 3, 8, 9, 10, 12, 14, 16];
/** Fewer text rows hide too much; more add little. */
const CANDIDATE_ROWS: readonly number[] = [3, 4, 5, 6];
const CANDIDATE_SHAPES: readonly LayoutShape[] = CANDIDATE_COLUMNS.flatMap((columns) =>
  CANDIDATE_ROWS.map((maxTextRows): LayoutShape => ({ columns, maxTextRows })),
);

/** One more text row is worth this loss of zoom. */
const EXTRA_ROW_FACTOR = 0.97;

/** The grid shape that gives the best fit in `screen`: the largest zoom, weighted by text rows. */
export function bestShape(
  sizeOf: (shape: LayoutShape) => PixelSize,
  screen: PixelSize,
): LayoutShape {
  let best = NARROW_SHAPE;
  let bestScore = -Infinity;
  for (const shape of CANDIDATE_SHAPES) {
    const { zoom } = fitViewport({ x: 0, y: 0, ...sizeOf(shape) }, screen);
    const score = Math.min(zoom, MAX_FIT_ZOOM) * EXTRA_ROW_FACTOR ** -(shape.maxTextRows - 3);
    if (score <= bestScore + 1e-9) continue;
    bestScore = score;
    best = shape;
  }
  return best;
}

/** Width to height of the stages that share a layout, in ascending order; a stage takes the nearest one. */
const ASPECT_RATIOS: readonly number[] = [0.6, 0.9, 1.2, 1.6, 2.2, 3];
const REFERENCE_WIDTH = 1200;

/** The size class of a stage. Layouts differ only between classes: a small change of the window moves no node. */
export function sizeClass({ width, height }: PixelSize): number {
  if (width < NARROW_SCREEN_PX) return 0;
  const distance = (ratio: number): number => Math.abs(Math.log(width / height / ratio));
  return ASPECT_RATIOS.toSorted((a, b) => distance(a) - distance(b))[0] ?? 1;
}

/** The grid shape for a program's layout in `screen`, the same for each screen of its size class. */
export function shapeFor(
  program: Program,
  foldedGroups: FoldedGroups,
  screen: PixelSize,
): LayoutShape {
  const ratio = sizeClass(screen);
  return ratio === 0
    ? NARROW_SHAPE
    : bestShape((candidate) => maxLayoutSize(program, foldedGroups, candidate), {
        width: REFERENCE_WIDTH,
        height: REFERENCE_WIDTH / ratio,
      });
}
