import { fieldText } from '../../kernel/machine/describeEvent';
import type { Program } from '../../kernel/compiler/program';
import { snapshotAt } from '../trace/replay';
import type { TraceNode } from '../trace/traceTree';

/** A change of the value of a field. */
export interface FieldChange {
  readonly depth: number;
  readonly value: string;
  /** The task and the step that changed it: `qemu BIND.16`. */
  readonly stepLabel: string;
}

/** Every change of a field along a path. The field is given by title, because an issued call shifts the indices. */
export function fieldChanges(path: readonly TraceNode[], title: string): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  let previous: string | undefined;
  let field = -1;
  let indexedProgram: Program | undefined;
  for (const node of path) {
    const { program, state, task, step } = snapshotAt(node);
    if (program !== indexedProgram)
      field = program.fields.findIndex((each) => each.title === title);
    indexedProgram = program;
    const value = field < 0 ? undefined : fieldText(program, state, field);
    if (previous !== undefined && value !== undefined && value !== previous && step)
      changes.push({
        depth: node.depth,
        value,
        stepLabel: `${program.tasks[task ?? -1]?.name ?? ''} ${step.id}`,
      });
    previous = value ?? previous;
  }
  return changes;
}

/** The step that freed an object, up to a depth; undefined if it was not freed. */
export function findFree(
  path: readonly TraceNode[],
  depth: number,
  name: string,
): { readonly depth: number; readonly text: string } | undefined {
  for (const node of path.slice(0, depth + 1).toReversed()) {
    const { program, events, task, step } = snapshotAt(node);
    const frees = events.some(
      ({ template }) => template.kind === 'free' && program.objects[template.object]?.name === name,
    );
    if (frees)
      return {
        depth: node.depth,
        text: `by ${program.tasks[task ?? -1]?.name ?? ''} at ${step?.id ?? ''}: ${step?.title ?? ''}`,
      };
  }
  return undefined;
}
