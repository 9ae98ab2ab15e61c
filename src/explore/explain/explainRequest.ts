import { parsedDesign } from '../../designs/changedDesign';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Scenario } from '../../scenario/format/scenario';
import { compileRequest, type CheckRequest } from '../checkRequest';
import { startMutationReport } from '../matrix/mutationReport';
import { explain, type ExplainFailure, type Explanation } from './decidingSteps';

/** Asks why a schedule of a check violates a property. */
export interface ExplainRequest extends Pick<CheckRequest, 'scenario' | 'mutations' | 'text'> {
  readonly property: PropertyId;
  readonly schedule: readonly string[];
}

/** Asks which steps of the calls of a scenario can be removed from a design text without a property noticing. */
export interface RemovalsRequest {
  readonly scenario: Scenario;
  readonly text: string;
}

const MAX_STATES_PER_REMOVAL = 50_000;
/** Of one piece of work between two looks at the clock. */
const BUDGET = 500;

/** The work of an explanation. Throws if the design cannot be compiled. */
export function explainRequest(
  request: ExplainRequest,
): Generator<number, Explanation | ExplainFailure> {
  return explain(compileRequest(request), request.property, request.schedule);
}

/** The stable names of the steps that have an effect in these calls, and whose removal violates no further property. */
export function* unnoticedRemovals({
  scenario,
  text,
}: RemovalsRequest): Generator<number, readonly string[]> {
  const { design } = parsedDesign(text);
  if (!design) return [];
  const { options } = scenario;
  const program = compileRequest({ scenario, text });
  const steps = new Set(program.tasks.flatMap((task) => task.steps.map(({ name }) => name)));
  const report = startMutationReport(
    [{ id: '', config: { title: design.title, design, options }, scenario }],
    [...steps].map((step) => ({ kind: 'without', step })),
    { limits: { maxStates: MAX_STATES_PER_REMOVAL } },
  );
  while (report.advance(BUDGET) === 'more') yield BUDGET;
  return report
    .outcomes()
    .flatMap(({ mutation, status, incomplete }) =>
      status === 'unnoticed' && incomplete.length === 0 && mutation.kind === 'without'
        ? [mutation.step]
        : [],
    );
}
