import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EXAMPLE_DESIGN } from './exampleDesign';

it('is the example of the documentation', () => {
  expect(EXAMPLE_DESIGN).toBe(readFileSync('docs/examples/counter.design', 'utf8'));
});
