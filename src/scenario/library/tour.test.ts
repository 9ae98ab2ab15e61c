import { describe, expect, it } from 'vitest';
import { LIBRARY } from './library';
import { TOUR_STOPS, tourPositionOf } from './tour';

describe('the tour', () => {
  it.each(TOUR_STOPS)('stops at "$title"', (stop) => {
    const { scenario, steps } = tourPositionOf(stop);
    expect(scenario.design).toBe(stop.design);
    expect(LIBRARY.flatMap((e) => e.variants)).toContain(scenario);
    expect(steps).toBeGreaterThan(0);
    expect(stop.text).toMatch(/^[\x20-\x7e]{20,240}$/);
    expect(stop.text.split(/[.?!](?: |$)/).filter(Boolean).length).toBeLessThanOrEqual(3);
  });

  it('can be read in 90 seconds', () => {
    const words = TOUR_STOPS.reduce((n, s) => n + `${s.title} ${s.text}`.split(' ').length, 0);
    expect(words).toBeLessThan(90 * 4);
  });
});
