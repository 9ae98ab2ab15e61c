import type {
  CallBody,
  Design,
  DesignModel,
  Routine,
  StepSpec,
} from '../../kernel/language/design';
import type { DesignCall, FileKind } from '../../kernel/language/world';

/** A change to the steps of a routine. */
export type StepsChange = (steps: readonly StepSpec[]) => readonly StepSpec[];

/** The design with the steps of one call changed, for every kind of file. */
export function withSteps(design: Design, call: DesignCall, change: StepsChange): Design {
  return {
    ...design,
    model: (options) => {
      const model = design.model(options);
      return { ...model, calls: { ...model.calls, [call]: changeBody(model.calls[call], change) } };
    },
  };
}

/** The design with the release of one kind of file changed. */
export function withRelease(design: Design, kind: FileKind, change: StepsChange): Design {
  return {
    ...design,
    model: (options): DesignModel => {
      const model = design.model(options);
      const release = model.releases[kind];
      return release
        ? {
            ...model,
            releases: { ...model.releases, [kind]: { ...release, steps: change(release.steps) } },
          }
        : model;
    },
  };
}

function changeBody(body: CallBody, change: StepsChange): CallBody {
  const one = (r: Routine): Routine => ({ ...r, steps: change(r.steps) });
  if ('steps' in body) return one(body);
  return {
    byKind: Object.fromEntries(Object.entries(body.byKind).map(([kind, r]) => [kind, one(r)])),
    other: one(body.other),
  };
}
