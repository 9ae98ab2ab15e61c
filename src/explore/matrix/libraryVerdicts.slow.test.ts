import { expect, it } from 'vitest';
import { libraryVerdicts, storeRow } from './libraryVerdicts';
import { allDesignConfigs, libraryCases, matrixRows, runMatrix } from './matrix';

// After a change of a design, a property or the library: npm run unit -- libraryVerdicts -u
it('the stored verdicts are those of the checker', async () => {
  const configs = allDesignConfigs();
  const rows = matrixRows(runMatrix(libraryCases(configs).cases));
  const stored = rows.map(storeRow);
  const lines = stored.map((row) => JSON.stringify(row));
  await expect(`[\n${lines.join(',\n')}\n]\n`).toMatchFileSnapshot('libraryVerdicts.json');
  expect(libraryVerdicts(configs, stored)).toEqual(rows);
});
