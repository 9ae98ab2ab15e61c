import { describe, expect, it } from 'vitest';
import { runCheck } from '../check';
import { designById, DESIGNS } from '../../designs/designs';
import { compile } from '../../kernel/compiler/compile';
import { mutate, stepNames } from '../../kernel/compiler/mutate';
import { makeMutation } from '../../kernel/language/mutation';
import type { Mutation } from '../../kernel/language/mutation';
import { LIBRARY, libraryEntry } from '../../scenario/library/library';
import { libraryCases, designConfigOf } from './matrix';
import { stepRemovals, runMutationReport, startMutationReport } from './mutationReport';

const shim = designById('parked-shim');
const doubleBind = libraryEntry('double-bind');
if (!shim || !doubleBind) throw new Error('the design or the scenario is gone');
const shimConfig = designConfigOf(shim);
const { cases } = libraryCases([shimConfig], [doubleBind]);

describe('the mutation report', () => {
  const outcomes = runMutationReport(cases, stepRemovals(shimConfig));
  const of = (step: string) =>
    outcomes.find(
      (o) =>
        o.mutation.kind === 'without' && o.mutation.step === `parked-shim/bind_iommufd/${step}`,
    );

  it('names the properties that notice a removal, or why none does', () => {
    expect(of('BIND.4')).toMatchObject({
      status: 'noticed',
      scenarios: ['double-bind'],
      incomplete: [],
    });
    expect(of('BIND.4')?.notices.map((n) => n.property)).toContain('counters');
    // The lock is released twice, and the iommufd is never put.
    expect(of('BIND.3')?.notices.map((n) => n.property)).toContain('lock-order');
    expect(of('BIND.5:IBIND.9')).toMatchObject({ status: 'unnoticed', notices: [] });
    expect(of('BIND.7a')).toMatchObject({ status: 'idle', notices: [] });
    expect(of('BIND.U3:IUNBIND.2')).toMatchObject({ status: 'unreached', notices: [] });
    expect(
      outcomes.some(
        (o) => o.mutation.kind === 'without' && o.mutation.step.includes('/set_container/'),
      ),
    ).toBe(false);
  });

  it('takes the smallest scenario that notices', () => {
    const bindRace = libraryEntry('bind-race');
    if (!bindRace) throw new Error('the scenario is gone');
    const { cases: both } = libraryCases([shimConfig], [doubleBind, bindRace]);
    const mutation = { kind: 'without', step: 'parked-shim/bind_iommufd/BIND.3' } as const;
    const [outcome] = runMutationReport(both, [mutation]);
    const sizes = both.map((c) => [
      runCheck(compile(c.config.design, c.scenario.options, c.scenario.world, c.scenario.calls))
        .states,
      c.id,
    ]);
    const [smallest] = sizes.toSorted(([a], [b]) => Number(a) - Number(b));
    expect(outcome?.scenarios).toHaveLength(2);
    expect(new Set(outcome?.notices.map((n) => n.scenario))).toEqual(new Set([smallest?.[1]]));
  });

  it('gives the same result in slices', () => {
    const report = startMutationReport(cases, stepRemovals(shimConfig).slice(0, 40));
    let turns = 0;
    while (report.advance(50) === 'more') turns++;
    expect(turns).toBeGreaterThan(report.total);
    expect(report.outcomes()).toEqual(outcomes.slice(0, report.total));
  });
}, 60_000);

describe('removals and swaps', () => {
  it('give a program that compiles, in every design (each fortieth of them here)', () => {
    let compiled = 0;
    for (const design of DESIGNS) {
      const programs = LIBRARY.flatMap((e) =>
        e.variants.filter((t) => t.design === design.id && Object.keys(t.options).length === 0),
      )
        .slice(0, 6)
        .map((t) => ({
          t,
          names: new Set(
            compile(design, t.options, t.world, t.calls).tasks.flatMap((task) =>
              task.steps.map((s) => s.name),
            ),
          ),
        }));
      const steps = stepNames(design, {});
      const mutations = steps.flatMap((step, i): Mutation[] =>
        steps[i + 1] === undefined
          ? [{ kind: 'without', step }]
          : [
              { kind: 'without', step },
              { kind: 'swap', a: step, b: steps[i + 1] ?? '' },
            ],
      );
      for (const mutation of mutations.filter((_, i) => i % 40 === 5)) {
        const mutated = mutation.kind === 'swap' ? [mutation.a, mutation.b] : [mutation.step];
        const affected = programs.find((p) => mutated.every((step) => p.names.has(step)));
        const changed = mutate(design, {}, [mutation]);
        if (!affected || !changed.ok) continue;
        expect(
          () => compile(changed.design, affected.t.options, affected.t.world, affected.t.calls),
          makeMutation(mutation),
        ).not.toThrow();
        compiled++;
      }
    }
    expect(compiled).toBeGreaterThan(20);
  }, 120_000);
});

it('names what keeps a device of Linux to one owner', () => {
  const upstream = designConfigOf(designById('upstream')!);
  const report = runMutationReport(
    libraryCases([upstream], [libraryEntry('first-race')!]).cases,
    ['BIND.1', 'BIND.6', 'BIND.9'].map((id) => ({
      kind: 'without',
      step: `upstream/bind_iommufd/${id}`,
    })),
  );
  expect(report.map(({ status }) => status)).toEqual(['idle', 'noticed', 'noticed']);
  for (const { notices } of report.slice(1))
    expect(notices.map(({ property }) => property)).toContain('owner-exclusive');
});
