import { describe, expect, it } from 'vitest';
import { mutate } from '../../kernel/compiler/mutate';
import { parseMutation } from '../../kernel/language/mutation';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Call, World } from '../../kernel/language/world';
import { exploreInterleavings } from '../testing/testRun';
import { cdevPathCalls, closeCalls, ONE_DEVICE } from '../testing/upstreamCalls';
import { design as upstream } from './design';

/** A row left out, and the property that notices. */
interface DisabledStepCase {
  readonly without: string;
  readonly calls: readonly Call[];
  readonly violates: PropertyId;
  readonly world?: World;
}

const groupThenCdev: Call[] = [
  { by: 'b', call: 'open_group', group: '12', as: 'g' },
  ...cdevPathCalls('a', 1),
];

/** Disabling any of the checks of v6.6 violates a property. */
const disabledStepCases: readonly DisabledStepCase[] = [
  {
    without: 'upstream/bind_iommufd/BIND.4#test',
    calls: groupThenCdev,
    violates: 'path-exclusive',
  },
  { without: 'upstream/open_group/GOPEN.2', calls: groupThenCdev, violates: 'path-exclusive' },
  {
    without: 'upstream/device_io/GATE.1',
    calls: [
      ...cdevPathCalls('a', 1),
      { by: 'b', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
      { by: 'b', call: 'device_io', fd: 'fd2' },
    ],
    violates: 'no-ops-before-bind',
  },
  {
    without: 'upstream/bind_iommufd/BIND.U2b#fput',
    calls: [...cdevPathCalls('a', 1), ...cdevPathCalls('b', 2), ...closeCalls('b', 'ictx2')],
    violates: 'counters',
  },
  {
    without: 'upstream/open_cdev/OPEN.2',
    calls: [
      ...cdevPathCalls('a', 1),
      ...closeCalls('a', 'fd1'),
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
    ],
    violates: 'counters',
  },
];

describe('a disabled step of v6.6', () => {
  it.each(disabledStepCases)(
    '$without: $breaks',
    ({ without, calls, violates: breaks, world = ONE_DEVICE }) => {
      const mutation = parseMutation('without', without);
      if (!mutation) throw new Error(`no mutation ${without}`);
      const changed = mutate(upstream, {}, [mutation]);
      if (!changed.ok) throw new Error(changed.message);
      expect([...exploreInterleavings(upstream, {}, world, calls).violations.keys()]).toEqual([]);
      expect([
        ...exploreInterleavings(changed.design, {}, world, calls).violations.keys(),
      ]).toContain(breaks);
    },
  );
});
