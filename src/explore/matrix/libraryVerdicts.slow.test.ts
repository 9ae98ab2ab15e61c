import { expect, it } from 'vitest';
import { libraryVerdicts, storeRow } from './libraryVerdicts';
import { allDesignConfigs, libraryCases, matrixRows, runMatrix } from './matrix';

// After a change of a design, a property or the library: npm run unit -- libraryVerdicts -u
it('the stored verdicts are those of the checker, and those that the scenarios expect', async () => {
  const configs = allDesignConfigs();
  const cells = runMatrix(libraryCases(configs).cases);
  const expected = cells.flatMap(({ case: { config, id, scenario }, check }) =>
    scenario.expect?.verdict && check.coverage === 'complete'
      ? [{ name: `${config.title} ${id}`, check, verdict: scenario.expect.verdict }]
      : [],
  );
  expect(expected.length).toBeGreaterThan(100);
  for (const { name, check, verdict } of expected) expect(check.verdict, name).toBe(verdict);
  const rows = matrixRows(cells);
  const stored = rows.map(storeRow);
  const lines = stored.map((row) => JSON.stringify(row));
  await expect(`[\n${lines.join(',\n')}\n]\n`).toMatchFileSnapshot('libraryVerdicts.json');
  expect(libraryVerdicts(configs, stored)).toEqual(rows);
});
