import { expect, it } from 'vitest';
import { formatAboutCount } from './formatCount';

it('writes large counts without an exponent of a programming language', () => {
  expect(formatAboutCount(4.9e14)).toBe('490 trillion');
  expect(formatAboutCount(2.04e9)).toBe('2 billion');
  expect(formatAboutCount(3.3e25)).toBe('10²⁶');
});
