import type { GraphLayout } from './graphLayout';

/** Memoises per (layout, key); entries live as long as the layout. */
export function memoizeByLayout<T>(): (layout: GraphLayout, key: string, make: () => T) => T {
  const layouts = new WeakMap<GraphLayout, Map<string, T>>();
  return (layout, key, make) => {
    const values = layouts.get(layout) ?? new Map<string, T>();
    layouts.set(layout, values);
    const known = values.get(key);
    if (known !== undefined) return known;
    const value = make();
    values.set(key, value);
    return value;
  };
}
