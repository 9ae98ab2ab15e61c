import { expect, it } from 'vitest';
import { makeLinkReader, makeLinkWriter } from './linkBytes';

const WORDS = ['upstream', 'qemu'];
const NUMBERED = [{ code: 32768, word: 'new-design' }];
const TEXTS = ['qemu', 'new-design', 'spelled', 'new-design', 'spelled', 'upstream'];

function bytesOf(...writer: Parameters<typeof makeLinkWriter>): readonly number[] {
  const { text, take } = makeLinkWriter(...writer);
  TEXTS.forEach(text);
  return take();
}

it('reads back dictionary words, numbered words and spelled words', () => {
  const reader = makeLinkReader(WORDS, NUMBERED);
  reader.feed(bytesOf(WORDS, NUMBERED));
  expect(TEXTS.map(() => reader.text())).toEqual(TEXTS);
});

it('reads links that were written before the numbered words existed', () => {
  const reader = makeLinkReader(WORDS, NUMBERED);
  reader.feed(bytesOf(WORDS));
  expect(TEXTS.map(() => reader.text())).toEqual(TEXTS);
});
