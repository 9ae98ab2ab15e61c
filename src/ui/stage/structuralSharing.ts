/** `next`, with every part that equals its counterpart in `old` replaced by it: what did not change keeps its identity. Plain data only. */
export function shareStructure<T>(old: unknown, next: T): T {
  if (deepEqual(old, next)) return old as T;
  if (!isRecord(old) || !isRecord(next) || Array.isArray(next) !== Array.isArray(old)) return next;
  if (Array.isArray(next))
    return next.map((part, i) =>
      shareStructure((old as unknown as readonly unknown[])[i], part),
    ) as T;
  const made: Record<string, unknown> = {};
  for (const key of Object.keys(next)) made[key] = shareStructure(old[key], next[key]);
  return made as T;
}

/** Whether two pieces of plain data say the same. Most of what is compared does, so it is found out before anything is made. */
function deepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isRecord(a) || !isRecord(b)) return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((part, i) => deepEqual(part, b[i]));
  if (Array.isArray(b)) return false;
  let count = 0;
  for (const key in b) {
    if (!(key in a) || !deepEqual(a[key], b[key])) return false;
    count += 1;
  }
  for (const _ in a) count -= 1;
  return count === 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What was made of a thing when it came, so that it is not compared again as long as it stays. */
const sharedCopies = new WeakMap<object, object>();

/** The same for a list of things with ids, whose order may change. */
export function shareStructureById<T extends { readonly id: string }>(
  old: readonly T[],
  next: readonly T[],
): readonly T[] {
  const known = new Map(old.map((each) => [each.id, each]));
  const parts = next.map((each) => {
    const before = known.get(each.id);
    if (before !== undefined && sharedCopies.get(each) === before) return before;
    const part = shareStructure(before, each);
    sharedCopies.set(each, part);
    return part;
  });
  return parts.length === old.length && parts.every((part, i) => part === old[i]) ? old : parts;
}
