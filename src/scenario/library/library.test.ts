import { describe, expect, it } from 'vitest';
import { isVariantOf, scenarioVariant, variantToOpen } from './builtInScenario';
import { LIBRARY, libraryEntry } from './library';
import { propertyById } from '../../kernel/properties/properties';
import { makeScenario } from '../format/makeScenario';
import { assignCaptions } from '../run/captions';
import type { TraceStep } from '../run/trace';
import { parseScenario } from '../format/parseScenario';
import { makeRunResult } from '../run/runResult';
import { runScenario } from '../run/runScenario';
import { verifyRun } from '../run/verifyRun';

const variants = LIBRARY.flatMap((entry) =>
  entry.variants.map((scenario) => ({
    name: `${entry.id} in ${scenario.design} ${JSON.stringify(scenario.options)}`,
    entry,
    scenario,
  })),
);

/** What a caption claims that the steps up to its own have not done; undefined if nothing. */
function prematureClaim(say: string, steps: readonly TraceStep[]): string | undefined {
  const done = steps.flatMap(({ texts }) => texts).join('; ');
  const own = steps.at(-1);
  for (const sentence of say.split(/(?<=[.:]) /)) {
    // An errno that would be returned otherwise, later or in another state.
    if (/\b(not|otherwise|would|from now on) (.* )?-E[A-Z]+/i.test(sentence)) continue;
    for (const [errno] of sentence.matchAll(/-E[A-Z]+/g))
      if (!done.includes(errno)) return `${errno} is not returned yet`;
    const isOfCall = /\b(open|bind|attach|map|call|GET_DEVICE_FD)\b[^.]* succe(ed|ss)/.test(
      sentence,
    );
    const returned = own?.events.some(({ template }) => template.kind === 'return');
    if (isOfCall && !returned) return 'the call has not returned';
  }
  if (own?.texts.some((text) => / sees that .* is done$/.test(text)) && /\bwaits\b/.test(say))
    return 'the wait is over';
  return /\b(will fail|going to fail|whole run|in this run)\b/.exec(say)?.[0];
}

describe.each(variants)('$name', ({ entry, scenario }) => {
  const outcome = runScenario(scenario);
  const trace = outcome.ok ? outcome.trace : undefined;

  it('runs as it expects', () => {
    expect(outcome).toMatchObject({ ok: true });
    expect(scenario.expect?.calls?.length).toBeGreaterThan(0);
    expect(verifyRun(makeRunResult(trace!), scenario.expect!)).toEqual([]);
  });

  it('shows every caption', () => {
    const shown = assignCaptions(
      scenario.beats,
      trace!.steps.map((s) => ({ by: trace!.program.tasks[s.task]?.name, at: s.step.id })),
    );
    expect(scenario.beats.filter((b) => !shown.includes(b))).toEqual([]);
  });

  it('claims in no caption what has not happened yet', () => {
    const { program, steps } = trace!;
    const captions = assignCaptions(
      scenario.beats,
      steps.map((s) => ({ by: program.tasks[s.task]?.name, at: s.step.id })),
    );
    expect(
      captions.flatMap((caption, depth) => {
        const reason = caption && prematureClaim(caption.say, steps.slice(0, depth + 1));
        return reason === undefined ? [] : [`step ${depth + 1}: ${reason}: ${caption?.say}`];
      }),
    ).toEqual([]);
  });

  it('has ASCII texts of limited length, and the world and calls of its entry', () => {
    for (const text of [scenario.title, scenario.about, ...scenario.beats.map((b) => b.say)])
      expect(text).toMatch(/^[\x20-\x7e]{10,600}$/);
    expect(isVariantOf(entry, scenario)).toBe(true);
  });

  it.runIf(entry.id === 'first-race')('ends with a caption of how this design ends', () => {
    const last = scenario.beats.at(-1)?.say;
    expect(last).toContain('qemu');
    expect(last).toContain('dpdk');
    for (const { property } of makeRunResult(trace!).violations)
      expect(last).toContain(propertyById(property).title);
  });

  it('round-trips through a scenario file', () => {
    expect(parseScenario(makeScenario(scenario))).toEqual({ ok: true, scenario });
  });
});

describe('the library', () => {
  it('has every scenario of the list, each with captions in every design', () => {
    const numbers = new Set(LIBRARY.map((e) => e.source));
    expect(Array.from({ length: 28 }, (_, i) => i + 1).filter((n) => !numbers.has(n))).toEqual([]);
    expect(
      variants
        .filter((t) => t.scenario.beats.length === 0 || t.scenario.about === '')
        .map((t) => t.name),
    ).toEqual([]);
  });

  it('speaks of Linux, not of a version that is not on screen', () => {
    const texts = variants
      .filter(({ scenario: { options } }) => options['linux'] !== '6.6')
      .flatMap(({ name, scenario: { title, about, beats } }) =>
        [title, about, ...beats.map(({ say }) => say)].map((text) => `${name}: ${text}`),
      );
    // A range such as "v6.6 to v6.18" says what was read.
    expect(texts.filter((text) => /v6\.6(?! to )/.test(text))).toEqual([]);
  });

  it('shows of each scenario what opening it shows', () => {
    const entry = libraryEntry('bind-error-path')!;
    expect(variantToOpen(entry, 'upstream').title).toBe('A failing bind returns an error');
    expect(variantToOpen(entry, 'rfc-opened').title).toBe(entry.scenario.title);
    expect(variantToOpen(entry, 'parked-shim')).toBe(entry.scenario);
  });

  it('lets the second bind of the race wait for the lock of the first', () => {
    const waits = libraryEntry('bind-race')!
      .variants.filter(({ design }) => design !== 'rfc-opened')
      .map((scenario) => {
        const outcome = runScenario(scenario);
        if (!outcome.ok) expect.fail();
        const call = makeRunResult(outcome.trace).calls.find(
          (each) => each.by === 'dpdk' && each.call === 'bind_iommufd',
        );
        return [scenario.design, call?.waited?.map((wait) => `${wait.for} ${wait.heldBy.join()}`)];
      });
    expect(waits).toEqual([
      ['upstream', ['devset vfio0.lock qemu']],
      ['parked-shim', ['vfio0.lock qemu']],
      ['parked-split', ['vfio0.lock qemu']],
    ]);
  });

  it('has one variant per design and options', () => {
    const keys = variants.map((t) => t.name);
    expect(keys.filter((k, i) => keys.indexOf(k) < i)).toEqual([]);
  });

  it('finds the variant for a design and options', () => {
    const entry = libraryEntry('group-first')!;
    const variant = scenarioVariant(entry, 'parked-split', { extraState: 'perGroup' });
    expect(variant.ok && variant.scenario.expect?.calls?.[3]?.returns).toBe('-EBUSY');
    const plain = scenarioVariant(entry, 'parked-split', {});
    expect(plain.ok && plain.scenario.expect?.calls?.[3]?.returns).toBe(0);
  });

  it('gives only the calls if there is no variant for the options', () => {
    const variant = scenarioVariant(libraryEntry('group-first')!, 'parked-split', {
      extraState: 'perDevice',
    });
    expect(variant.ok && variant.scenario).toMatchObject({
      design: 'parked-split',
      options: { extraState: 'perDevice' },
      expect: undefined,
    });
    expect(
      scenarioVariant(libraryEntry('group-first')!, 'parked-split', { extraState: 'perhaps' }),
    ).toMatchObject({ ok: false });
  });
});
