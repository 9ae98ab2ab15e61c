import { expect, it } from 'vitest';
import { designText } from '../../designs/changedDesign';
import { designById } from '../../designs/registry';
import { libraryEntry } from '../../scenario/library/library';
import { beginCheck, compileRequest } from '../checkRequest';
import { unnoticedRemovals } from './explainRequest';

/** Whether a property is violated once a step is removed. */
function isNoticed(step: string): boolean {
  const mutations = [{ kind: 'without', step }] as const;
  const check = beginCheck({ scenario, mutations, outcomes: false });
  while (check.advance(100_000) === 'more');
  return check.result(0).verdict === 'violated';
}

const { scenario } = libraryEntry('open-races-unregister')!;

it('names the steps whose removal no property notices, and no others', () => {
  const text = designText(designById(scenario.design)!, scenario.options);
  const work = unnoticedRemovals({ scenario, text });
  let turn = work.next();
  while (!turn.done) turn = work.next();
  const unnoticed = new Set(turn.value);
  const all = new Set(
    compileRequest({ scenario }).tasks.flatMap(({ steps }) => steps.map(({ name }) => name)),
  );
  expect(unnoticed.size).toBeGreaterThan(2);
  for (const step of unnoticed) expect([step, isNoticed(step)]).toEqual([step, false]);
  const noticed = [...all].filter(isNoticed);
  expect(noticed.length).toBeGreaterThan(2);
  expect(noticed.filter((step) => unnoticed.has(step))).toEqual([]);
});
