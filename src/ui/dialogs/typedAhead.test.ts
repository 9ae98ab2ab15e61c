import { expect, it } from 'vitest';
import { takeTyped, typeAhead } from './typedAhead';

it('keeps what is typed while nobody can take it, and gives it out once', () => {
  const page = new EventTarget();
  const press = (key: string, more: { ctrlKey?: boolean } = {}): boolean => page.dispatchEvent(Object.assign(new Event('keydown', { cancelable: true }), { key, ...more }));
  const stop = typeAhead(page as unknown as Document);
  for (const key of ['b', 'i', 'x', 'Backspace', ' ', 'Shift', 'n']) press(key);
  expect(press('k', { ctrlKey: true })).toBe(true);
  expect(press('d')).toBe(false);
  stop();
  press('z');
  expect([takeTyped(), takeTyped()]).toEqual(['bi nd', '']);
});
