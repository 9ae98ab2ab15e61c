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

it('leaves out the caption of a step that does something else', () => {
  const open = { at: 'OPEN.4', by: 'dpdk', say: 'the second open fails' };
  const again = { at: 'OPEN.4', by: 'dpdk', say: 'the next open succeeds' };
  const outcomes = new Map([
    [open, 'fails with -EBUSY'],
    [again, 'sets opened = 1'],
  ]);
  const steps = (...texts: readonly string[]) =>
    texts.map((text) => ({ by: 'dpdk', at: 'OPEN.4', outcome: () => text }));
  const shown = (...texts: readonly string[]) =>
    assignCaptions([open, again], steps(...texts), outcomes).map((c) => c?.say);
  expect(shown('fails with -EBUSY', 'sets opened = 1')).toEqual([open.say, again.say]);
  expect(shown('sets opened = 1', 'sets opened = 1')).toEqual([undefined, again.say]);
  expect(shown('sets opened = 2')).toEqual([undefined]);
});
