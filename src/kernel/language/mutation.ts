/**
 * A change to the rows of a design, as a reviewer tries it out. Steps go by their stable address (`upstream/bind_iommufd/BIND.9`).
 * A row keeps its label and the jump that it ends with, so that only its work is gone or moved.
 */
export type Mutation =
  /** Does nothing in this row; with `op` only the first operation of that kind is left out. */
  | { readonly kind: 'without'; readonly step: string; readonly op?: string }
  /** Does the work of two neighbouring rows in the other order. */
  | { readonly kind: 'swap'; readonly a: string; readonly b: string }
  /** Plain stores and loads instead of store-release and load-acquire. */
  | { readonly kind: 'plain'; readonly step: string }
  /** Reads in one row and writes in the next, instead of both at once (cmpxchg, inc_not_zero). */
  | { readonly kind: 'split'; readonly step: string };

/** So many rows may be changed at once: what a link carries. */
export const MAX_MUTATIONS = 16;

/** How a command line asks for each kind of mutation. */
export const MUTATION_KINDS = ['without', 'swap', 'plain', 'split'] as const;

/** Reads `--without ADDRESS`, `--without ADDRESS#OPERATION`, `--swap ADDRESS,ADDRESS`, `--plain ADDRESS`, `--split ADDRESS`; undefined where the value has not that form. */
export function parseMutation(kind: Mutation['kind'], value: string): Mutation | undefined {
  if (kind === 'swap') {
    const [a, b, ...more] = value.split(',');
    return a && b && more.length === 0 ? { kind, a, b } : undefined;
  }
  const [step, op, ...more] = value.split('#');
  if (!step || op === '' || more.length > 0 || (op !== undefined && kind !== 'without'))
    return undefined;
  return kind === 'without' && op !== undefined ? { kind, step, op } : { kind, step };
}

/** A mutation as `parseMutation` reads it, with its flag. */
export function makeMutation(mutation: Mutation): string {
  if (mutation.kind === 'swap') return `--swap ${mutation.a},${mutation.b}`;
  return `--${mutation.kind} ${mutation.step}${mutation.kind === 'without' && mutation.op !== undefined ? `#${mutation.op}` : ''}`;
}
