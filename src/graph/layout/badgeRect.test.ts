import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { badgeRect, placeBadges, MAX_BADGE_WIDTH } from './badgeRect';
import type { NodeView } from '../model/graph';
import { CHIP_HEIGHT, COLUMN_PITCH, NODE_WIDTH } from './nodeMetrics';
import { ROW_GAP } from './graphLayout';

const COLUMNS = 5;

/** A node at y 100 with a badge of so many characters; `chipAbove`: the badge is below. */
function node(column: number, chars: number, chipAbove = false): NodeView {
  return {
    kind: 'fops',
    table: 'parked',
    accessFlag: undefined,
    allows: '',
    id: `n${column}`,
    name: undefined,
    objects: [],
    badgeExtends: 'right',
    maxBadgeWidth: MAX_BADGE_WIDTH,
    placement: {
      x: column * COLUMN_PITCH,
      y: 100,
      width: NODE_WIDTH,
      height: CHIP_HEIGHT,
      lane: 'context',
      chipBelow: false,
      chipAbove,
    },
    badges: [{ kind: 'errno', title: '-EBUSY', text: 'x'.repeat(chars) }],
  };
}

describe('badges', () => {
  it('stay between the rows, within the columns and clear of one another', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(COLUMNS - 1)), fc.nat(80), (columns, chars) => {
        const rects = placeBadges(columns.map((column) => node(column, chars))).flatMap(badgeRect);
        for (const [i, { x, y, width, height }] of rects.entries()) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual((COLUMNS - 1) * COLUMN_PITCH + NODE_WIDTH);
          expect(y).toBeGreaterThanOrEqual(100 - ROW_GAP);
          expect(y + height).toBeLessThanOrEqual(100);
          expect(width).toBeGreaterThanOrEqual(NODE_WIDTH);
          for (const other of rects.slice(i + 1))
            expect(x + width <= other.x || other.x + other.width <= x).toBe(true);
        }
      }),
      { seed: 5 },
    );
  });

  it('have room for the number of further badges', () => {
    const [badge] = node(0, 20).badges;
    const width = (badges: NodeView['badges']): number =>
      badgeRect({ ...node(0, 20), badges })[0]?.width ?? 0;
    expect(badge && width([badge, badge]) - width([badge])).toBe(24);
  });

  it('do not cover a taller node next to theirs', () => {
    const tall = (column: number): NodeView => ({
      ...node(column, 0),
      badges: [],
      placement: { ...node(column, 0).placement, height: 4 * CHIP_HEIGHT },
    });
    for (const nodes of [
      [node(1, 80, true), tall(2)],
      [tall(3), node(4, 80, true)],
    ]) {
      const [rect] = placeBadges(nodes).flatMap(badgeRect);
      const placement = nodes.find(({ badges }) => badges.length === 0)?.placement;
      expect(
        rect &&
          placement &&
          (rect.x + rect.width <= placement.x || placement.x + placement.width <= rect.x),
      ).toBe(true);
    }
  });

  it('are above a node, and below one of the first row or with another chip right above', () => {
    const badgeY = (changes: Partial<NodeView['placement']>): number => {
      const view = node(1, 10);
      const [rect] = badgeRect({ ...view, placement: { ...view.placement, ...changes } });
      return rect?.y ?? Number.NaN;
    };
    expect(badgeY({})).toBeLessThan(100);
    expect(badgeY({ chipBelow: true })).toBeLessThan(100);
    expect(badgeY({ chipAbove: true })).toBeGreaterThan(100);
    expect(badgeY({ y: -90 })).toBeGreaterThan(-90);
  });
});
