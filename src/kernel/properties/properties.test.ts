import { expect, it } from 'vitest';
import { memory } from './memory';
import { PROPERTY_IDS, propertyById, propertyCatalog } from './properties';

it('lists the properties of the public formats in their order', () => {
  expect(PROPERTY_IDS).toEqual([
    'owner-exclusive',
    'single-bind',
    'dma-owner',
    'path-exclusive',
    'no-ops-before-bind',
    'publication',
    'counters',
    'memory',
    'unregister-live',
    'id-unique',
    'no-lock-at-user',
    'lock-order',
    'clean-unwind',
    'kvm-ref',
    'ctx-alive',
    'no-deadlock',
    'warnings',
    'stated',
  ]);
});

it('throws on an unknown id', () => {
  expect(() => propertyById('memroy')).toThrow('unknown property "memroy"');
});

it('throws on a file without its record and on a duplicate id or order', () => {
  expect(() => propertyCatalog({ './other.ts': { memory } })).toThrow(
    'kernel/properties/other.ts: expected an export named "other"',
  );
  expect(() =>
    propertyCatalog({
      './memory.ts': { memory },
      './copy.ts': { copy: { ...memory, order: 99 } },
    }),
  ).toThrow('two properties have the id "memory"');
  expect(() =>
    propertyCatalog({ './memory.ts': { memory }, './copy.ts': { copy: { ...memory, id: 'x' } } }),
  ).toThrow('or the order 8');
});
