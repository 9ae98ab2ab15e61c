import { describe, expect, it } from 'vitest';
import type { Call } from '../../kernel/language/world';
import { exploreInterleavings, startTestRun } from '../testing/testRun';
import { cdevPathCalls, ONE_DEVICE } from '../testing/upstreamCalls';
import { design as upstream } from './design';

const ioas: Call = { by: 'a', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas1' };
const hwpt = (by = 'a'): Call => ({
  by,
  call: 'hwpt_alloc',
  iommufd: 'ictx1',
  ioas: 'ioas1',
  device: 'vfio0',
  as: 'hwpt1',
});
const attach = (to: Pick<Call, 'ioas' | 'hwpt'>): Call => ({
  by: 'a',
  call: 'attach_ioas',
  fd: 'fd1',
  ...to,
});
const destroy = (object: string): Call => ({
  by: 'a',
  call: 'iommu_destroy',
  iommufd: 'ictx1',
  object,
});
const close = (fd: string, fault?: string): Call => ({
  by: 'a',
  call: 'close',
  fd,
  ...(fault === undefined ? {} : { fault }),
});
const bound = cdevPathCalls('a', 1);

describe('IOMMU_HWPT_ALLOC', () => {
  it('makes a page table that stays after the detach, until it is destroyed', () => {
    const calls = [
      ...bound,
      ioas,
      hwpt(),
      attach({ hwpt: 'hwpt1' }),
      destroy('hwpt1'),
      { by: 'a', call: 'detach_ioas', fd: 'fd1' },
      destroy('ioas1'),
      destroy('hwpt1'),
      destroy('ioas1'),
    ] satisfies Call[];
    const d = startTestRun(upstream, {}, ONE_DEVICE, calls).runToEnd();
    expect(d.results().slice(bound.length)).toEqual([0, 0, 0, 'EBUSY', 0, 'EBUSY', 0, 0]);
    expect([...d.violations]).toEqual([]);
  });

  it('is freed with the iommufd', () => {
    const d = startTestRun(upstream, {}, ONE_DEVICE, [
      ...bound,
      ioas,
      hwpt(),
      attach({ hwpt: 'hwpt1' }),
      close('fd1'),
      close('ictx1'),
    ]).runToEnd();
    expect(d.fieldValue('hwpt1.life')).toBe(2);
    expect([...d.violations]).toEqual([]);
  });

  it.each([
    ['6.6', 'ENOENT'],
    ['6.12', 'EINVAL'],
  ])('of v%s returns -%s for an ioas that is destroyed', (linux, errno) => {
    const calls = [...bound, ioas, destroy('ioas1'), hwpt()];
    const d = startTestRun(upstream, { linux }, ONE_DEVICE, calls).runToEnd();
    expect(d.results().at(-1)).toBe(errno);
    expect([...d.violations]).toEqual([]);
  });

  it('holds an unbind, which leaves the device bound if its wait times out', () => {
    const calls = [...bound, ioas, hwpt('a/2'), close('fd1', 'CLOSE.3:IUNBIND.2b')];
    const d = startTestRun(upstream, {}, ONE_DEVICE, calls);
    d.runCalls(...calls.slice(0, -2).keys());
    d.runUntil('a/2', 'HWPT.8').runUntil('a');
    d.runToEnd();
    expect(d.fieldValue('iommu group 12.owner_cnt')).toBe(1);
  });

  it('breaks no property beside a close of the device, in any version', () => {
    for (const linux of ['6.6', '6.12', '6.18', '7.0']) {
      const calls = [...bound, ioas, hwpt('a/2'), close('fd1')];
      const found = exploreInterleavings(upstream, { linux }, ONE_DEVICE, calls);
      expect([linux, ...found.violations]).toEqual([linux]);
    }
  });
});
