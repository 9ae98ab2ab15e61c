/** A count with thousands separators: `18,234`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
