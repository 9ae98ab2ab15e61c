/** `next`, with every part that equals its counterpart in `old` replaced by it: what did not change keeps its identity. Plain data only. */
export function share<T>(old: unknown, next: T): T {
  if (Object.is(old, next) || typeof old !== 'object' || typeof next !== 'object' || !old || !next) return next;
  if (Array.isArray(next)) return Array.isArray(old) ? (shareList(old, next) as T) : next;
  if (Array.isArray(old)) return next;
  const before = old as Readonly<Record<string, unknown>>;
  const keys = Object.keys(next) as (keyof T & string)[];
  const parts = keys.map((key): [string, unknown] => [key, share(before[key], next[key])]);
  const same = keys.length === Object.keys(old).length && parts.every(([key, part]) => key in before && Object.is(part, before[key]));
  return same ? (old as T) : (Object.fromEntries(parts) as T);
}

function shareList(old: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  const parts = next.map((part, i) => share(old[i], part));
  return parts.length === old.length && parts.every((part, i) => Object.is(part, old[i])) ? old : parts;
}

/** The same for a list of things with ids, whose order may change. */
export function shareById<T extends { readonly id: string }>(old: readonly T[], next: readonly T[]): readonly T[] {
  const known = new Map(old.map(each => [each.id, each]));
  const parts = next.map(each => share(known.get(each.id), each));
  return parts.length === old.length && parts.every((part, i) => part === old[i]) ? old : parts;
}
