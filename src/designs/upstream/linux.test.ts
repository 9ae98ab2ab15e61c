import { describe, expect, it } from 'vitest';
import { compile } from '../../kernel/compiler/compile';
import { mapRoutines, mutate } from '../../kernel/compiler/mutate';
import { designTitle } from '../../kernel/language/design';
import type { Call, World } from '../../kernel/language/world';
import { exploreInterleavings, startTestRun } from '../testing/testRun';
import { ONE_DEVICE } from '../testing/upstreamCalls';
import { design as upstream } from './design';

const VERSIONS = upstream.options.find((o) => o.id === 'linux')!.values;
const bound: readonly Call[] = [
  { by: 'a', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
  { by: 'a', call: 'open_iommufd', as: 'ictx1' },
  { by: 'a', call: 'bind_iommufd', fd: 'fd1', iommufd: 'ictx1' },
];
const attached: readonly Call[] = [
  ...bound,
  { by: 'a', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas1' },
  { by: 'a', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas1' },
];

describe('the option linux', () => {
  it('is v6.12 by default', () => {
    expect(VERSIONS[0]).toBe('6.12');
    const steps = (options: Record<string, string>): unknown =>
      compile(upstream, options, ONE_DEVICE, attached).tasks.map((t) =>
        t.steps.map((s) => [s.name, s.source, s.cite]),
      );
    expect(steps({})).toEqual(steps({ linux: '6.12' }));
  });

  it.each(VERSIONS)(
    'names v%s in the title and in every citation of the kernel source',
    (linux) => {
      expect(designTitle(upstream, { linux })).toBe(`Linux v${linux}`);
      const wrong: string[] = [];
      mapRoutines(upstream.model({ linux, kvm: 'true' }), (routine) => {
        for (const cite of [routine.cite, ...routine.steps.map((s) => s.cite ?? '')])
          if (/\bv6\.6\b/.test(cite) && linux !== '6.6') wrong.push(cite);
        return routine;
      });
      expect(wrong).toEqual([]);
    },
  );
});

describe('IOMMU_DESTROY beside an attach that lets go of the ioas', () => {
  const calls: readonly Call[] = [
    ...attached.slice(0, -1),
    { ...attached.at(-1)!, fault: 'ATTACH.4d' },
    { by: 'a/2', call: 'iommu_destroy', iommufd: 'ictx1', object: 'ioas1' },
  ];

  it('frees it under the lock of the attach in v6.6, and waits for the attach since v6.7', () => {
    for (const linux of VERSIONS) {
      const found = exploreInterleavings(upstream, { linux }, ONE_DEVICE, calls);
      expect([linux, ...found.violations.keys()]).toEqual([
        linux,
        ...(linux === '6.6' ? ['memory'] : []),
      ]);
      expect(found.outcomes).toEqual([
        '0 0 0 0 EINVAL 0',
        '0 0 0 0 EINVAL EBUSY',
        '0 0 0 0 ENOENT 0',
      ]);
    }
  });

  it('returns -EBUSY and leaves the memory allocated if the wait times out', () => {
    const timedOut = calls.map((c) =>
      c.call === 'iommu_destroy' ? { ...c, fault: 'DESTROY.3' } : c,
    );
    const r = startTestRun(upstream, {}, ONE_DEVICE, timedOut);
    r.runUntil('a', 'ATTACH.4y2').runUntil('a/2');
    expect(r.results().at(-1)).toBe('EBUSY');
    expect(r.fieldValue('ioas1.life')).toBe(1);
    // The destroyer does not time out without a user to wait for.
    const alone = startTestRun(upstream, {}, ONE_DEVICE, timedOut);
    alone.runUntil('a').runUntil('a/2');
    expect(alone.results().at(-1)).toBe(0);
  });
});

describe('BIND since v6.17', () => {
  const bindWith = (fault: string, linux: string): unknown =>
    startTestRun(upstream, { linux }, ONE_DEVICE, [bound[0]!, bound[1]!, { ...bound[2]!, fault }])
      .runToEnd()
      .results()[2];

  it('rejects an unknown argument with -E2BIG and a wrong VF token with -EACCES', () => {
    for (const linux of ['6.18', '7.0']) {
      expect(bindWith('BIND.1b', linux)).toBe('E2BIG');
      expect(bindWith('BIND.6b', linux)).toBe('EACCES');
    }
  });

  it('gives each virtual function its own reset set', () => {
    const world: World = {
      devices: ['vfio0', 'vfio1'].map((name, i) => ({
        name,
        group: String(12 + i),
        devset: 'bus',
        vf: true,
      })),
      processes: ['a', 'b'],
    };
    const calls: readonly Call[] = [
      ...bound,
      { by: 'b', call: 'open_cdev', device: 'vfio1', as: 'fd2' },
      { by: 'b', call: 'open_iommufd', as: 'ictx2' },
      { by: 'b', call: 'bind_iommufd', fd: 'fd2', iommufd: 'ictx2' },
    ];
    for (const [linux, result] of [
      ['6.12', 'running'],
      ['6.18', 0],
    ] as const) {
      const r = startTestRun(upstream, { linux }, world, calls);
      r.runUntil('a', 'BIND.13').runUntil('b');
      expect(r.results().at(-1)).toBe(result);
    }
  });
});

it('a replace of a device that is not attached is -EINVAL since v6.15', () => {
  // VFIO replaces only what it has attached, so a step that forgets the list entry has to be removed.
  for (const [linux, result] of [
    ['6.12', 0],
    ['6.18', 'EINVAL'],
  ] as const) {
    const changed = mutate(upstream, { linux }, [
      { kind: 'without', step: 'upstream/attach_ioas/ATTACH.4e', op: 'listAdd' },
    ]);
    if (!changed.ok) throw new Error(changed.message);
    const r = startTestRun(changed.design, { linux }, ONE_DEVICE, [
      ...attached,
      { by: 'a', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas2' },
      { by: 'a', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas2' },
    ]).runToEnd();
    expect([linux, r.results().at(-1)]).toEqual([linux, result]);
  }
});

describe('a reset', () => {
  const reset: Call = { by: 'a/2', call: 'reset', fd: 'fd1' };

  it('of v7.0 refuses an attach and a replace, and breaks a detach', () => {
    const detach: readonly Call[] = [...attached, { by: 'a', call: 'detach_ioas', fd: 'fd1' }];
    const replace: readonly Call[] = [
      ...attached.slice(0, 4),
      { by: 'a', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas2' },
      attached[4]!,
      { by: 'a', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas2' },
    ];
    /** Runs the reset before the last call of `a`. */
    const during = (linux: string, calls: readonly Call[]) => {
      const r = startTestRun(upstream, { linux }, ONE_DEVICE, [...calls, reset]);
      r.runUntilCall('a', calls.length - 1);
      return r.runUntil('a/2', 'RESET.4').runToEnd();
    };
    for (const linux of VERSIONS) {
      const blocks = linux === '7.0';
      expect(during(linux, attached).results()[4]).toBe(blocks ? 'EBUSY' : 0);
      expect(during(linux, replace).results()[6]).toBe(blocks ? 'EBUSY' : 0);
      const detached = during(linux, detach);
      expect(detached.results().slice(5)).toEqual([0, 0]);
      expect([...detached.violations.keys()].toSorted()).toEqual(
        blocks ? ['dma-owner', 'memory', 'warnings'] : [],
      );
    }
  });

  it('does not wait for a removal: -EAGAIN', () => {
    const calls: readonly Call[] = [
      ...bound,
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      { by: 'a', call: 'reset', fd: 'fd1' },
      { by: 'a', call: 'close', fd: 'fd1' },
    ];
    const r = startTestRun(upstream, {}, ONE_DEVICE, calls);
    r.runUntil('a', 'GATE.1').runUntil('driver').runToEnd();
    expect(r.results().slice(3)).toEqual([0, 'EAGAIN', 0]);
    expect([...r.violations.keys()]).toEqual([]);
  });
});
