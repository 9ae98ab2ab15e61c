import { expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { libraryVerdicts } from '../../explore/matrix/libraryVerdicts';
import { graphAfter } from '../../export/runGraph';
import { violatedFields } from '../../graph/model/fieldViews';
import { runScenario } from '../../scenario/run/runScenario';
import { stateAt } from '../../scenario/run/scenarioRun';
import { counterexamplePicture, counterexampleScenario } from './counterexamplePicture';
import { verdictCases } from './verdictMatrix';

registerDesigns(DESIGNS);

it('shows the fields that a counterexample is about', () => {
  const shown = libraryVerdicts(verdictCases().configs).flatMap((row) =>
    row.properties.flatMap((property) => {
      const scenario = counterexampleScenario(row, property);
      if (!scenario || !property.witness || property.id !== 'counters') return [];
      const run = runScenario(scenario, {
        schedule: property.witness.schedule,
        endsWithSchedule: true,
      });
      if (!run.ok) throw new Error(scenario.title);
      const { program, steps } = run.trace;
      const state = stateAt(run.trace, steps.length);
      return graphAfter(run.trace, steps.length).nodes.flatMap((node) => {
        if (node.kind !== 'object') return [];
        const slot = program.objects[node.objects[0] ?? -1]!;
        const fields = [...violatedFields(program, state, slot, node.badges)];
        expect(node.visibleFields, `${row.config.title} ${node.id}`).toEqual(
          expect.arrayContaining(fields),
        );
        return fields;
      });
    }),
  );
  expect(shown).toContain('open_count');
});

it('pictures the nodes of a violation, readable in a tooltip', () => {
  const rows = libraryVerdicts(verdictCases().configs).filter(
    ({ config }) => config.title === config.design.id,
  );
  const pictures = rows.flatMap((row) =>
    row.properties.flatMap((property) => counterexamplePicture(row, property, 'light') ?? []),
  );
  expect(pictures.length).toBeGreaterThan(10);
  // All but violations of all runs show the badge.
  const withBadge = pictures.filter((picture) => picture.includes('<rect class="badText bad"'));
  expect(withBadge.length).toBeGreaterThan(pictures.length * 0.8);
  for (const picture of pictures) {
    const [, width = 0, height = 0] =
      /" width="([\d.]+)" height="([\d.]+)" role/.exec(picture)?.map(Number) ?? [];
    // In a window of 1440x900, the picture of a tooltip is at most 960 px wide and 360 px high.
    const scale = Math.min(960 / width, 360 / height);
    expect(picture).not.toContain('name tiniest"');
    expect(10.2 * scale).toBeGreaterThanOrEqual(12);
    expect(picture.match(/<rect class="sheet /g)?.length).toBeGreaterThan(1);
  }
});
