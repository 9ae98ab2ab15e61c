import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedDesign, designText, parsedDesign } from './changedDesign';
import { designById } from './designs';
import { applyTextChange, makeOwnText, makeTextChange } from './textChange';

const lines = fc.array(fc.constantFrom('', 'a', 'b', 'lock', '\tx->y = 1;', '}'), {
  maxLength: 12,
});

describe('a change of a text', () => {
  it('gives the edited text back', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const base = before.join('\n');
        const text = after.join('\n');
        const change = makeTextChange(base, text);
        expect(change ? applyTextChange(base, change) : base).toBe(text);
        expect(applyTextChange('', makeOwnText(text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds its lines after others were inserted or removed before them', () => {
    const base = Array.from({ length: 60 }, (_, i) => `line ${i}`);
    const edited = base.toSpliced(30, 2, 'new');
    const change = makeTextChange(base.join('\n'), edited.join('\n'))!;
    const later = ['first', 'second', ...base.slice(3)];
    expect(applyTextChange(later.join('\n'), change)).toBe(
      ['first', 'second', ...base.slice(3, 30), 'new', ...base.slice(32)].join('\n'),
    );
  });

  it('names the first change whose lines are gone', () => {
    const base = 'a\nb\nc\nd\ne\nf';
    const change = makeTextChange(base, 'a\nB\nc\nd\nE\nf')!;
    expect(applyTextChange('a\nb\nc\nd\nother\nf', change)).toBe(2);
  });
});

describe('a changed design', () => {
  const upstream = designById('upstream')!;
  const text = designText(upstream, {});

  it('has the steps of its text, and says that it is modified', () => {
    const without = text.replace(/^\tmutex_lock\(&dev_set->lock\);$/m, '');
    const changed = changedDesign('upstream', {}, [makeTextChange(text, without)!]);
    if (!changed.ok) throw new Error(changed.message);
    expect(changed.design.modified).toHaveLength(1);
    expect(changed.design.options).toBe(upstream.options);
    expect(changed.design.model({})).toEqual(parsedDesign(without).design!.model({}));
  });

  it('takes further changes of steps', () => {
    const edited = text.replace('/* ', '/* A ');
    const changes = [
      makeTextChange(text, edited)!,
      { kind: 'without', step: 'upstream/bind_iommufd/BIND.9' } as const,
    ];
    const changed = changedDesign('upstream', {}, changes);
    expect(changed.ok && changed.design.modified).toEqual(changes);
  });

  it.each([
    ['has an error', (t: string) => t.replace('mutex_lock(', 'mutex_lok('), /did you mean/],
    [
      'has another name',
      (t: string) => t.replace('design upstream', 'design mine'),
      /expected "upstream"/,
    ],
  ])('is refused if its text %s', (_, edit, message) => {
    const changed = changedDesign('upstream', {}, [makeTextChange(text, edit(text))!]);
    expect(changed.ok ? '' : changed.message).toMatch(message);
  });
});
