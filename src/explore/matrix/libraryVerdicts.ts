import stored from './libraryVerdicts.json';
import type { DesignConfig, MatrixRow } from './matrix';

/** A row as the file holds it: the design and its options by their title. */
export type StoredRow = Omit<MatrixRow, 'config'> & { readonly title: string };

export function storeRow({ config, ...row }: MatrixRow): StoredRow {
  return { title: config.title, ...row };
}

/** The stored verdicts of the built-in scenarios. libraryVerdicts.slow.test.ts holds them equal to the checker's. */
export function libraryVerdicts(
  configs: readonly DesignConfig[],
  // The compiler reads the words of a JSON file as any strings.
  rows = stored as readonly StoredRow[],
): readonly MatrixRow[] {
  return rows.flatMap(({ title, ...row }) => {
    const config = configs.find((each) => each.title === title);
    return config ? [{ config, ...row }] : [];
  });
}
