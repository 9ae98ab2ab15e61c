import { expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { libraryVerdicts } from '../../explore/matrix/libraryVerdicts';
import { graphAfter } from '../../export/graphDrawing';
import { violatedFields } from '../../graph/model/fieldViews';
import { runScenario } from '../../scenario/run/runScenario';
import { stateAt } from '../../scenario/run/scenarioRun';
import { counterexampleScenario } from './counterexamplePicture';
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
