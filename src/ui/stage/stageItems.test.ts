import { describe, expect, it } from 'vitest';
import { matchStageItems, type StageItem } from './stageItems';

const item = (name: string, kind: string, foldedGroup?: string): StageItem => ({
  id: `${kind}:${name}`,
  name,
  kind: `struct ${kind}`,
  present: true,
  foldedGroup,
});
const items = [
  item('fd12', 'file'),
  item('fd1 df', 'vfio_device_file', '11'),
  item('vfio1', 'vfio_device', '11'),
  item('fd1', 'file'),
];
const names = (query: string): readonly string[] =>
  matchStageItems(items, query).map(({ name }) => name);

describe('matchStageItems', () => {
  it('sorts exact names first, then prefixes', () => {
    expect(names('fd1')).toEqual(['fd1', 'fd12', 'fd1 df']);
    expect(names(' VFIO1 ')).toEqual(['vfio1']);
  });

  it('requires every word in name, type or folded group', () => {
    expect(names('in group 11')).toEqual(['fd1 df', 'vfio1']);
    expect(names('group 11 vfio_device_file')).toEqual(['fd1 df']);
    expect(names('fd1 group 12')).toEqual([]);
    expect(names('')).toHaveLength(items.length);
  });
});
