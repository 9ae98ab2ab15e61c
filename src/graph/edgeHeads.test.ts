import { expect, it } from 'vitest';
import { HEADS, placedHead, type Head } from './edgeHeads';

it('leaves a head that points right at the origin as it is', () => {
  for (const head of Object.keys(HEADS) as Head[])
    expect(placedHead(head, { x: 0, y: 0, dx: 1, dy: 0 })).toBe(HEADS[head]);
});

it('turns a head about its tip', () => {
  expect(placedHead('full', { x: 10, y: 20, dx: 0, dy: 1 })).toBe('M15,11 L10,20 L5,11 Z');
  expect(placedHead('open', { x: 10, y: 20, dx: -1, dy: 0 })).toBe('M17,24.5 L10,20 L17,15.5');
  expect(placedHead('ring', { x: 10, y: 20, dx: 0, dy: -1 })).toBe(
    'M10,28 a4,4 0 1 0 0,-8 a4,4 0 1 0 0,8 Z',
  );
});
