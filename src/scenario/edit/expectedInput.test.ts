import { expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { expectedInput, type InputPath } from './expectedInput';

registerDesigns(DESIGNS);

const FILE = {
  world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu', 'dpdk'] },
  calls: [
    { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
    { by: 'qemu', call: 'open_iommufd', as: 'ictx1' },
    { by: 'qemu', call: 'bind_iommufd', fd: 'fd1' },
    { by: 'dpdk' },
  ],
};
const keys = (path: InputPath, root: unknown = FILE): readonly string[] =>
  expectedInput(root, path).keys.map(({ name }) => name);
const values = (...path: InputPath): readonly string[] => expectedInput(FILE, path).values;

it('gives the keys of an object, those of its call for a call', () => {
  expect(keys([], {})).toEqual(expect.arrayContaining(['format', 'title', 'world', 'calls']));
  expect(keys(['world', 'devices', 0])).toContain('kernelDriver');
  expect(keys(['calls', 2])).toEqual(['by', 'call', 'fd', 'iommufd', 'fault', 'after']);
  expect(keys(['calls', 3])).toEqual(['by', 'call']);
  expect(keys(['expect', 'calls', 0])).toContain('returns');
  expect(keys(['nothing', 3, 'there'])).toEqual([]);
});

it('gives the words of the format and the names that fit', () => {
  expect(values('format')).toEqual(['"vfio-playground/scenario@1"']);
  expect(values('design')).toContain('"parked-shim"');
  expect(values('calls', 2, 'fd')).toEqual(['"fd1"', '"ictx1"']);
  expect(values('calls', 2, 'iommufd')).toEqual(['"ictx1"', '"fd1"']);
  expect(values('calls', 0, 'device')).toEqual(['"vfio0"']);
  expect(values('calls', 3, 'by')).toContain('"dpdk"');
  expect(values('calls', 3, 'call')).toContain('"get_device_fd"');
  expect(values('calls', 3, 'after', 0)).toContain('"fd1"');
  expect(values('calls', 2, 'fault').length).toBeGreaterThan(0);
  expect(values('world', 'storeBuffers')).toEqual(['true', 'false']);
  expect(values('expect', 'verdict')).toEqual(['"holds"', '"violated"']);
  expect(values('options', 'linux')).toContain('"6.12"');
});

it('survives any input', () => {
  for (const root of [undefined, null, 3, [], { calls: [null, 3, { by: 1 }], world: [] }])
    for (const path of [[], ['calls', 0], ['calls', 2, 'by'], ['world', 'devices', 0, 'group']])
      expect(expectedInput(root, path).keys).toBeDefined();
});
