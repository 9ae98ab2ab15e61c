import { describe, expect, it } from 'vitest';
import type { Design, Options } from '../../kernel/language/design';
import {
  mutexLock,
  mutexUnlock,
  addressOf,
  staticBranch,
  store,
} from '../../kernel/language/primitives';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Call, World } from '../../kernel/language/world';
import { DOMAIN } from '../shared/iommuGroup';
import { withSteps } from '../testing/changeSteps';
import { startTestRun, exploreInterleavings } from '../testing/testRun';
import { design as parkedSplit } from './design';

const world: World = {
  devices: [
    { name: 'vfio0', group: '12' },
    { name: 'vfio1', group: '12' },
  ],
  processes: ['legacy', 'new', 'other'],
};

const legacy: readonly Call[] = [
  { by: 'legacy', call: 'open_container', as: 'c1' },
  { by: 'legacy', call: 'open_group', group: '12', as: 'g' },
  { by: 'legacy', call: 'set_container', fd: 'g', container: 'c1' },
  { by: 'legacy', call: 'set_iommu', fd: 'c1' },
  { by: 'legacy', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'f1' },
];
const cdev = (device: string, by: string, n: number): readonly Call[] => [
  { by, call: 'open_cdev', device, as: `f${n}` },
  { by, call: 'open_iommufd', as: `ictx${n}` },
  { by, call: 'bind_iommufd', fd: `f${n}`, iommufd: `ictx${n}` },
];

/** The columns of the table, and a fourth that its third row mentions. */
const situations = {
  'same device, two paths': [...legacy, ...cdev('vfio0', 'new', 2)],
  'two devices of a group': [...legacy, ...cdev('vfio1', 'new', 2)],
  'double cdev bind, same iommufd': [
    ...cdev('vfio0', 'new', 2),
    { by: 'new/2', call: 'open_cdev', device: 'vfio0', as: 'f3' },
    { by: 'new/2', call: 'bind_iommufd', fd: 'f3', iommufd: 'ictx2' },
  ],
  'two cdev owners in a group': [...cdev('vfio0', 'new', 2), ...cdev('vfio1', 'other', 3)],
} satisfies Record<string, readonly Call[]>;

type Situation = keyof typeof situations;

/** What a cell says: the witness text of every property that some interleaving breaks, and all that the calls can return. */
interface ExpectedCell {
  readonly options: Options;
  readonly situation: Situation;
  readonly breaks: Partial<Record<PropertyId, string>>;
  readonly endings: readonly string[];
}

const TWO_OWNERS = 'f1 (legacy) reaches vfio0 for c1 container, and f2 (new) for ictx2 ctx';
const NOT_ITS_DMA =
  'f1 (legacy) reaches vfio0 for c1 container, but the DMA of IOMMU group 12 belongs to ictx2 ctx';
const DOMAIN_LOST = (device: string) =>
  `f2 (new) reaches ${device} for ictx2 ctx, but another context set the domain of IOMMU group 12`;
const TWO_BINDS = 'f2 (new) and f3 (new/2) are both cdev files of vfio0 with normal access';

const [BOTH_IN, PERM_OR_PERM] = [
  ['0 0 0 0 0 0 0 0'],
  ['0 0 0 0 0 0 0 EPERM', '0 0 EPERM EINVAL EINVAL 0 0 0'],
];
const [ONE_BIND, TWO_BIND] = [['0 0 0 0 EBUSY', '0 0 EBUSY 0 0'], ['0 0 0 0 0']];
/** The first path keeps the group: the other path is refused at its bind or at its open, and the calls that need the fd are skipped. */
const EARLY_BUSY = ['0 0 0 0 0 0 0 EBUSY', '0 EBUSY skipped EINVAL skipped 0 0 0'];

const same = 'same device, two paths';
const two = 'two devices of a group';
const double = 'double cdev bind, same iommufd';
const cells: readonly ExpectedCell[] = [
  // none, false: BREAKS | BREAKS | safe only with the iommu_dev check under the lock
  {
    options: { extraState: 'none' },
    situation: same,
    breaks: { 'dma-owner': NOT_ITS_DMA, 'owner-exclusive': TWO_OWNERS },
    endings: BOTH_IN,
  },
  {
    options: { extraState: 'none' },
    situation: two,
    breaks: { 'dma-owner': NOT_ITS_DMA },
    endings: BOTH_IN,
  },
  { options: { extraState: 'none' }, situation: double, breaks: {}, endings: ONE_BIND },
  {
    options: { extraState: 'none', perDeviceCheck: 'false' },
    situation: double,
    breaks: { 'single-bind': TWO_BINDS },
    endings: TWO_BIND,
  },
  // perDevice, false: holds | BREAKS | holds, even without the iommu_dev check. The first cell holds for who reaches the device
  // (owner-exclusive). Where the cdev is first, its DMA breaks even so: SET_IOMMU puts the domain of type1 on the group before
  // GET_DEVICE_FD reads the field and refuses. The table speaks of the first half of its invariant only; the model is right on the second.
  {
    options: { extraState: 'perDevice' },
    situation: same,
    breaks: { 'dma-owner': DOMAIN_LOST('vfio0') },
    endings: ['0 0 0 0 0 0 0 EBUSY', '0 0 0 0 EBUSY 0 0 0'],
  },
  {
    options: { extraState: 'perDevice' },
    situation: two,
    breaks: { 'dma-owner': DOMAIN_LOST('vfio1') },
    endings: BOTH_IN,
  },
  { options: { extraState: 'perDevice' }, situation: double, breaks: {}, endings: ONE_BIND },
  {
    options: { extraState: 'perDevice', perDeviceCheck: 'false' },
    situation: double,
    breaks: {},
    endings: ONE_BIND,
  },
  // perGroup, false: holds | holds | holds with a check per device too
  { options: { extraState: 'perGroup' }, situation: same, breaks: {}, endings: EARLY_BUSY },
  { options: { extraState: 'perGroup' }, situation: two, breaks: {}, endings: EARLY_BUSY },
  { options: { extraState: 'perGroup' }, situation: double, breaks: {}, endings: ONE_BIND },
  {
    options: { extraState: 'perGroup', perDeviceCheck: 'false' },
    situation: double,
    breaks: { 'single-bind': TWO_BINDS },
    endings: TWO_BIND,
  },
  // none, true: holds, the loser gets -EPERM at SET_CONTAINER or at its bind | holds | safe only with the iommu_dev check
  {
    options: { extraState: 'none', type1ClaimsOwner: 'true' },
    situation: same,
    breaks: {},
    endings: PERM_OR_PERM,
  },
  {
    options: { extraState: 'none', type1ClaimsOwner: 'true' },
    situation: two,
    breaks: {},
    endings: PERM_OR_PERM,
  },
  {
    options: { extraState: 'none', type1ClaimsOwner: 'true' },
    situation: double,
    breaks: {},
    endings: ONE_BIND,
  },
  {
    options: { extraState: 'none', type1ClaimsOwner: 'true', perDeviceCheck: 'false' },
    situation: double,
    breaks: { 'single-bind': TWO_BINDS },
    endings: TWO_BIND,
  },
  // perGroup, true: holds, early and clear -EBUSY | holds | holds (the table takes the check per device for granted, as in v6.6)
  {
    options: { extraState: 'perGroup', type1ClaimsOwner: 'true' },
    situation: same,
    breaks: {},
    endings: EARLY_BUSY,
  },
  {
    options: { extraState: 'perGroup', type1ClaimsOwner: 'true' },
    situation: two,
    breaks: {},
    endings: EARLY_BUSY,
  },
  {
    options: { extraState: 'perGroup', type1ClaimsOwner: 'true' },
    situation: double,
    breaks: {},
    endings: ONE_BIND,
  },
  {
    options: { extraState: 'perGroup', type1ClaimsOwner: 'true', perDeviceCheck: 'false' },
    situation: double,
    breaks: { 'single-bind': TWO_BINDS },
    endings: TWO_BIND,
  },
  // Below the table: the extra state read and written without a lock. Both read zero, both write, and both continue.
  {
    options: { extraState: 'perDeviceUnlocked' },
    situation: same,
    breaks: { 'dma-owner': DOMAIN_LOST('vfio0'), 'owner-exclusive': TWO_OWNERS },
    endings: ['0 0 0 0 0 0 0 0', '0 0 0 0 0 0 0 EBUSY', '0 0 0 0 EBUSY 0 0 0'],
  },
  {
    options: { extraState: 'perDeviceUnlocked' },
    situation: two,
    breaks: { 'dma-owner': DOMAIN_LOST('vfio1') },
    endings: BOTH_IN,
  },
  {
    options: { extraState: 'perDeviceUnlocked', perDeviceCheck: 'false' },
    situation: double,
    breaks: { 'single-bind': TWO_BINDS },
    endings: ['0 0 0 0 0', '0 0 0 0 EBUSY', '0 0 EBUSY 0 0'],
  },
];

/** Path exclusion is a goal of some options only and no column of the table. */
function violatedProperties(
  design: Design,
  options: Options,
  situation: Situation,
): Partial<Record<PropertyId, string>> {
  const { violations: found } = exploreInterleavings(design, options, world, situations[situation]);
  return Object.fromEntries([...found].filter(([p]) => p !== 'path-exclusive'));
}

describe('table 4.4', () => {
  it.each(cells)('$situation with $options', ({ options, situation, breaks, endings }) => {
    expect(violatedProperties(parkedSplit, options, situation)).toEqual(breaks);
    expect(
      exploreInterleavings(parkedSplit, options, world, situations[situation]).outcomes,
    ).toEqual(endings);
  });

  it('breaks the same properties whether or not a group device fd starts parked, apart from its open op', () => {
    for (const { options, situation, breaks } of cells.filter((c) => c.situation !== double)) {
      const found = violatedProperties(
        parkedSplit,
        { ...options, groupFdStartsParked: 'false' },
        situation,
      );
      expect(found['no-ops-before-bind']).toBe(
        "legacy runs the driver's open_device op through f1 before its bind is complete",
      );
      expect(
        Object.keys(found)
          .filter((p) => p !== 'no-ops-before-bind')
          .sort(),
      ).toEqual(Object.keys(breaks).sort());
    }
  });

  it('attaches the type1 domain in SET_IOMMU although GET_DEVICE_FD fails', () => {
    const mirror = startTestRun(parkedSplit, { extraState: 'perDevice' }, world, situations[same])
      .runUntil('new')
      .runUntil('legacy', 'GDF.1');
    expect(mirror.violations.get('dma-owner')).toBe(DOMAIN_LOST('vfio0'));
    expect(mirror.runToEnd().results()).toEqual([0, 0, 0, 0, 'EBUSY', 0, 0, 0]);
    expect([...mirror.violations.keys()]).not.toContain('owner-exclusive');
  });

  it('needs the claim of iommufd between two cdev owners of a group, whatever the extra state', () => {
    const claim = 'BIND.5:IBIND.4';
    const taken = [
      mutexLock('iommu_group.mutex'),
      staticBranch({ arg: 'iommufd', kinds: ['iommufd'] }, [
        store('iommu_group.owner', addressOf('iommufd/ctx')),
      ]),
      store('iommu_group.owner_cnt', 1),
      store('iommu_group.domain', DOMAIN.blocking),
      mutexUnlock('iommu_group.mutex'),
    ];
    const unclaimed = withSteps(parkedSplit, 'bind_iommufd', (steps) =>
      steps.map((s) => (s.id === claim ? { ...s, ops: taken } : s)),
    );
    for (const extraState of ['none', 'perDevice', 'perGroup']) {
      const { violations: with_, outcomes: endings } = exploreInterleavings(
        parkedSplit,
        { extraState },
        world,
        situations['two cdev owners in a group'],
      );
      expect([[...with_.keys()], endings]).toEqual([[], ['0 0 0 0 0 EPERM', '0 0 EPERM 0 0 0']]);
      expect(
        violatedProperties(unclaimed, { extraState }, 'two cdev owners in a group'),
      ).toMatchObject({
        'dma-owner':
          'f2 (new) reaches vfio0 for ictx2 ctx, but the DMA of IOMMU group 12 belongs to ictx3 ctx',
      });
    }
  });
});
