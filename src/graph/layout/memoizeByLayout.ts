import type { GraphLayout } from './graphLayout';

/** Things made once for each key of a layout, for as long as somebody has that layout. */
export function memoizeByLayout<T>(): (layout: GraphLayout, key: string, make: () => T) => T {
  const layouts = new WeakMap<GraphLayout, Map<string, T>>();
  return (layout, key, make) => {
    const all = layouts.get(layout) ?? new Map<string, T>();
    layouts.set(layout, all);
    const known = all.get(key);
    if (known !== undefined) return known;
    const made = make();
    all.set(key, made);
    return made;
  };
}
