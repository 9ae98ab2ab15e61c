import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { badgeRect, limitBadgeWidths, MAX_BADGE_WIDTH } from './badgeRect';
import type { NodeView } from '../model/graph';
import { CHIP_HEIGHT, COLUMN_PITCH, NODE_WIDTH } from './nodeMetrics';
import { ROW_GAP } from './graphLayout';

const COLUMNS = 5;

/** A node of a row at 100, with a badge of so many letters. */
function node(column: number, letters: number, over = false): NodeView {
  return {
    kind: 'fops',
    table: 'parked',
    usesAccessFlag: false,
    allows: '',
    id: `n${column}`,
    name: undefined,
    objects: [],
    inLastColumn: column === COLUMNS - 1,
    maxBadgeWidth: MAX_BADGE_WIDTH,
    placement: {
      x: column * COLUMN_PITCH,
      y: 100,
      width: NODE_WIDTH,
      height: CHIP_HEIGHT,
      lane: 'context',
      chipBelow: over,
      chipAbove: false,
    },
    badges: [{ kind: 'errno', title: '-EBUSY', text: 'x'.repeat(letters) }],
  };
}

describe('badges', () => {
  it('lie beside one another between the rows and within the columns, however many there are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(COLUMNS - 1)), fc.nat(80), (columns, letters) => {
        const boxes = limitBadgeWidths(columns.map((column) => node(column, letters))).flatMap(
          badgeRect,
        );
        for (const [i, { x, y, width, height }] of boxes.entries()) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual((COLUMNS - 1) * COLUMN_PITCH + NODE_WIDTH);
          expect(y).toBeGreaterThanOrEqual(100 + CHIP_HEIGHT);
          expect(y + height).toBeLessThanOrEqual(100 + CHIP_HEIGHT + ROW_GAP);
          expect(width).toBeGreaterThanOrEqual(NODE_WIDTH);
          for (const other of boxes.slice(i + 1))
            expect(x + width <= other.x || other.x + other.width <= x).toBe(true);
        }
      }),
      { seed: 5 },
    );
  });

  it('lie over no taller node beside theirs', () => {
    const tall = (column: number): NodeView => ({
      ...node(column, 0),
      badges: [],
      placement: { ...node(column, 0).placement, height: 4 * CHIP_HEIGHT },
    });
    for (const nodes of [
      [node(1, 80), tall(2)],
      [tall(3), node(4, 80)],
    ]) {
      const [box] = limitBadgeWidths(nodes).flatMap(badgeRect);
      const place = nodes.find(({ badges }) => badges.length === 0)?.placement;
      expect(box && place && (box.x + box.width <= place.x || place.x + place.width <= box.x)).toBe(
        true,
      );
    }
  });

  it('hang above a node with another one right below', () => {
    const [box] = badgeRect(node(1, 10, true));
    expect((box?.y ?? 100) + (box?.height ?? 0)).toBeLessThanOrEqual(100);
  });
});
