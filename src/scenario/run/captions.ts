import type { Caption } from '../format/scenario';

/** What narration asks of a step; `at` is undefined where no step was made (a call that was put in). */
export interface CaptionedStep {
  readonly by: string | undefined;
  readonly at: string | undefined;
}

/**
 * The beat that each step of a run tells, if any. The beats of one task are told in their order, each once: a beat waits until
 * the one before it is told, so that a step that runs twice can be narrated the second time. Beats without `by` form a line of their own.
 */
export function assignCaptions(
  beats: readonly Caption[],
  steps: readonly CaptionedStep[],
): readonly (Caption | undefined)[] {
  const lines = new Map<string | undefined, Caption[]>();
  for (const beat of beats) lines.set(beat.by, [...(lines.get(beat.by) ?? []), beat]);
  return steps.map(({ by, at }) => {
    const line = [lines.get(by), lines.get(undefined)].find(
      (l) => l?.[0] !== undefined && l[0].at === at,
    );
    return line?.shift();
  });
}
