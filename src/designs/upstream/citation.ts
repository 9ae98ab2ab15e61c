import { mapRoutines } from '../../kernel/compiler/mutate';
import type { DesignModel } from '../../kernel/language/design';

/** A citation of Linux: file and functions. `withVersion` puts the version of the design in place of v6.6. */
export function linuxCitation(file: string, functions: string): string {
  return `${file}, ${functions}, v6.6`;
}

/** The model with its version of Linux in the citations that were written for v6.6. Steps that only some versions have say so in theirs. */
export function withVersion(model: DesignModel, version: string): DesignModel {
  const cite = (text: string): string => text.replaceAll(/, v6\.6(?=,|;|$)/g, `, v${version}`);
  return mapRoutines(model, (routine) => ({
    ...routine,
    cite: cite(routine.cite),
    steps: routine.steps.map((step) =>
      step.cite === undefined ? step : { ...step, cite: cite(step.cite) },
    ),
  }));
}
