import { expect, it } from 'vitest';
import { DESIGNS } from '../designs/designs';
import { compile, makeIncrementalCompiler } from '../kernel/compiler/compile';
import type { Program } from '../kernel/compiler/program';
import { makeDesignParser } from '../kernel/text/designParser';
import { printDesign } from '../kernel/text/printDesign';
import { LIBRARY } from '../scenario/library/library';

/** What the steps do, with event templates in their places, since their numbers may differ. */
function stepsText({ tasks, eventTemplates }: Program): string {
  const steps = tasks.flatMap((task) => task.steps.map(({ guard, body }) => ({ guard, body })));
  return JSON.stringify(steps, (key, value: unknown) =>
    key === 'event' ? eventTemplates[value as number] : value,
  );
}

it('a version with other counter ranges equals a fresh compile', () => {
  const { scenario } = LIBRARY.find(({ id }) => id === 'cdev-path')!;
  const { options, world, calls } = scenario;
  const text = printDesign(
    DESIGNS.find(({ id }) => id === scenario.design)!,
    options,
  );
  const parse = makeDesignParser();
  const compileNext = makeIncrementalCompiler();
  const rangesOf = ({ fields }: Program): string =>
    fields.map(({ lo, hi, constant }) => `${lo} ${hi} ${constant}`).join();
  const ranges = new Set<string>();
  for (const [line] of text.matchAll(/^\t[^\n]*(?:refcount_inc\(&i[^\n]*users\))[^\n]*$/gm)) {
    const { design } = parse(text.replace(line, `//${line}`));
    if (!design) continue;
    const program = compileNext(design, options, world, calls);
    const fresh = compile(design, options, world, calls);
    expect(rangesOf(program)).toBe(rangesOf(fresh));
    expect(stepsText(program) === stepsText(fresh), line).toBe(true);
    ranges.add(rangesOf(program));
  }
  expect(ranges.size).toBeGreaterThan(3);
});
