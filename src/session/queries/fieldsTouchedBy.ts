import type { Program, Step } from '../../kernel/compiler/program';
import type { HoverTarget } from '../store/session';
import { snapshotAt } from '../trace/replay';
import type { TraceNode } from '../trace/traceTree';

/** The objects and fields that a step reads or writes, as a hover target. */
export function fieldsTouchedBy(program: Program, { name, touches }: Step): HoverTarget {
  const objects = touches
    .map((field) => program.fields[field]?.object ?? -1)
    .filter((object) => object >= 0);
  return { objects: [...new Set(objects)], fields: touches, step: name };
}

const targets = new WeakMap<TraceNode, HoverTarget>();

/** What the step into a trace node touched; undefined at the root and after an issued call. Same object for the same node. */
export function fieldsTouchedAt(node: TraceNode): HoverTarget | undefined {
  const known = targets.get(node);
  if (known) return known;
  const { program, step } = snapshotAt(node);
  const target = step && fieldsTouchedBy(program, step);
  if (target) targets.set(node, target);
  return target;
}
