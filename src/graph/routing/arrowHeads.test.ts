import { expect, it } from 'vitest';
import { ARROW_HEADS, arrowHeadPath, type ArrowHead } from './arrowHeads';

it('keeps a head that points right at the origin', () => {
  for (const head of Object.keys(ARROW_HEADS) as ArrowHead[])
    expect(arrowHeadPath(head, { x: 0, y: 0, dx: 1, dy: 0 })).toBe(ARROW_HEADS[head]);
});

it('rotates a head about its tip', () => {
  expect(arrowHeadPath('full', { x: 10, y: 20, dx: 0, dy: 1 })).toBe('M15,11 L10,20 L5,11 Z');
  expect(arrowHeadPath('open', { x: 10, y: 20, dx: -1, dy: 0 })).toBe('M17,24.5 L10,20 L17,15.5');
  expect(arrowHeadPath('ring', { x: 10, y: 20, dx: 0, dy: -1 })).toBe(
    'M10,28 a4,4 0 1 0 0,-8 a4,4 0 1 0 0,8 Z',
  );
});
