import type { Program } from '../../kernel/compiler/program';
import { assignCaptions } from '../../scenario/run/captions';
import type { Caption } from '../../scenario/format/scenario';
import { runScenario } from '../../scenario/run/runScenario';
import { stateAt } from '../../scenario/run/scenarioRun';
import { memoizeByKey } from '../trace/memoize';
import type { Setup, TraceNode } from '../trace/traceTree';
import { captionContext } from './captionContext';
import { effectiveOptions } from './effectiveOptions';
import { variantFor } from './scenarioVariants';

/** The run that the captions of a scenario describe: its own schedule. */
export interface Walkthrough {
  /** The task of each step. */
  readonly tasks: readonly string[];
  /** What the captioned steps do in it, and where it then is. */
  readonly outcomes: ReadonlyMap<Caption, string>;
}

/** The walkthrough of a setup. A scenario from a link has no schedule; the built-in scenario does. */
export const walkthroughOf = memoizeByKey((setup: Setup): Walkthrough => {
  const { scenario, design } = setup;
  const variant = variantFor(setup, design.id, effectiveOptions(setup));
  const outcome = runScenario(variant ?? scenario, { design: variant ? undefined : design });
  if (!outcome.ok) return { tasks: [], outcomes: new Map() };
  const { program, steps } = outcome.trace;
  const captions = assignCaptions(
    scenario.beats,
    steps.map(({ task, step }) => ({ by: program.tasks[task]?.name, at: step.id })),
  );
  return {
    tasks: steps.map(({ task }) => program.tasks[task]?.name ?? ''),
    outcomes: new Map(
      captions.flatMap((caption, i) =>
        caption
          ? [
              [
                caption,
                captionedOutcome(steps[i]?.texts ?? [], program, stateAt(outcome.trace, i + 1)),
              ],
            ]
          : [],
      ),
    ),
  };
});

/** What a step did, and the calls and locks after it. */
export function captionedOutcome(
  texts: readonly string[],
  program: Program,
  state: Int32Array,
): string {
  return `${texts.join('; ')}\n${captionContext(program, state)}`;
}

/** Number of transitions from the root on which a path follows the walkthrough of its setup. */
export const walkthroughLength = memoizeByKey(
  (path: readonly TraceNode[]): { readonly length: number } => {
    const [root] = path;
    if (!root || root.setup.plannedCalls || root.setup.mutations) return { length: 0 };
    const { tasks } = walkthroughOf(root.setup);
    const left = path.findIndex(
      ({ transition }, depth) =>
        transition && (transition.kind !== 'step' || transition.task !== tasks[depth - 1]),
    );
    return { length: left < 0 ? path.length - 1 : left - 1 };
  },
);
