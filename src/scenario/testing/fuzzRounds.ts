/**
 * How many random inputs a fuzz test tries: `everyday`, or `thorough` in `npm run fuzz`, which takes minutes.
 * Both start from the same seed.
 */
export function fuzzRounds(everyday: number, thorough: number): number {
  return import.meta.env['VITE_FUZZ'] === 'thorough' ? thorough : everyday;
}
