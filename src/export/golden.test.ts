import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { LIBRARY } from '../scenario/library/library';
import { runScenario } from '../scenario/run/runScenario';
import { EXPORTS } from './exports';

/** Exports that are looked at by machines, or far too long to be read in a diff: their golden file has a digest a scenario, and the smallest one whole. */
const DIGEST_ONLY = new Set(['svg', 'svg-graph', 'promela', 'ftrace', 'scenario']);

const traces = LIBRARY.map(({ id, scenario }) => {
  const ran = runScenario(scenario);
  if (!ran.ok) throw new Error(`${id}: ${JSON.stringify(ran.errors)}`);
  return { id, trace: ran.trace };
});
const smallest = traces.toSorted((a, b) => a.trace.steps.length - b.trace.steps.length)[0]?.id;

// To take a change over after reading it: npx vitest run src/export/golden.test.ts -u
describe('golden files', () => {
  it.each(EXPORTS.map(({ id, make }) => ({ id, make })))(
    '$id is over the whole library what was reviewed',
    async ({ id, make }) => {
      const parts = traces.map((each) => {
        const text = make(each.trace);
        const digest = `sha256 ${createHash('sha256').update(text).digest('hex')}, ${text.length} characters\n`;
        return `==== ${each.id}\n${DIGEST_ONLY.has(id) ? digest : text}${DIGEST_ONLY.has(id) && each.id === smallest ? text : ''}`;
      });
      await expect(parts.join('\n')).toMatchFileSnapshot(`./golden/${id}.txt`);
    },
  );
});
