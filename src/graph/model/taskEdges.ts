import { currentWait, isWaitForCall, waiters } from '../../kernel/machine/machine';
import { waitCycles } from '../../kernel/properties/noDeadlock';
import type { Rect } from '../layout/geometry';
import { routeEdge } from '../routing/edgePath';
import { routeWaitEdges } from '../routing/waitEdgeRouter';
import type { EdgeView } from './graph';
import { fieldValue, isLive, type GraphInput } from './graphInput';
import { nodeIdOf } from './nodeCatalog';
import { taskRef } from './taskWaits';
import { unroutedEdge, type UnroutedEdge } from './unroutedEdge';

const NO_EDGES: readonly EdgeView[] = [];

/** Edges from waiting tasks to what they wait for, from held mutexes to their holders, and from a task to freed memory that it used. Labels avoid `obstacles`. */
export function taskEdges(input: GraphInput, obstacles: readonly Rect[]): readonly EdgeView[] {
  const edges = [
    ...withOneHoldPerMutex([...waitAndHoldEdges(input), ...handoverEdges(input)]),
    ...freedMemoryEdges(input),
  ];
  if (edges.length === 0) return NO_EDGES;
  const routes = routeWaitEdges(input.layout, edges, obstacles);
  return edges.map((edge, i): EdgeView => ({
    ...edge,
    ...(routes[i] ?? routeEdge(input.layout, edge.source, edge.target)),
  }));
}

function waitAndHoldEdges(input: GraphInput): readonly UnroutedEdge[] {
  const { program, state } = input;
  const cycleTasks = new Set(waitCycles(program, state).flat());
  return program.tasks.flatMap((task) => {
    const wait = currentWait(program, state, task.index);
    if (!wait || isWaitForCall(wait)) return [];
    const slot = program.objects[program.fields[wait.field]?.object ?? -1];
    if (!slot) return [];
    const inCycle = cycleTasks.has(task.index);
    const waitEdge = unroutedEdge(
      input,
      `wait:${task.name}`,
      `process:${task.process}`,
      nodeIdOf(slot),
      {
        style: 'wait',
        label: `${task.name} waits`,
        process: taskRef(program, task.index).process,
        inCycle,
      },
    );
    const holder =
      wait.kind === 'mutex' ? program.tasks[fieldValue(input, wait.field) - 1] : undefined;
    if (!holder) return waitEdge;
    return [
      ...waitEdge,
      ...unroutedEdge(input, `hold:${wait.field}`, nodeIdOf(slot), `process:${holder.process}`, {
        style: 'hold',
        label: `held by ${holder.name}`,
        process: taskRef(program, holder.index).process,
        inCycle,
      }),
    ];
  });
}

/** The handover of a mutex: from its release, an edge from the next waiter; in the step that takes it, one to the new holder. */
function handoverEdges(input: GraphInput): readonly UnroutedEdge[] {
  const { program, state, options } = input;
  return program.fields.flatMap(({ kind, index, object }) => {
    const slot = program.objects[object];
    if (kind !== 'mutex' || !slot) return [];
    const owner = fieldValue(input, index);
    if (owner > 0) {
      const { previous } = options;
      const tookAfterWait =
        previous !== undefined &&
        previous[index] !== owner &&
        waiters(program, previous, index).includes(owner - 1);
      const holder = program.tasks[owner - 1];
      if (!tookAfterWait || !holder) return [];
      return unroutedEdge(input, `hold:${index}`, nodeIdOf(slot), `process:${holder.process}`, {
        style: 'hold',
        label: `held by ${holder.name}`,
        process: taskRef(program, holder.index).process,
      });
    }
    const next = program.tasks[waiters(program, state, index)[0] ?? -1];
    if (!next) return [];
    return unroutedEdge(input, `wait:${next.name}`, `process:${next.process}`, nodeIdOf(slot), {
      style: 'wait',
      label: `${next.name} is next`,
      process: taskRef(program, next.index).process,
    });
  });
}

/** Every waiter of a mutex yields a hold edge: keeps the one in a cycle, else the first. */
function withOneHoldPerMutex(edges: readonly UnroutedEdge[]): readonly UnroutedEdge[] {
  return edges.filter((edge) => {
    if (edge.style !== 'hold') return true;
    const same = edges.filter(({ id }) => id === edge.id);
    return edge === (same.find(({ inCycle }) => inCycle) ?? same[0]);
  });
}

function freedMemoryEdges(input: GraphInput): readonly UnroutedEdge[] {
  const {
    program,
    options: { useAfterFree },
  } = input;
  if (!useAfterFree) return [];
  const { name, process } = taskRef(program, useAfterFree.task);
  return useAfterFree.objects.flatMap((index) => {
    const slot = program.objects[index];
    return slot && !isLive(input, slot)
      ? unroutedEdge(
          input,
          `use:${slot.name}`,
          `process:${program.tasks[useAfterFree.task]?.process ?? ''}`,
          nodeIdOf(slot),
          { style: 'use', label: `${name} uses freed memory`, process },
        )
      : [];
  });
}
