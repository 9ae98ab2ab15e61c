/** A count with thousands separators: `18,234`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

const COMPACT = new Intl.NumberFormat('en', {
  notation: 'compact',
  compactDisplay: 'long',
  maximumSignificantDigits: 2,
});

/** A large count with two digits: `490 trillion`; from 10^15 on the power of ten. */
export function formatAboutCount(count: number | bigint): string {
  if (count < 1e15) return COMPACT.format(count);
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  // A bigint can be larger than every number.
  const exponent =
    typeof count === 'bigint' ? String(count).length - 1 : Math.round(Math.log10(count));
  return `10${String(exponent).replaceAll(/\d/g, (d) => digits[Number(d)] ?? d)}`;
}
