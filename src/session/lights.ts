import type { Program, Step } from '../kernel/program';
import { frameOf } from './frame';
import type { Hover } from './session';
import type { Moment } from './trail';

/** What a step touches, to be lit. */
function lightsOf(program: Program, step: Step): Hover {
  const objects = step.touches
    .map((field) => program.fields[field]?.object ?? -1)
    .filter((object) => object >= 0);
  return { objects: [...new Set(objects)], fields: step.touches, step: step.name };
}

const memo = new WeakMap<Moment, Hover>();

/** What the step of a moment touched. */
export function lightsAt(moment: Moment): Hover | undefined {
  const known = memo.get(moment);
  if (known) return known;
  const { program, step } = frameOf(moment);
  const lights = step && lightsOf(program, step);
  if (lights) memo.set(moment, lights);
  return lights;
}
