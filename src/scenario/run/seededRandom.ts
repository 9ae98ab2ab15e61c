/** A seeded stream of whole numbers below a bound: splitmix32, 32-bit integer arithmetic only, so every engine yields the same. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  return (below) => {
    // Values of the last, incomplete round would favour small numbers.
    const limit = 0x100000000 - (0x100000000 % below);
    for (;;) {
      const value = next();
      if (value < limit) return value % below;
    }
  };
}
