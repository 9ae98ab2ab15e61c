import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareStructure, shareStructureById } from './structuralSharing';

describe('structural sharing', () => {
  it('returns an equal value, and the old one if they are equal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (old, next) => {
        expect(shareStructure(old, next)).toEqual(next);
        const copy: unknown = structuredClone(next);
        expect(shareStructure(next, copy)).toBe(next);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it('keeps unchanged parts', () => {
    const old = { a: { x: 1 }, list: [{ y: 1 }, { y: 2 }] };
    const next = shareStructure(old, { a: { x: 1 }, list: [{ y: 1 }, { y: 3 }] });
    expect(next.a).toBe(old.a);
    expect(next.list[0]).toBe(old.list[0]);
    expect(next.list[1]).toEqual({ y: 3 });
  });

  it('distinguishes a missing key from an undefined value', () => {
    expect(Object.keys(shareStructure({ a: 1 }, { a: 1, b: undefined }))).toEqual(['a', 'b']);
  });

  it('matches list items by id', () => {
    const old = [
      { id: 'a', n: 1 },
      { id: 'b', n: 1 },
    ];
    const next = shareStructureById(old, [
      { id: 'b', n: 1 },
      { id: 'a', n: 2 },
    ]);
    expect(next[0]).toBe(old[1]);
    expect(
      shareStructureById(
        old,
        old.map((each) => ({ ...each })),
      ),
    ).toBe(old);
  });
});
