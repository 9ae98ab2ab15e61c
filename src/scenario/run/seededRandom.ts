/** A seeded stream of integers below a bound. splitmix32 in 32-bit integer arithmetic, so every JavaScript engine gives the same. */
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
    // Rejection sampling: the values of the last, incomplete round would favour small results.
    const limit = 0x100000000 - (0x100000000 % below);
    for (;;) {
      const value = next();
      if (value < limit) return value % below;
    }
  };
}
