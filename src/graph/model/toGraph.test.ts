import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enabled, initialState, step } from '../../kernel/machine/machine';
import type { Program } from '../../kernel/compiler/program';
import { nodeCatalogOf } from './nodeCatalog';
import type { Graph, ObjectView, ProcessView } from './graph';
import { layOutGraph } from '../layout/graphLayout';
import { testCalls, testProgram, walkProgram } from '../testing/testDesign';
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
const row = (view: ObjectView, name: string): ObjectView['fields'][number] =>
  view.fields.find((each) => each.name === name) ?? expect.fail(`no ${name}`);

describe('toGraph', () => {
  const program = testProgram();

  it('shows what exists from the start, and nothing that was not allocated', () => {
    const ids = toGraph(program, initialState(program)).nodes.map((node) => node.id);
    expect(ids).toContain('vfio_device:vfio0');
    expect(ids).toContain('process:a');
    expect(ids).toContain('node:vfio0');
    expect(ids).not.toContain('file:fd1');
    expect(ids).not.toContain('fops:parked');
  });

  it('draws an open file with its fd, its private data and its parked fops', () => {
    const graph = toGraph(program, stateAfter(program, ['a', 'a']));
    expect(object(graph, 'file:fd1').access).toBe('parked');
    expect(object(graph, 'file:fd1').usesAccessFlag).toBe(false);
    expect(process(graph, 'a').fds.map((fd) => fd.name)).toEqual(['fd1']);
    const drawn = graph.edges.map(({ source, target, style }) => `${source} ${style} ${target}`);
    expect(drawn).toContain('process:a fd file:fd1');
    expect(drawn).toContain('file:fd1 pointer priv:fd1.priv');
    expect(drawn).toContain('file:fd1 fops fops:parked');
    expect(drawn).toContain('vfio_device:vfio0 member iommu_group:group 1');
  });

  it('tells who holds a mutex, who waits in order, and draws the wait and the hold', () => {
    const state = stateAfter(program, ['a', 'a', 'a', 'b', 'b', 'b', 'a']);
    const graph = toGraph(program, state);
    const lock = row(object(graph, 'vfio_device:vfio0'), 'lock');
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

  it('names what the last step changed', () => {
    const state = stateAfter(program, ['a']);
    const graph = toGraph(program, state, layOutGraph(program), {
      previous: initialState(program),
    });
    expect(row(object(graph, 'vfio_device:vfio0'), 'refcount')).toMatchObject({
      text: '2',
      previous: '1',
    });
    expect(row(object(graph, 'vfio_device:vfio0'), 'users').previous).toBeUndefined();
  });

  it('keeps a freed object as a ghost while somebody points at it', () => {
    // The toy forgets to clear the owner: after close the device still points at the file.
    const state = stateAfter(
      program,
      ['a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a']
        .slice(0, 12)
        .filter((_, i) => i < stepsOf(program, 'a')),
    );
    const graph = toGraph(program, state);
    expect(object(graph, 'file:fd1').freed).toBe(true);
    expect(
      graph.edges.find((edge) => edge.target === 'file:fd1' && edge.label === 'owner')?.dangling,
    ).toBe(true);
  });

  it('draws a use of freed memory from the task to what is left of it, and nothing where all is live', () => {
    const freed = stateAfter(
      program,
      Array.from({ length: stepsOf(program, 'a') }, () => 'a'),
    );
    const index = program.objects.findIndex((slot) => slot.name === 'fd1' && slot.type === 'file');
    const task = program.tasks.findIndex((each) => each.name === 'b');
    const uses = (state: Int32Array): readonly string[] =>
      toGraph(program, state, layOutGraph(program), { useAfterFree: { task, objects: [index] } })
        .edges.filter((edge) => edge.style === 'use')
        .map((edge) => `${edge.source} ${edge.target} ${edge.label}`);
    expect(uses(freed)).toEqual(['process:b file:fd1 b uses freed memory']);
    expect(uses(stateAfter(program, ['a', 'a']))).toEqual([]);
  });

  it('never draws an edge without both its nodes, and places no two nodes on one another, in any run', () => {
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

describe('layOutStage', () => {
  it('gives every actor room of its own', () => {
    const program = testProgram();
    const places = nodeCatalogOf(program).nodes.map(
      (actor) => layOutGraph(program).placements.get(actor.id) ?? expect.fail(actor.id),
    );
    for (const a of places) {
      for (const b of places) {
        const apart =
          a === b ||
          a.x + a.width <= b.x ||
          b.x + b.width <= a.x ||
          a.y + a.height <= b.y ||
          b.y + b.height <= a.y;
        expect(apart, JSON.stringify([a, b])).toBe(true);
      }
    }
  });

  it('moves nothing when a call is added, wherever in the list', () => {
    const before = layOutGraph(testProgram());
    for (const at of [0, 3, testCalls.length]) {
      const after = layOutGraph(
        testProgram(
          testCalls.toSpliced(at, 0, { by: 'b', call: 'open_cdev', device: 'vfio1', as: 'fd3' }),
        ),
        before,
      );
      expect(after.placements.has('file:fd3')).toBe(true);
      for (const [id, place] of before.placements)
        expect(after.placements.get(id), id).toEqual(place);
    }
  });

  it('keeps the slot of an object that is gone for a while', () => {
    const more = testCalls.concat({ by: 'b', call: 'open_cdev', device: 'vfio1', as: 'fd3' });
    const first = layOutGraph(testProgram(more));
    const undone = layOutGraph(testProgram(), first);
    expect(layOutGraph(testProgram(more), undone).placements).toEqual(first.placements);
  });

  it('is the same every time', () => {
    expect(layOutGraph(testProgram()).placements).toEqual(layOutGraph(testProgram()).placements);
  });
});

function stepsOf(program: Program, name: string): number {
  const task = program.tasks.find((each) => each.name === name) ?? expect.fail(name);
  const state = initialState(program);
  let count = 0;
  for (
    ;
    (state[task.pc] ?? 0) < task.steps.length && enabled(program, state).includes(task.index);
    count++
  )
    step(program, state, task.index);
  return count;
}
