import { expect, it } from 'vitest';
import { assignCaptions } from './captions';

it('assigns the captions of each task in order, each once', () => {
  const steps = [
    { by: 'qemu', at: 'BIND.1' },
    { by: 'dpdk', at: 'BIND.1' },
    { by: 'qemu', at: 'BIND.4' },
    { by: undefined, at: undefined },
    { by: 'qemu', at: 'BIND.1' },
    { by: 'qemu', at: 'BIND.4' },
    { by: 'driver', at: 'UNREG.1' },
  ];
  const captions = [
    { at: 'BIND.4', by: 'qemu', say: 'checked' },
    { at: 'BIND.1', by: 'qemu', say: 'again' },
    { at: 'BIND.1', by: 'dpdk', say: 'the other task' },
    { at: 'UNREG.1', say: 'any task' },
  ];
  expect(assignCaptions(captions, steps).map((c) => c?.say)).toEqual([
    undefined,
    'the other task',
    'checked',
    undefined,
    'again',
    undefined,
    'any task',
  ]);
});
