import { maxLayoutSize, NARROW_SHAPE, type LayoutShape } from '../../../graph/layout/graphLayout';
import { layOutShared, type SharedLayout } from '../../../graph/layout/sharedLayout';
import type { FoldedGroups } from '../../../graph/model/groupFolding';
import type { Program } from '../../../kernel/compiler/program';
import { memoizeByKey } from '../../../session/trace/memoize';
import {
  fitViewport,
  layoutBounds,
  MAX_FIT_ZOOM,
  NARROW_SCREEN_PX,
  type PixelSize,
} from './viewport';

const CANDIDATE_COLUMNS: readonly number[] = [5, 4, 6, 7, 3, 8, 9, 10, 12, 14, 16];
/** Fewer text rows hide too much; more add little. */
const CANDIDATE_ROWS: readonly number[] = [3, 4, 5, 6];
const CANDIDATE_SHAPES: readonly LayoutShape[] = CANDIDATE_COLUMNS.flatMap((columns) =>
  CANDIDATE_ROWS.map((maxTextRows): LayoutShape => ({ columns, maxTextRows })),
);

/** One more text row is worth this loss of zoom. */
const EXTRA_ROW_FACTOR = 0.97;

/** Of a small stage: a shape that fills it is worth some zoom. The power of the filled fraction in the score. */
const FILL_POWER = 0.25;

/** The grid shape that gives the best fit in `screen`: the largest zoom, weighted by text rows and a power of the filled fraction. */
export function bestShape(
  sizeOf: (shape: LayoutShape) => PixelSize,
  screen: PixelSize,
  fillPower = 0,
): LayoutShape {
  let best = NARROW_SHAPE;
  let bestScore = -Infinity;
  for (const shape of CANDIDATE_SHAPES) {
    const { width, height } = sizeOf(shape);
    const { zoom } = fitViewport({ x: 0, y: 0, width, height }, screen);
    const filled = (width * height * zoom ** 2) / (screen.width * screen.height);
    const score =
      Math.min(zoom, MAX_FIT_ZOOM) *
      EXTRA_ROW_FACTOR ** -(shape.maxTextRows - 3) *
      filled ** fillPower;
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

/** The grid shape for a program's layout in `screen`, the same for each screen of its size class. With `shared`, the best one of all its programs for this very screen. */
export function shapeFor(
  program: Program,
  foldedGroups: FoldedGroups,
  screen: PixelSize,
  shared?: SharedLayout,
): LayoutShape {
  const ratio = sizeClass(screen);
  if (ratio === 0 && !shared) return NARROW_SHAPE;
  return bestShape(
    (candidate) => freshLayoutSize(program, foldedGroups, candidate, shared),
    shared ? screen : { width: REFERENCE_WIDTH, height: REFERENCE_WIDTH / ratio },
    shared ? FILL_POWER : 0,
  );
}

/** The size of a layout made afresh: with `shared` the size that has room for each of its programs, else an upper bound, which is faster. */
export function freshLayoutSize(
  program: Program,
  foldedGroups: FoldedGroups,
  shape: LayoutShape,
  shared: SharedLayout | undefined,
): PixelSize {
  if (!shared) return maxLayoutSize(program, foldedGroups, shape);
  const sizes = sharedSizes(shared);
  const key = `${shape.columns} ${shape.maxTextRows} ${[...foldedGroups].toSorted().join(' ')}`;
  const known = sizes.get(key);
  if (known) return known;
  const layouts = shared.programs.map((each) =>
    layoutBounds(layOutShared(each, undefined, foldedGroups, shape, shared)),
  );
  const size = {
    width: Math.max(...layouts.map(({ width }) => width)),
    height: Math.max(...layouts.map(({ height }) => height)),
  };
  sizes.set(key, size);
  return size;
}

/** By shape and folded groups: each stage asks for the same sizes. */
const sharedSizes = memoizeByKey<SharedLayout, Map<string, PixelSize>>(() => new Map());
