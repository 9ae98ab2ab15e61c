import { expect, it } from 'vitest';
import { didYouMean } from './closestMatches';

const names = ['bind-race', 'kvm-bind', 'hot-unplug'];

it('suggests the names that a misspelled one may stand for, closest first', () => {
  expect(didYouMean('bind-rase', names)).toBe('did you mean "bind-race"?');
  expect(didYouMean('KVM-BIND', names)).toBe('did you mean "kvm-bind"?');
  expect(didYouMean('vm-bind', ['vm-bund', 'kvm-bind', 'x'])).toBe(
    'did you mean "kvm-bind" or "vm-bund"?',
  );
  expect(didYouMean('vm-bind', ['vm-bund', 'kvm-bind'], 1)).toBe('did you mean "kvm-bind"?');
});

it('suggests nothing for a name that is like none', () => {
  expect(didYouMean('zzzz', names)).toBeUndefined();
  expect(didYouMean('a', ['bc'])).toBeUndefined();
  expect(didYouMean('x', [])).toBeUndefined();
});
