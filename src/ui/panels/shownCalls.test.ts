import { describe, expect, it } from 'vitest';
import type { Caller } from '../../session/queries/availableCalls';
import { shownCalls, type ShownCalls } from './shownCalls';

const caller = (calls: Readonly<Record<string, readonly string[]>>): Caller => ({
  name: 'qemu',
  kind: 'process',
  fds: [],
  calls: Object.entries(calls).map(([verb, labels]) => ({
    call: 'close',
    verb,
    title: verb,
    choices: labels.map((label) => ({
      title: `${verb} ${label}`,
      label,
      call: { by: 'qemu', call: 'close' },
    })),
    unavailableReason: labels.length > 0 ? undefined : 'No file.',
  })),
});

const texts = (calls: ShownCalls): readonly string[] =>
  [...calls].map(
    ([verb, buttons]) =>
      `${verb}: ${buttons.map(({ choice, available }) => (available ? choice.label : `(${choice.label})`)).join(' ')}`,
  );

describe('the call buttons', () => {
  const before = shownCalls(
    caller({ Open: ['vfio0'], Bind: ['fd1', 'fd2'], Close: ['fd1', 'fd2'] }),
  );
  const after = caller({ Open: ['vfio0'], Bind: [], Pass: ['fd0'], Close: ['fd0', 'fd2'] });

  it('are those of the calls that can be made', () => {
    expect(texts(shownCalls(after))).toEqual(['Open: vfio0', 'Pass: fd0', 'Close: fd0 fd2']);
  });

  it('keep their places while they are held', () => {
    expect(texts(shownCalls(after, before))).toEqual([
      'Open: vfio0',
      'Bind: (fd1) (fd2)',
      'Pass: fd0',
      'Close: (fd1) fd2 fd0',
    ]);
  });
});
