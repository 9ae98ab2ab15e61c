import type { MatrixRow, MatrixRowProperty } from '../../explore/matrix/matrix';
import { svgGraphExport } from '../../export/formats/svgGraph';
import type { ExportOptions } from '../../export/export';
import { runScenario } from '../../scenario/run/runScenario';
import { verdictCases } from './verdictMatrix';
import type { Scenario } from '../../scenario/format/scenario';

/** The scenario of a row's counterexample, in the row's design and options. */
export function counterexampleScenario(
  row: MatrixRow,
  { scenario }: MatrixRowProperty,
): Scenario | undefined {
  return verdictCases().cases.find(
    (each) => each.id === scenario && each.config.title === row.config.title,
  )?.scenario;
}

/** The graph in the state that violates the property, as SVG. Undefined without a counterexample. */
export function counterexamplePicture(
  row: MatrixRow,
  property: MatrixRowProperty,
  theme: ExportOptions['theme'],
): string | undefined {
  const scenario = counterexampleScenario(row, property);
  if (!scenario || !property.witness) return undefined;
  const run = runScenario(scenario, {
    schedule: property.witness.schedule,
    endsWithSchedule: true,
  });
  return run.ok ? svgGraphExport.make(run.trace, { theme }) : undefined;
}
