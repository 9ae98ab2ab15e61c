import { describe, expect, it } from 'vitest';
import type { Options } from '../../kernel/language/design';
import type { Call, World } from '../../kernel/language/world';
import { startTestRun } from '../testing/testRun';
import { design as upstream } from './design';

const WORLD: World = {
  devices: [
    { name: 'vfio0', group: '12', noiommu: true },
    { name: 'vfio1', group: '14' },
  ],
  processes: ['qemu'],
};
const qemu = (call: Omit<Call, 'by'>): Call => ({ by: 'qemu', ...call });
const openContainer = qemu({ call: 'open_container', as: 'c' });
const openIommufd = qemu({ call: 'open_iommufd', as: 'i' });
const openGroup = qemu({ call: 'open_group', group: '12', as: 'g' });
const openOther = qemu({ call: 'open_group', group: '14', as: 'h' });
const set = (fd: string, container: string): Call => qemu({ call: 'set_container', fd, container });
const setIommu = qemu({ call: 'set_iommu', fd: 'c' });
const getFd = (as: string): Call => qemu({ call: 'get_device_fd', fd: 'g', device: 'vfio0', as });
const io = qemu({ call: 'device_io', fd: 'd' });
const close = (fd: string): Call => qemu({ call: 'close', fd });

function run(calls: readonly Call[], options: Options = {}) {
  const r = startTestRun(upstream, options, WORLD, calls).runToEnd();
  return { results: r.results(), violations: [...r.violations.keys()].sort() };
}

describe('a device without an IOMMU', () => {
  it('has no node', () => {
    const open = qemu({ call: 'open_cdev', device: 'vfio0', as: 'd' });
    expect(run([open]).results).toEqual(['ENOENT']);
  });

  it.each([
    ['open_group', [openContainer, { ...openGroup, fault: 'GOPEN.1' }]],
    ['set_container', [openContainer, openGroup, { ...set('g', 'c'), fault: 'SETC.4' }]],
    [
      'get_device_fd in a container',
      [openContainer, openGroup, set('g', 'c'), setIommu, { ...getFd('d'), fault: 'GDF.8d' }],
    ],
    [
      'get_device_fd with an iommufd',
      [openIommufd, openGroup, set('g', 'i'), { ...getFd('d'), fault: 'GDF.7' }],
    ],
    [
      'set_iommu of an iommufd',
      [openIommufd, openGroup, set('g', 'i'), { ...setIommu, fd: 'i', fault: 'SETI.C1' }],
    ],
  ] as const)('needs CAP_SYS_RAWIO: %s', (_what, calls) => {
    const { results, violations } = run(calls);
    expect(results).toEqual([...calls.slice(1).map(() => 0), 'EPERM']);
    expect(violations).toEqual([]);
  });

  it('does not share a container or an iommufd with a device that has one', () => {
    expect(
      run([openContainer, openGroup, openOther, set('g', 'c'), set('h', 'c')]).results,
    ).toEqual([0, 0, 0, 0, 'EPERM']);
    expect(run([openIommufd, openGroup, openOther, set('g', 'i'), set('h', 'i')]).results).toEqual([
      0,
      0,
      0,
      0,
      'EINVAL',
    ]);
    expect(run([openIommufd, openGroup, openOther, set('h', 'i'), set('g', 'i')]).results).toEqual([
      0,
      0,
      0,
      0,
      'EINVAL',
    ]);
  });

  it.each(['6.6', '6.12'])('gets an fd without access through an iommufd in v%s', (linux) => {
    expect(
      run([openIommufd, openGroup, set('g', 'i'), getFd('d'), io, close('d')], { linux }),
    ).toEqual({ results: [0, 0, 0, 0, 'EINVAL', 0], violations: ['counters', 'warnings'] });
  });

  it.each(['6.18', '7.0'])('is opened without a bind in v%s, and undone if that fails', (linux) => {
    const failing = { ...getFd('e'), fault: 'GDF.8e' };
    expect(
      run([openIommufd, openGroup, set('g', 'i'), failing, getFd('d'), io, close('d')], { linux }),
    ).toEqual({ results: [0, 0, 0, 'EIO', 0, 0, 0], violations: [] });
  });

  it('is registered and removed without a cdev', () => {
    const driver = (call: string, fault?: string): Call => ({
      by: 'driver',
      call,
      device: 'vfio0',
      ...(fault === undefined ? {} : { fault }),
    });
    expect(
      run([
        driver('unregister_device'),
        driver('register_device', 'REG.10b'),
        driver('register_device'),
        { ...openGroup, after: ['driver:3'] },
      ]),
    ).toEqual({ results: [0, 'ENOMEM', 0, 0], violations: [] });
  });
});
