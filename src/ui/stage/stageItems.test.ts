import { describe, expect, it } from 'vitest';
import { matchStageItems, type StageItem } from './stageItems';

const item = (name: string, kind: string, inside?: string): StageItem => ({
  id: `${kind}:${name}`,
  name,
  kind: `struct ${kind}`,
  present: true,
  foldedGroup: inside,
});
const items = [
  item('fd12', 'file'),
  item('fd1 df', 'vfio_device_file', '11'),
  item('vfio1', 'vfio_device', '11'),
  item('fd1', 'file'),
];
const names = (query: string): readonly string[] =>
  matchStageItems(items, query).map(({ name }) => name);

describe('finding on the stage', () => {
  it('puts the same name first and the same beginning before the rest', () => {
    expect(names('fd1')).toEqual(['fd1', 'fd12', 'fd1 df']);
    expect(names(' VFIO1 ')).toEqual(['vfio1']);
  });

  it('wants every word, of the name, the type or the folded group', () => {
    expect(names('in group 11')).toEqual(['fd1 df', 'vfio1']);
    expect(names('group 11 vfio_device_file')).toEqual(['fd1 df']);
    expect(names('fd1 group 12')).toEqual([]);
    expect(names('')).toHaveLength(items.length);
  });
});
