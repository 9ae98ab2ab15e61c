import { describe, expect, it } from 'vitest';
import type { Options } from '../../kernel/language/design';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Call, World } from '../../kernel/language/world';
import { startTestRun, exploreInterleavings } from '../testing/testRun';
import { design as parkedSplit } from './design';

const world: World = {
  devices: [
    { name: 'vfio0', group: '12' },
    { name: 'vfio1', group: '12' },
  ],
  processes: ['legacy', 'new', 'other'],
};

const legacy: Call[] = [
  { by: 'legacy', call: 'open_container', as: 'c' },
  { by: 'legacy', call: 'open_group', group: '12', as: 'g' },
  { by: 'legacy', call: 'set_container', fd: 'g', container: 'c' },
  { by: 'legacy', call: 'set_iommu', fd: 'c' },
  { by: 'legacy', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'd' },
];
const cdev = (device: string, by = 'new', n = 1): Call[] => [
  { by, call: 'open_cdev', device, as: `fd${n}` },
  { by, call: 'open_iommufd', as: `ictx${n}` },
  { by, call: 'bind_iommufd', fd: `fd${n}`, iommufd: `ictx${n}` },
];

/** The option sets of table 4.4, and the one below it. */
const choices: readonly Options[] = [
  { extraState: 'none' },
  { extraState: 'perDevice' },
  { extraState: 'perGroup' },
  { extraState: 'perDeviceUnlocked' },
  { extraState: 'none', type1ClaimsOwner: 'true' },
  { extraState: 'perGroup', type1ClaimsOwner: 'true' },
];

describe('parked-split', () => {
  it.each(choices)(
    'breaks nothing but exclusion with $extraState, $type1ClaimsOwner',
    (options) => {
      const exclusion: readonly PropertyId[] = [
        'owner-exclusive',
        'single-bind',
        'dma-owner',
        'path-exclusive',
      ];
      expect(
        [
          ...exploreInterleavings(parkedSplit, options, world, [
            ...legacy,
            ...cdev('vfio0'),
          ]).violations.keys(),
        ].filter((p) => !exclusion.includes(p)),
      ).toEqual([]);
    },
  );

  it('reaches two owners by the interleaving without extra state', () => {
    const d = startTestRun(parkedSplit, {}, world, [...legacy, ...cdev('vfio0')])
      .runUntil('legacy')
      .runUntil('new');
    expect(d.results()).toEqual(Array(8).fill(0));
    expect([...d.violations.keys()].sort()).toEqual([
      'dma-owner',
      'owner-exclusive',
      'path-exclusive',
    ]);
  });

  it('runs the open op through a file that was never parked', () => {
    const run = (groupFdStartsParked: string) => [
      ...startTestRun(parkedSplit, { groupFdStartsParked }, world, legacy)
        .runToEnd()
        .violations.keys(),
    ];
    expect(run('true')).toEqual([]);
    expect(run('false')).toEqual(['no-ops-before-bind']);
  });

  it.each(choices)('closes clean in any order with $extraState, $type1ClaimsOwner', (options) => {
    for (const groupFdStartsParked of ['true', 'false']) {
      for (const order of [
        ['d', 'g', 'c'],
        ['g', 'c', 'd'],
        ['c', 'd', 'g'],
      ]) {
        const d = startTestRun(parkedSplit, { ...options, groupFdStartsParked }, world, [
          ...legacy,
          { by: 'legacy', call: 'unset_container', fd: 'g' },
          ...order.map((fd): Call => ({ by: 'legacy', call: 'close', fd })),
          { by: 'legacy', call: 'open_group', group: '12', as: 'g2' },
          { by: 'legacy', call: 'close', fd: 'g2' },
          { by: 'driver', call: 'unregister_device', device: 'vfio0' },
        ]).runToEnd();
        expect(d.results()).toEqual([0, 0, 0, 0, 0, 'EBUSY', 0, 0, 0, 0, 0, 0]);
        expect([...d.violations.keys()].filter((p) => p !== 'no-ops-before-bind')).toEqual([]);
        expect(d.fieldValue('c container.life')).toBe(2);
        expect(d.fieldValue('iommu group 12.owner_cnt')).toBe(0);
        expect(d.fieldValue('vfio0.life')).toBe(2);
      }
    }
  });

  it('undoes every step of GET_DEVICE_FD and bind that can fail', () => {
    for (const options of choices) {
      for (const groupFdStartsParked of ['true', 'false']) {
        for (const fault of ['GDF.4', 'GDF.5a', 'GDF.5b', 'GDF.8']) {
          const d = startTestRun(parkedSplit, { ...options, groupFdStartsParked }, world, [
            ...legacy.slice(0, 4),
            { ...legacy[4]!, fault },
            { by: 'legacy', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'again' },
          ]).runToEnd();
          expect(d.results()[5]).toBe(0);
          expect(d.results()[4]).not.toBe(0);
          expect([...d.violations.keys()].filter((p) => p !== 'no-ops-before-bind')).toEqual([]);
        }
        for (const fault of ['BIND.5:IBIND.3', 'BIND.5:IBIND.5', 'BIND.7b']) {
          const calls = cdev('vfio0');
          const d = startTestRun(parkedSplit, options, world, [
            ...calls.slice(0, 2),
            { ...calls[2]!, fault },
            { by: 'new', call: 'bind_iommufd', fd: 'fd1', iommufd: 'ictx1' },
          ]).runToEnd();
          expect(d.results()[3]).toBe(0);
          expect([...d.violations]).toEqual([]);
        }
      }
    }
  });
});
