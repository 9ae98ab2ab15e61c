import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enabled, initialState, step } from '../../kernel/machine/machine';
import type { Program } from '../../kernel/compiler/program';
import type { Graph, ObjectView, ProcessView } from './graph';
import { layOutGraph } from '../layout/graphLayout';
import { testProgram, walkProgram } from '../testing/testDesign';
import { toGraph } from './toGraph';

function stateAfter(program: Program, tasks: readonly string[]): Int32Array {
  const state = initialState(program);
  for (const name of tasks)
    step(
      program,
      state,
      program.tasks.findIndex((task) => task.name === name),
    );
  return state;
}

const object = (graph: Graph, id: string): ObjectView =>
  graph.nodes.find((node): node is ObjectView => node.id === id && node.kind === 'object') ??
  expect.fail(`no ${id}`);
const process = (graph: Graph, name: string): ProcessView =>
  graph.nodes.find((node): node is ProcessView => node.kind === 'process' && node.title === name) ??
  expect.fail(`no ${name}`);
const field = (view: ObjectView, name: string): ObjectView['fields'][number] =>
  view.fields.find((each) => each.name === name) ?? expect.fail(`no ${name}`);

describe('toGraph', () => {
  const program = testProgram();

  it('shows the objects of the initial state and none that is not allocated', () => {
    const ids = toGraph(program, initialState(program)).nodes.map((node) => node.id);
    expect(ids).toContain('vfio_device:vfio0');
    expect(ids).toContain('process:a');
    expect(ids).toContain('node:vfio0');
    expect(ids).not.toContain('file:fd1');
    expect(ids).not.toContain('fops:parked');
  });

  it('shows an open file with its fd, private data and parked fops', () => {
    const graph = toGraph(program, stateAfter(program, ['a', 'a']));
    expect(object(graph, 'file:fd1').access).toBe('parked');
    expect(object(graph, 'file:fd1').accessFlag).toBeUndefined();
    expect(process(graph, 'a').fds.map((fd) => fd.name)).toEqual(['fd1']);
    const edges = graph.edges.map(({ source, target, style }) => `${source} ${style} ${target}`);
    expect(edges).toContain('process:a fd file:fd1');
    expect(edges).toContain('file:fd1 pointer priv:fd1.priv');
    expect(edges).toContain('file:fd1 fops fops:parked');
    expect(edges).toContain('vfio_device:vfio0 member iommu_group:group 1');
  });

  it('shows the holder and the waiters of a mutex, in the node and as edges', () => {
    const state = stateAfter(program, ['a', 'a', 'a', 'b', 'b', 'b', 'a']);
    const graph = toGraph(program, state);
    const lock = field(object(graph, 'vfio_device:vfio0'), 'lock');
    expect(lock.owner).toEqual({ name: 'a', process: 0 });
    expect(lock.queue).toEqual([{ name: 'b', process: 1 }]);
    expect(process(graph, 'b').tasks[0]).toMatchObject({ status: 'waiting', call: 'bind_iommufd' });
    expect(process(graph, 'b').tasks[0]?.detail).toContain('held by a');
    expect(
      graph.edges.filter((edge) => edge.style === 'wait').map((edge) => [edge.source, edge.target]),
    ).toEqual([['process:b', 'vfio_device:vfio0']]);
    expect(
      graph.edges.filter((edge) => edge.style === 'hold').map((edge) => [edge.source, edge.target]),
    ).toEqual([['vfio_device:vfio0', 'process:a']]);
  });

  it('shows the handover of a mutex: who is next, then who holds it', () => {
    const run = ['a', 'a', 'a', 'b', 'b', 'b', 'a', 'a', 'a', 'a', 'a', 'b', 'b'];
    const edges = (count: number): readonly string[] =>
      toGraph(program, stateAfter(program, run.slice(0, count)), layOutGraph(program), {
        previous: stateAfter(program, run.slice(0, count - 1)),
      }).edges.flatMap(({ label, process: index }) =>
        /waits|next|held/.test(label) ? [`${label} (${index})`] : [],
      );
    expect([10, 11, 12, 13].map(edges)).toEqual([
      ['b waits (1)', 'held by a (0)'],
      ['b is next (1)'],
      ['held by b (1)'],
      [],
    ]);
  });

  it('shows previous values of fields that the last step changed', () => {
    const state = stateAfter(program, ['a']);
    const graph = toGraph(program, state, layOutGraph(program), {
      previous: initialState(program),
    });
    expect(field(object(graph, 'vfio_device:vfio0'), 'refcount')).toMatchObject({
      text: '2',
      previous: '1',
    });
    expect(field(object(graph, 'vfio_device:vfio0'), 'users').previous).toBeUndefined();
  });

  it('shows a freed object while a pointer to it exists', () => {
    // The test design does not clear the owner: after close the device still points at the file.
    const state = stateAfterAllSteps(program, 'a');
    const graph = toGraph(program, state);
    expect(object(graph, 'file:fd1').freed).toBe(true);
    expect(
      graph.edges.find((edge) => edge.target === 'file:fd1' && edge.label === 'owner')?.dangling,
    ).toBe(true);
  });

  it('shows a use of freed memory as an edge, and none if the object is live', () => {
    const freed = stateAfterAllSteps(program, 'a');
    const index = program.objects.findIndex((slot) => slot.name === 'fd1' && slot.type === 'file');
    const task = program.tasks.findIndex((each) => each.name === 'b');
    const uses = (state: Int32Array): readonly string[] =>
      toGraph(program, state, layOutGraph(program), { useAfterFree: { task, objects: [index] } })
        .edges.filter((edge) => edge.style === 'use')
        .map((edge) => `${edge.source} ${edge.target} ${edge.label}`);
    expect(uses(freed)).toEqual(['process:b file:fd1 b uses freed memory']);
    expect(uses(stateAfter(program, ['a', 'a']))).toEqual([]);
  });

  it('has unique ids and no edge without both its nodes, in any run', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), { maxLength: 40 }), (choices) => {
        walkProgram(program, choices, (state) => {
          const { nodes, edges } = toGraph(program, state);
          const ids = new Set(nodes.map((node) => node.id));
          expect(ids.size).toBe(nodes.length);
          expect(new Set(edges.map((edge) => edge.id)).size).toBe(edges.length);
          for (const edge of edges) expect(ids.has(edge.source) && ids.has(edge.target)).toBe(true);
        });
      }),
      { seed: 7, numRuns: 60 },
    );
  });
});

/** After every step that a task can make alone. */
function stateAfterAllSteps(program: Program, name: string): Int32Array {
  const { index } = program.tasks.find((task) => task.name === name) ?? expect.fail(name);
  const state = initialState(program);
  while (enabled(program, state).includes(index)) step(program, state, index);
  return state;
}
