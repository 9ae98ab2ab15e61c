import { expect, it } from 'vitest';
import type { DesignChange } from '../../kernel/language/mutation';
import { changeText } from './changeText';

const hunk = { line: 4, sum: 1 };

it.each<readonly [DesignChange, string]>([
  [{ kind: 'without', step: 'upstream/bind_iommufd/BIND.9' }, 'BIND.9 disabled'],
  [{ kind: 'without', step: 'd/c/A.1', op: 'unlock' }, 'A.1 without its unlock'],
  [{ kind: 'swap', a: 'd/c/A.1', b: 'd/c/A.2' }, 'A.1 and A.2 swapped'],
  [{ kind: 'text', hunks: [{ ...hunk, remove: 1, insert: [] }] }, '1 line removed'],
  [{ kind: 'text', hunks: [{ ...hunk, remove: 2, insert: ['a'] }] }, '1 line added, 2 removed'],
  [{ kind: 'text', own: true, hunks: [{ ...hunk, remove: 0, insert: ['a', 'b'] }] }, '2 lines'],
])('says a change in words: %o', (change, text) => {
  expect(changeText(change)).toBe(text);
});
