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

it('shows the previous value of a bool only if both fit as words', () => {
  expect(fitField(fieldView({ name: 'mapped', previous: '1' }), 4)).toMatchObject({
    lines: 1,
    showsPrevious: true,
  });
  expect(fitField(fieldView({ name: 'group_item', previous: '1' }), 4)).toMatchObject({
    lines: 1,
    showsPrevious: false,
  });
});

it('counts the last line of a name that wraps', () => {
  expect(
    fitField(fieldView({ name: 'opened_by_nongroup_dev', text: '1', previous: '0' }), 4),
  ).toMatchObject({ lines: 2, valueBelow: true, showsPrevious: false });
});

it('sets a long name on two lines if the node has them, else truncates it', () => {
  const long = { name: 'cdev_device_open_cnt', kind: 'value', text: '1' } as const;
  expect(fitField(fieldView(long), 4)).toMatchObject({
    lines: 2,
    valueBelow: true,
    nameYields: false,
  });
  expect(fitField(fieldView(long), 1)).toMatchObject({ lines: 1, nameYields: true });
});
