import type { Caption } from '../format/scenario';

/** The task and step id of a transition; both undefined for an inserted call, which makes no step. */
export interface CaptionedStep {
  readonly by: string | undefined;
  readonly at: string | undefined;
  /** What the step did and where the run then is, as text; called only with `outcomes`. */
  readonly outcome?: () => string;
}

/**
 * The caption of each step of a run, if any. The captions of one task are assigned in order, each once, so that a step that runs
 * twice can have its caption the second time. Captions without `by` form a separate queue. With `outcomes`, a caption is left
 * out if its step does something else, or at another point of the run: in another interleaving the same step can fail, or wait for
 * no other task.
 */
export function assignCaptions(
  captions: readonly Caption[],
  steps: readonly CaptionedStep[],
  outcomes?: ReadonlyMap<Caption, string>,
): readonly (Caption | undefined)[] {
  const queues = new Map<string | undefined, Caption[]>();
  for (const caption of captions)
    queues.set(caption.by, [...(queues.get(caption.by) ?? []), caption]);
  return steps.map(({ by, at, outcome }) => {
    const queue = [queues.get(by), queues.get(undefined)].find(
      (q) => q?.[0] !== undefined && q[0].at === at,
    );
    const caption = queue?.shift();
    return caption && (!outcomes || outcomes.get(caption) === outcome?.()) ? caption : undefined;
  });
}
