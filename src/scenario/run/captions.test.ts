import { expect, it } from 'vitest';
import { assignCaptions } from './captions';

it('tells the beats of each task in order, each once', () => {
  const steps = [
    { by: 'qemu', at: 'BIND.1' },
    { by: 'dpdk', at: 'BIND.1' },
    { by: 'qemu', at: 'BIND.4' },
    { by: undefined, at: undefined },
    { by: 'qemu', at: 'BIND.1' },
    { by: 'qemu', at: 'BIND.4' },
    { by: 'driver', at: 'UNREG.1' },
  ];
  const beats = [
    { at: 'BIND.4', by: 'qemu', say: 'checked' },
    { at: 'BIND.1', by: 'qemu', say: 'again' },
    { at: 'BIND.1', by: 'dpdk', say: 'the other' },
    { at: 'UNREG.1', say: 'anybody' },
  ];
  expect(assignCaptions(beats, steps).map((b) => b?.say)).toEqual([
    undefined,
    'the other',
    'checked',
    undefined,
    'again',
    undefined,
    'anybody',
  ]);
});
