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
export function formatAboutCount(count: number): string {
  if (count < 1e15) return COMPACT.format(count);
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  return `10${String(Math.round(Math.log10(count))).replaceAll(/\d/g, (d) => digits[Number(d)] ?? d)}`;
}
