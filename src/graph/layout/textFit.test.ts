import { expect, it } from 'vitest';
import type { FieldView } from '../model/graph';
import { fitField } from './textFit';

const fieldView = (part: Partial<FieldView>): FieldView => ({
  name: 'on',
  index: 0,
  kind: 'bool',
  text: '0',
  previous: undefined,
  memoryOrder: undefined,
  owner: undefined,
  queue: [],
  ...part,
});

it('leaves room for what a truth value was as it is written, or leaves it out', () => {
  expect(fitField(fieldView({ name: 'mapped', previous: '1' }), 4)).toMatchObject({
    lines: 1,
    showsPrevious: true,
  });
  expect(fitField(fieldView({ name: 'group_item', previous: '1' }), 4)).toMatchObject({
    lines: 1,
    showsPrevious: false,
  });
});

it('gives a long name two lines where there is room for them, and else lets it give way', () => {
  const long = { name: 'cdev_device_open_cnt', kind: 'value', text: '1' } as const;
  expect(fitField(fieldView(long), 4)).toMatchObject({
    lines: 2,
    valueBelow: true,
    nameYields: false,
  });
  expect(fitField(fieldView(long), 1)).toMatchObject({ lines: 1, nameYields: true });
});
