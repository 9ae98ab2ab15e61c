import { expect, it } from 'vitest';
import { makeDesignParser } from '../kernel/text/designParser';
import { parseDesign } from '../kernel/text/parseDesign';
import { printDesign } from '../kernel/text/printDesign';
import { DESIGNS } from './designs';

it('a parser that keeps unchanged functions gives what a whole parse gives', () => {
  let seed = 17;
  const below = (bound: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed >>> 9) % bound;
  };
  const pieces = [
    '',
    '\n',
    '}',
    '{',
    ' ',
    '/*',
    '*/',
    ';',
    'x',
    'int ',
    'goto ',
    'BIND.9:',
    '"',
    '->',
  ];
  for (const design of DESIGNS.filter(({ id }) => id === 'parked-split')) {
    const text = printDesign(design);
    const parse = makeDesignParser();
    let current = text;
    for (let round = 0; round < 25; round++) {
      const at = below(current.length);
      const edited =
        current.slice(0, at) + (pieces[below(pieces.length)] ?? '') + current.slice(at + below(4));
      const whole = parseDesign(edited);
      const { design: kept, diagnostics, steps } = parse(edited);
      expect(diagnostics, `round ${round}`).toEqual(whole.diagnostics);
      expect(JSON.stringify(steps)).toBe(JSON.stringify(whole.steps));
      expect(JSON.stringify(kept?.model({}))).toBe(JSON.stringify(whole.design?.model({})));
      // Sometimes goes on from the edited text, else back to the original.
      current = below(3) === 0 && whole.design ? edited : text;
    }
  }
});

it('keeps the routines of functions that did not change', () => {
  const [design] = DESIGNS;
  const text = printDesign(design!);
  const parse = makeDesignParser();
  const before = parse(text).functions;
  const after = parse(text.replace('mutex_lock(', 'mutex_unlock(')).functions;
  const same = [...before].filter(([handle, routine]) => after.get(handle) === routine);
  expect(before.size - same.length).toBe(1);
});

it('names the line of a statement that cannot be read, not the one before', () => {
  const lines = printDesign(DESIGNS[0]!).split('\n');
  const at = lines.findIndex((line) => line.startsWith('\tmutex_lock'));
  for (const broken of ['\t) mutex_lock();', '\t5;', '\t= 1;']) {
    const [first] = parseDesign(lines.toSpliced(at, 1, broken).join('\n')).diagnostics;
    expect(first).toMatchObject({ line: at + 1, column: 2 });
  }
});
