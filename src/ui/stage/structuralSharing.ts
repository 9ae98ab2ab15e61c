/** Returns `next` with every part that deeply equals its counterpart in `old` replaced by it, so that unchanged parts keep their identity. Plain data only. */
export function shareStructure<T>(old: unknown, next: T): T {
  if (deepEqual(old, next)) return old as T;
  if (!isRecord(old) || !isRecord(next) || Array.isArray(next) !== Array.isArray(old)) return next;
  if (Array.isArray(next))
    return next.map((item, i) =>
      shareStructure((old as unknown as readonly unknown[])[i], item),
    ) as T;
  const shared: Record<string, unknown> = {};
  for (const key of Object.keys(next)) shared[key] = shareStructure(old[key], next[key]);
  return shared as T;
}

/** Most compared values are equal, so this runs before anything is allocated. */
function deepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isRecord(a) || !isRecord(b)) return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => deepEqual(item, b[i]));
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

/** The shared copy of each item seen, so that an item which stays in the list is compared once. */
const sharedCopies = new WeakMap<object, object>();

/** `shareStructure` for lists of items with ids, matched by id: items may move within the list. */
export function shareStructureById<T extends { readonly id: string }>(
  old: readonly T[],
  next: readonly T[],
): readonly T[] {
  const oldById = new Map(old.map((item) => [item.id, item]));
  const shared = next.map((item) => {
    const before = oldById.get(item.id);
    if (before !== undefined && sharedCopies.get(item) === before) return before;
    const copy = shareStructure(before, item);
    sharedCopies.set(item, copy);
    return copy;
  });
  return shared.length === old.length && shared.every((item, i) => item === old[i]) ? old : shared;
}
