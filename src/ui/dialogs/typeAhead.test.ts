import { expect, it } from 'vitest';
import { takeTypeAhead, bufferTypeAhead } from './typeAhead';

it('buffers typed keys until it is stopped, and returns them once', () => {
  const page = new EventTarget();
  const press = (key: string, more: { ctrlKey?: boolean } = {}): boolean =>
    page.dispatchEvent(Object.assign(new Event('keydown', { cancelable: true }), { key, ...more }));
  const stop = bufferTypeAhead(page as unknown as Document);
  for (const key of ['b', 'i', 'x', 'Backspace', ' ', 'Shift', 'n']) press(key);
  expect(press('k', { ctrlKey: true })).toBe(true);
  expect(press('d')).toBe(false);
  stop();
  press('z');
  expect([takeTypeAhead(), takeTypeAhead()]).toEqual([
    { text: 'bi nd', submitted: false },
    { text: '', submitted: false },
  ]);
});

it('ends the buffer at Enter after a text', () => {
  const page = new EventTarget();
  const press = (key: string): boolean =>
    page.dispatchEvent(Object.assign(new Event('keydown', { cancelable: true }), { key }));
  bufferTypeAhead(page as unknown as Document);
  expect(press('Enter')).toBe(false);
  for (const key of ['b', 'Enter', 'c']) press(key);
  expect(takeTypeAhead()).toEqual({ text: 'b', submitted: true });
});
