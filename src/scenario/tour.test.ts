import { describe, expect, it } from 'vitest';
import { LIBRARY } from './library';
import { TOUR, tourPlace } from './tour';

describe('the tour', () => {
  it.each(TOUR)('stops at "$title"', (stop) => {
    const { scenario, steps } = tourPlace(stop);
    expect(scenario.design).toBe(stop.design);
    expect(LIBRARY.flatMap((e) => e.tellings)).toContain(scenario);
    expect(steps).toBeGreaterThan(0);
    expect(stop.say).toMatch(/^[\x20-\x7e]{20,240}$/);
    expect(stop.say.split(/[.?!](?: |$)/).filter(Boolean).length).toBeLessThanOrEqual(3);
  });

  it('can be read in 90 seconds', () => {
    const words = TOUR.reduce((n, s) => n + `${s.title} ${s.say}`.split(' ').length, 0);
    expect(words).toBeLessThan(90 * 4);
  });
});
