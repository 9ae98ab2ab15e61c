/** A count with thousands separators: `18,234`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** A count with its noun: `1 step`, `2 steps`. */
export function countNoun(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** The length of a schedule: `39 steps, 1 task switch`; `9 steps, no task switch`. */
export function scheduleLength(steps: number, switches: number): string {
  return `${countNoun(steps, 'step')}, ${switches === 0 ? 'no task switch' : countNoun(switches, 'task switch', 'task switches')}`;
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
