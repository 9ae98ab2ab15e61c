import type { Program, Step } from '../../kernel/compiler/program';
import { snapshotAt } from '../trace/replay';
import type { HoverTarget } from '../store/session';
import type { TraceNode } from '../trace/traceTree';

/** What a step touches, to be lit. */
function fieldsTouchedBy(program: Program, step: Step): HoverTarget {
  const objects = step.touches
    .map((field) => program.fields[field]?.object ?? -1)
    .filter((object) => object >= 0);
  return { objects: [...new Set(objects)], fields: step.touches, step: step.name };
}

const memo = new WeakMap<TraceNode, HoverTarget>();

/** What the step of a moment touched. */
export function fieldsTouchedAt(moment: TraceNode): HoverTarget | undefined {
  const known = memo.get(moment);
  if (known) return known;
  const { program, step } = snapshotAt(moment);
  const lights = step && fieldsTouchedBy(program, step);
  if (lights) memo.set(moment, lights);
  return lights;
}
