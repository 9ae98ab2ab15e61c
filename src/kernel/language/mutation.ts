/**
 * A change to the steps of a design. Steps are named as in `Step.name` (`upstream/bind_iommufd/BIND.9`).
 * A changed step keeps its label and its final jump, so that only its operations are removed or moved.
 */
export type Mutation =
  /** Disables the step; with `op`, only its first operation of that kind. */
  | { readonly kind: 'without'; readonly step: string; readonly op?: string }
  /** Swaps the operations of two adjacent steps. */
  | { readonly kind: 'swap'; readonly a: string; readonly b: string }
  /** Plain stores and loads instead of store-release and load-acquire. */
  | { readonly kind: 'plain'; readonly step: string }
  /** Splits an atomic read-modify-write (cmpxchg, inc_not_zero) into a read step and a write step. */
  | { readonly kind: 'split'; readonly step: string };

/** Lines of a text that are replaced. */
export interface TextHunk {
  /** Number of the first replaced line, from 0. */
  readonly line: number;
  /** How many lines are replaced; 0 inserts before `line`. */
  readonly remove: number;
  readonly insert: readonly string[];
  /** Checksum of the replaced lines with one line before and after: finds them in a text in which other lines have moved. */
  readonly sum: number;
}

/** Changed lines of a design's text, which is printed with the options of the scenario. It comes before all mutations. */
export interface TextChange {
  readonly kind: 'text';
  readonly hunks: readonly TextHunk[];
  /** The hunk is the whole text: no built-in design is behind it. */
  readonly own?: true;
}

/** What makes a design another one. */
export type DesignChange = Mutation | TextChange;

/** The most changes that a link carries. */
export const MAX_MUTATIONS = 16;

/** The kinds of mutation; each is also a command-line flag. */
export const MUTATION_KINDS = ['without', 'swap', 'plain', 'split'] as const;

/** Parses the value of `--without STEP`, `--without STEP#OPERATION`, `--swap STEP,STEP`, `--plain STEP` or `--split STEP`; undefined if it has another form. */
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

export interface LineCount {
  readonly inserted: number;
  readonly removed: number;
}

/** How many lines a change inserts and removes. */
export function changedLines({ hunks }: TextChange): LineCount {
  return {
    inserted: hunks.reduce((sum, { insert }) => sum + insert.length, 0),
    removed: hunks.reduce((sum, { remove }) => sum + remove, 0),
  };
}

/** The flag and value that `parseMutation` reads back; for changed lines their number. */
export function makeMutation(mutation: DesignChange): string {
  if (mutation.kind === 'text') {
    const { inserted, removed } = changedLines(mutation);
    return mutation.own ? `text of ${inserted} lines` : `text +${inserted} -${removed} lines`;
  }
  if (mutation.kind === 'swap') return `--swap ${mutation.a},${mutation.b}`;
  return `--${mutation.kind} ${mutation.step}${mutation.kind === 'without' && mutation.op !== undefined ? `#${mutation.op}` : ''}`;
}
