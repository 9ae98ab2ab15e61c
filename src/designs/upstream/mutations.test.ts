import { describe, expect, it } from 'vitest';
import { mutate } from '../../kernel/mutation';
import { parseMutation } from '../../kernel/mutationText';
import type { PropertyId } from '../../kernel/propertyId';
import type { Call, World } from '../../kernel/world';
import { explore } from '../testDrive';
import { cdevPath, closing, ONE_DEVICE } from './testCalls';
import { upstream } from './upstream';

/** A row left out, and the property that notices. */
interface Fault {
  readonly without: string;
  readonly calls: readonly Call[];
  readonly breaks: PropertyId;
  readonly world?: World;
}

const groupThenCdev: Call[] = [
  { by: 'b', call: 'open_group', group: '12', as: 'g' },
  ...cdevPath('a', 1),
];

/** Beyond the faults that domain.md section 8 names: each gate of v6.6 is there for a reason. */
const faults: readonly Fault[] = [
  { without: 'upstream/bind_iommufd/BIND.4#test', calls: groupThenCdev, breaks: 'path-exclusive' },
  { without: 'upstream/open_group/GOPEN.2', calls: groupThenCdev, breaks: 'path-exclusive' },
  {
    without: 'upstream/device_io/GATE.1',
    calls: [
      ...cdevPath('a', 1),
      { by: 'b', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
      { by: 'b', call: 'device_io', fd: 'fd2' },
    ],
    breaks: 'no-ops-before-bind',
  },
  {
    without: 'upstream/bind_iommufd/BIND.U2b#fput',
    calls: [...cdevPath('a', 1), ...cdevPath('b', 2), ...closing('b', 'ictx2')],
    breaks: 'counters',
  },
  {
    without: 'upstream/open_cdev/OPEN.2',
    calls: [
      ...cdevPath('a', 1),
      ...closing('a', 'fd1'),
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
    ],
    breaks: 'counters',
  },
];

describe('a row left out of v6.6', () => {
  it.each(faults)('$without: $breaks', ({ without, calls, breaks, world = ONE_DEVICE }) => {
    const mutation = parseMutation('without', without);
    if (!mutation) throw new Error(`no mutation ${without}`);
    const changed = mutate(upstream, {}, [mutation]);
    if (!changed.ok) throw new Error(changed.message);
    expect([...explore(upstream, {}, world, calls).broken.keys()]).toEqual([]);
    expect([...explore(changed.design, {}, world, calls).broken.keys()]).toContain(breaks);
  });
});
