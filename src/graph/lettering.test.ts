import { expect, it } from 'vitest';
import type { Row } from './graph';
import { settingOf } from './lettering';

const row = (part: Partial<Row>): Row => ({
  name: 'on',
  field: 0,
  kind: 'bool',
  text: '0',
  was: undefined,
  order: undefined,
  owner: undefined,
  queue: [],
  ...part,
});

it('leaves room for what a truth value was as it is written, or leaves it out', () => {
  expect(settingOf(row({ name: 'mapped', was: '1' }), 4)).toMatchObject({ lines: 1, was: true });
  expect(settingOf(row({ name: 'group_item', was: '1' }), 4)).toMatchObject({
    lines: 1,
    was: false,
  });
});

it('gives a long name two lines where there is room for them, and else lets it give way', () => {
  const long = { name: 'cdev_device_open_cnt', kind: 'value', text: '1' } as const;
  expect(settingOf(row(long), 4)).toMatchObject({ lines: 2, below: true, tight: false });
  expect(settingOf(row(long), 1)).toMatchObject({ lines: 1, tight: true });
});
