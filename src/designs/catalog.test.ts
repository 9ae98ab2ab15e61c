import { expect, it } from 'vitest';
import { DESIGN_METAS, designCatalog, designLabel, designShortTitle } from './catalog';
import { designName, designTitle, optionEffect } from '../kernel/language/design';
import { DESIGNS } from './designs';
import { designById, registerDesigns } from './registry';

it('lists each design folder once, in the order of its record', () => {
  expect(DESIGN_METAS.map((m) => m.id)).toEqual([
    'rfc-opened',
    'parked-shim',
    'parked-split',
    'upstream',
  ]);
  expect(DESIGNS.map(({ id, title }) => ({ id, title }))).toEqual(
    DESIGN_METAS.map(({ id, title }) => ({ id, title })),
  );
  expect(DESIGNS.map(({ id }) => designById(id))).toEqual(DESIGNS);
});

it('throws on a second design with the same id', () => {
  expect(() => registerDesigns(DESIGNS.map((design) => ({ ...design })))).toThrow(
    'two designs have the id "rfc-opened"',
  );
});

it('throws on records that clash', () => {
  const meta = { id: 'a', title: '', summary: '', order: 1 };
  expect(() => designCatalog({ './b/meta.ts': meta })).toThrow('expected the name of the folder');
  expect(() => designCatalog({ './a/meta.ts': meta, './b/meta.ts': { ...meta, id: 'b' } })).toThrow(
    'order 1 is already taken by a',
  );
  const words = (code: number) => [{ code, word: 'x' }];
  expect(() => designCatalog({ './a/meta.ts': { ...meta, linkWords: words(1) } })).toThrow(
    'expected codes from 32768, got 1',
  );
  expect(() =>
    designCatalog({
      './a/meta.ts': { ...meta, linkWords: words(40000) },
      './b/meta.ts': { ...meta, id: 'b', order: 2, linkWords: words(40000) },
    }),
  ).toThrow('code 40000 of "x" is already taken by "x"');
});

it('says of each value of an option what the design does', () => {
  for (const design of DESIGNS)
    for (const option of design.options)
      for (const value of option.values)
        expect(optionEffect(design, option, value), `${option.id}=${value}`).not.toMatch(
          /^[^:]*: |\.$/,
        );
});

it('names a design with the options that are not at their default', () => {
  const split = DESIGNS.find(({ id }) => id === 'parked-split')!;
  const upstream = DESIGNS.find(({ id }) => id === 'upstream')!;
  expect(designName(split, { extraState: 'none' })).toBe('parked-split');
  expect(designName(split, { extraState: 'perGroup' })).toBe('parked-split, extraState=perGroup');
  expect(designTitle(split, { extraState: 'perGroup' })).toBe(
    `${split.title}, extraState=perGroup`,
  );
  expect(designName(upstream, { linux: '6.6' })).toBe('upstream, linux=6.6');
  expect(designTitle(upstream, { linux: '6.6', kvmFix: 'true' })).toBe('Linux v6.6, kvmFix=true');
});

it('has a short title for buttons, with the full title and the id in the label', () => {
  const upstream = DESIGNS.find(({ id }) => id === 'upstream')!;
  const split = DESIGNS.find(({ id }) => id === 'parked-split')!;
  const texts = DESIGNS.map((design) => designShortTitle(design, {}));
  expect(new Set(texts).size).toBe(DESIGNS.length);
  // What four buttons on a phone of 390 px have room for.
  expect(texts.join('').length).toBeLessThan(48);
  expect(designShortTitle(upstream, { linux: '6.6' })).toBe('Linux v6.6');
  expect(designShortTitle(split, { extraState: 'perGroup' })).toBe(
    'Parked, separate, extraState=perGroup',
  );
  expect(designLabel('Linux v6.12', { title: 'Linux v6.12', name: 'upstream' })).toBe(
    'Linux v6.12 (upstream)',
  );
  expect(designLabel('RFC', { title: 'The RFC as posted', name: 'rfc-opened' })).toBe(
    'RFC: The RFC as posted (rfc-opened)',
  );
});
