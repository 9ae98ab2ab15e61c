import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { badgeBox, withBadgeRoom, WIDEST } from './badgeBox';
import type { NodeView } from './graph';
import { CHIP, PITCH, WIDTH } from './lanes';
import { ROW_GAP } from './layout';

const COLUMNS = 5;

/** A node of a row at 100, with a badge of so many letters. */
function node(column: number, letters: number, over = false): NodeView {
  return {
    kind: 'fops',
    table: 'parked',
    gated: false,
    admits: '',
    id: `n${column}`,
    name: undefined,
    objects: [],
    last: column === COLUMNS - 1,
    badgeRoom: WIDEST,
    place: {
      x: column * PITCH,
      y: 100,
      width: WIDTH,
      height: CHIP,
      lane: 'door',
      over,
      under: false,
    },
    badges: [{ kind: 'errno', title: '-EBUSY', text: 'x'.repeat(letters) }],
  };
}

describe('badges', () => {
  it('lie beside one another between the rows and within the columns, however many there are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(COLUMNS - 1)), fc.nat(80), (columns, letters) => {
        const boxes = withBadgeRoom(columns.map((column) => node(column, letters))).flatMap(
          badgeBox,
        );
        for (const [i, { x, y, width, height }] of boxes.entries()) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual((COLUMNS - 1) * PITCH + WIDTH);
          expect(y).toBeGreaterThanOrEqual(100 + CHIP);
          expect(y + height).toBeLessThanOrEqual(100 + CHIP + ROW_GAP);
          expect(width).toBeGreaterThanOrEqual(WIDTH);
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
      place: { ...node(column, 0).place, height: 4 * CHIP },
    });
    for (const nodes of [
      [node(1, 80), tall(2)],
      [tall(3), node(4, 80)],
    ]) {
      const [box] = withBadgeRoom(nodes).flatMap(badgeBox);
      const place = nodes.find(({ badges }) => badges.length === 0)?.place;
      expect(box && place && (box.x + box.width <= place.x || place.x + place.width <= box.x)).toBe(
        true,
      );
    }
  });

  it('hang above a node with another one right below', () => {
    const [box] = badgeBox(node(1, 10, true));
    expect((box?.y ?? 100) + (box?.height ?? 0)).toBeLessThanOrEqual(100);
  });
});
