import { expect, it } from 'vitest';
import { DESIGNS } from '../designs/designs';
import { compile } from '../kernel/compiler/compile';
import type { Program } from '../kernel/compiler/program';
import { parseDesign } from '../kernel/text/parseDesign';
import { printDesign } from '../kernel/text/printDesign';
import { LIBRARY } from '../scenario/library/library';
import { runCheck } from './check';
import { beginCheck, compileRequest } from './checkRequest';
import type { CheckResult } from './checkResult';

const SEED = 20261130;
const SCENARIOS = 3;
const EDITS = 10;

let seed = SEED;
const below = (bound: number): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return (seed >>> 9) % bound;
};

/** The text with one to three changed lines; most changes leave a valid text. */
function edited(text: string): string {
  const lines = text.split('\n');
  for (let left = 1 + below(3); left > 0; left--) {
    const at = below(lines.length);
    const line = lines[at] ?? '';
    switch (below(6)) {
      case 0:
        lines.splice(at, 1);
        break;
      case 1:
        lines.splice(at, 0, line);
        break;
      case 2:
        lines[at] = line.replace('++', '--');
        break;
      case 3:
        lines[at] = line.replace('== 0', '!= 0').replace('== 1', '== 0');
        break;
      case 4:
        // Comments out a statement.
        if (/^\t+[^/].*;/.test(line)) lines[at] = `//${line}`;
        break;
      case 5:
        // A new step begins here.
        if (/^\t\S.*;$/.test(line)) lines[at] = `X.${at}:${line}`;
    }
  }
  return lines.join('\n');
}

/** A program with its event templates in their places, since their numbers may differ. */
function comparable(program: Program): string {
  const compared = { ...program, design: undefined, model: undefined, eventTemplates: undefined };
  return JSON.stringify(compared, (key, value: unknown) =>
    key === 'event' ? program.eventTemplates[value as number] : value,
  );
}

function withoutSeconds(result: CheckResult): unknown {
  return { ...result, seconds: 0, modified: undefined };
}

it('the versions of a text give what each gives alone', () => {
  let checked = 0;
  for (let round = 0; round < SCENARIOS; round++) {
    const { id, scenario } = LIBRARY[below(LIBRARY.length)]!;
    const design = DESIGNS.find((each) => each.id === scenario.design)!;
    let text = printDesign(design, scenario.options);
    for (let edit = 0; edit < EDITS; edit++) {
      const next = edited(text);
      const place = `seed ${SEED}, ${id}, round ${round}, edit ${edit}`;
      const request = { scenario, text: next, limits: { maxStates: 3000 }, outcomes: false };
      const fresh = attempt(() => {
        const { design: parsed } = parseDesign(next);
        if (!parsed) return undefined;
        const { options, world, calls } = scenario;
        return compile({ ...parsed, modified: [] }, options, world, calls);
      });
      const kept = attempt(() => compileRequest(request));
      if (typeof fresh === 'string') {
        expect(kept, place).toBe(fresh);
        continue;
      }
      if (!fresh) {
        expect(kept, place).toBeTypeOf('string');
        continue;
      }
      if (typeof kept === 'string') throw new Error(`${place}: ${kept}`);
      expect(comparable(kept) === comparable(fresh), place).toBe(true);
      const again = beginCheck(request);
      while (again.advance(100_000) === 'more');
      expect(withoutSeconds(again.result(0)), place).toEqual(
        withoutSeconds(runCheck(fresh, request)),
      );
      checked++;
      // Most edits go on from the last one.
      if (below(4) > 0) text = next;
    }
  }
  expect(checked).toBeGreaterThan((SCENARIOS * EDITS) / 4);
}, 60_000);

function attempt<Result>(work: () => Result): Result | string {
  try {
    return work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
