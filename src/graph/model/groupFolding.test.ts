import { describe, expect, it } from 'vitest';
import { initialState, makeEventBuffer, readEvents, step } from '../../kernel/machine/machine';
import { nodeIdOf } from './nodeCatalog';
import { foldedGroupId, groupByNodeId } from './groupFolding';
import type { Badge } from './graph';
import { lastChangeIn } from './foldedChange';
import { layOutGraph } from '../layout/graphLayout';
import { testProgram } from '../testing/testDesign';
import { toGraph } from './toGraph';

const program = testProgram();

function stateAfter(names: readonly string[]): Int32Array {
  const state = initialState(program);
  for (const name of names)
    step(
      program,
      state,
      program.tasks.findIndex((task) => task.name === name),
    );
  return state;
}

describe('folding by group', () => {
  const folded = new Set(['1']);
  const layout = layOutGraph(program, undefined, folded);

  it('folds the objects of a group and the contexts of a process that uses only this group', () => {
    const groups = groupByNodeId(program);
    expect(groups.get('vfio_device:vfio0')).toBe('1');
    expect(groups.get('vfio_device:vfio1')).toBe('2');
    expect(groups.get('file:fd1')).toBe('1');
    expect(groups.get('file:i1')).toBe('1');
    expect(groups.has('process:a')).toBe(false);
  });

  it('folds a device set within one group, but not one that spans groups', () => {
    expect(groupByNodeId(program).get('vfio_device_set:set vfio0')).toBe('1');
    const shared = testProgram(undefined, {
      devices: ['1', '2', '2'].map((group, i) => ({
        name: `vfio${i}`,
        group,
        devset: i < 2 ? 's0' : 's1',
      })),
      processes: ['a', 'b'],
    });
    expect(groupByNodeId(shared).has('vfio_device_set:set s0')).toBe(false);
    expect(groupByNodeId(shared).get('vfio_device_set:set s1')).toBe('2');
  });

  it('shows its devices, their open files and held locks in one node', () => {
    const graph = toGraph(program, stateAfter(['a', 'a', 'a', 'a']), layout);
    const node = graph.nodes.find((each) => each.id === foldedGroupId('1'));
    expect(node).toMatchObject({
      kind: 'foldedGroup',
      devices: [
        { name: 'vfio0', files: [{ name: 'fd1', process: 0, access: 'parked', bound: false }] },
      ],
      locks: [{ name: 'vfio0 lock', owner: { name: 'a' } }],
    });
    expect(graph.nodes.map((each) => each.id)).not.toContain('vfio_device:vfio0');
    expect(graph.nodes.map((each) => each.id)).toContain('vfio_device:vfio1');
  });

  it('has the badges of its members only', () => {
    const badge: Badge = { kind: 'violation', title: 'memory', text: 'read after it was freed' };
    const { nodes } = toGraph(program, stateAfter(['a']), layout, {
      badges: new Map([
        ['set vfio0', [badge]],
        ['vfio1', [{ ...badge, title: 'refcount' }]],
      ]),
    });
    expect(nodes.find((each) => each.id === foldedGroupId('1'))?.badges).toEqual([badge]);
  });

  it('keeps the violations of freed members, latest first', () => {
    const can = program.tasks.flatMap((task) =>
      task.name === 'a' ? task.steps.map(() => 'a') : [],
    );
    const previous = stateAfter(can.slice(0, -1));
    const badge = (title: string): Badge => ({ kind: 'violation', title, text: title });
    const freed =
      program.objects.find((slot) => slot.name === 'fd1' && slot.type === 'file') ?? expect.fail();
    const badges = new Map([
      ['set vfio0', [badge('earlier')]],
      ['fd1', [badge('once'), badge('now')]],
    ]);
    const use = {
      task: program.tasks.findIndex((task) => task.name === 'b'),
      objects: [freed.index],
    };
    const { nodes, edges } = toGraph(program, stateAfter(can), layout, {
      previous,
      badges,
      useAfterFree: use,
    });
    const node = nodes.find((each) => each.id === foldedGroupId('1'));
    expect(node).toMatchObject({
      kind: 'foldedGroup',
      lastChange: { object: 'fd1', life: 'freed' },
    });
    expect(node?.badges.map(({ title }) => title)).toEqual(['now', 'once', 'earlier']);
    expect(
      edges.filter((edge) => edge.style === 'use').map(({ source, target }) => [source, target]),
    ).toEqual([['process:b', foldedGroupId('1')]]);
  });

  it('shows the last change inside: a value, an allocation or free, else a read', () => {
    const state = stateAfter([]);
    const buffer = makeEventBuffer();
    const touches = ['a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'driver'].map((name) => {
      const previous = state.slice();
      step(
        program,
        state,
        program.tasks.findIndex((task) => task.name === name),
        buffer,
      );
      const touch = lastChangeIn(
        program,
        state,
        program.objects.filter((slot) => groupByNodeId(program).get(nodeIdOf(slot)) === '1'),
        { previous, events: readEvents(program, buffer) },
      );
      return (
        touch &&
        `${touch.object} ${touch.field ? `${touch.field.name} ${touch.field.text}` : touch.life}`
      );
    });
    expect(touches).toEqual([
      'vfio0 refcount 2',
      'fd1 new',
      'i1 new',
      'vfio0 lock a',
      'vfio0 users 0',
      'vfio0 users 1',
      'fd1 f_op normal',
      'vfio0 lock free',
      'fd1 f_count 0',
      'vfio0 refcount 1',
    ]);
    expect(lastChangeIn(program, state, program.objects, {})).toBeUndefined();
  });

  it('merges the edges of its members, and shows a wait for a lock inside', () => {
    const { edges, nodes } = toGraph(
      program,
      stateAfter(['a', 'a', 'a', 'a', 'b', 'b', 'b']),
      layout,
    );
    const ids = new Set(nodes.map((node) => node.id));
    expect(
      edges.every(
        (edge) => ids.has(edge.source) && ids.has(edge.target) && edge.source !== edge.target,
      ),
    ).toBe(true);
    expect(new Set(edges.map((edge) => edge.id)).size).toBe(edges.length);
    expect(
      edges
        .filter((edge) => edge.style === 'fd' && edge.target === foldedGroupId('1'))
        .map((edge) => edge.source),
    ).toEqual(['process:a', 'process:b']);
    expect(edges.find((edge) => edge.style === 'wait')).toMatchObject({
      source: 'process:b',
      target: foldedGroupId('1'),
    });
  });
});
