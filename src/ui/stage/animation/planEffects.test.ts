import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  enabled,
  initialState,
  makeEventBuffer,
  readEvents,
  step,
} from '../../../kernel/machine/machine';
import { badgesOf, type StepRecord } from '../../../graph/model/badges';
import { MAX_EFFECT_MS, type Effect } from './effect';
import { planEffects } from './planEffects';
import { layOutGraph } from '../../../graph/layout/graphLayout';
import { testProgram } from '../../../graph/testing/testDesign';
import { toGraph } from '../../../graph/model/toGraph';

const program = testProgram();
const layout = layOutGraph(program);

/** The effects of every step of a schedule. */
function effectsOfSchedule(names: readonly string[]): readonly (readonly Effect[])[] {
  const state = initialState(program);
  const run: StepRecord[] = [];
  let graph = toGraph(program, state, layout);
  return names.map((name) => {
    const task = program.tasks.findIndex((candidate) => candidate.name === name);
    const executed = program.tasks[task]?.steps[state[program.tasks[task]?.pc ?? -1] ?? -1];
    const buffer = makeEventBuffer();
    const previous = state.slice();
    step(program, state, task, buffer);
    run.push({
      program,
      task,
      step: executed,
      events: readEvents(program, buffer),
      violations: [],
    });
    const next = toGraph(program, state, layout, { previous, badges: badgesOf(run) });
    const planned = planEffects(graph, next, `process:${program.tasks[task]?.process ?? ''}`);
    graph = next;
    return planned;
  });
}

const effectTexts = (list: readonly Effect[] | undefined): string[] =>
  (list ?? []).map(({ kind, node, row, text, mark }) =>
    [kind, node, row, mark?.name, text].filter(Boolean).join(' '),
  );

describe('planEffects', () => {
  const bound = ['a', 'a', 'a', 'b', 'b', 'b'];

  it('plans count, alloc and acquire effects', () => {
    const run = effectsOfSchedule(['a', 'a', 'a', 'a']);
    expect(effectTexts(run[0])).toContain('count vfio_device:vfio0 refcount a +1');
    const [taken] = (run[0] ?? []).filter(({ kind }) => kind === 'count');
    const actor = layout.placements.get('process:a');
    expect(taken?.other?.y).toBeGreaterThan(actor?.y ?? Infinity);
    expect(taken?.other?.y).toBeLessThan((actor?.y ?? 0) + (actor?.height ?? 0));
    expect(effectTexts(run[1])).toEqual(
      expect.arrayContaining(['alloc file:fd1', 'alloc priv:fd1.priv', 'alloc fops:parked']),
    );
    expect(effectTexts(run[3])).toEqual(['acquire vfio_device:vfio0 lock a lock']);
  });

  it('plans contend, swap, release and handover effects, and a refusal at the object that refuses', () => {
    const run = effectsOfSchedule([...bound, 'a', 'a', 'a', 'a', 'a', 'b', 'b', 'b']);
    const all = run.map(effectTexts);
    expect(all[6]).toEqual([
      'acquire vfio_device:vfio0 lock a lock',
      'contend vfio_device:vfio0 lock b lock',
    ]);
    expect(all[8]).toContain('count vfio_device:vfio0 users a +1');
    expect(all[8]).toContain('claim vfio_device:vfio0 owner a fd1');
    expect(all[9]).toContain('swap file:fd1 normal');
    expect(all[10]).toEqual(['release vfio_device:vfio0 lock a lock']);
    expect(all[11]).toEqual(['handover vfio_device:vfio0 lock b lock']);
    expect(all[12]).toContain('refusal vfio_device:vfio0 b -EBUSY');
    expect(all[13]).not.toContain('refusal vfio_device:vfio0 b -EBUSY');
  });

  it('moves the f_op edge to the other fops, and then highlights what becomes reachable', () => {
    const all = effectsOfSchedule([...bound, 'a', 'a', 'a', 'a'])[9] ?? [];
    const swap = all.find(({ kind }) => kind === 'swap');
    const [oldPath, newPath] = swap?.edgePaths ?? [[], []];
    expect(oldPath[0]).not.toEqual(oldPath.at(-1));
    expect(oldPath.at(-1)).not.toEqual(newPath.at(-1));
    const parked = layout.placements.get('fops:parked');
    expect(
      parked && Math.abs((oldPath.at(-1)?.x ?? 0) - parked.x - parked.width / 2),
    ).toBeLessThanOrEqual((parked?.width ?? 0) / 2);
    expect(all.filter(({ kind }) => kind === 'reachNode').map(({ node }) => node)).toEqual(
      expect.arrayContaining(['fops:normal', 'vfio_device:vfio0']),
    );
    const reachedEdges = all.filter(({ kind }) => kind === 'reachEdge').map(({ text }) => text);
    expect(reachedEdges).toContain('fops:fd1');
    for (const { kind, delay } of all)
      if (kind === 'reachNode' || kind === 'reachEdge')
        expect(delay).toBeGreaterThan((swap?.duration ?? MAX_EFFECT_MS) / 2);
  });

  it('shows the use of freed memory at the freed object', () => {
    const state = initialState(program);
    const run = program.tasks.flatMap(({ name, steps }) =>
      name === 'a' ? steps.map(() => name) : [],
    );
    for (const name of run)
      step(
        program,
        state,
        program.tasks.findIndex((task) => task.name === name),
      );
    const freed = program.objects.findIndex(({ name }) => name === 'fd1.priv');
    const badges = new Map([
      ['fd1.priv', [{ kind: 'violation', title: 'memory', text: 'used after it was freed' }]],
    ] as const);
    const before = toGraph(program, state, layout, { badges });
    const after = toGraph(program, state, layout, {
      badges,
      useAfterFree: {
        task: program.tasks.findIndex(({ name }) => name === 'b'),
        objects: [freed],
      },
    });
    expect(effectTexts(planEffects(before, after, 'process:b'))).toEqual([
      'useFreed priv:fd1.priv b',
    ]);
  });

  it('plans nothing for equal graphs, and never exceeds MAX_EFFECT_MS', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), { maxLength: 40 }), (choices) => {
        const state = initialState(program);
        let graph = toGraph(program, state, layout);
        for (const choice of choices) {
          const runnable = enabled(program, state);
          const task = runnable[choice % Math.max(1, runnable.length)];
          if (task === undefined) break;
          step(program, state, task);
          const next = toGraph(program, state, layout);
          expect(planEffects(next, next)).toEqual([]);
          for (const effect of planEffects(graph, next))
            expect(effect.delay + effect.duration).toBeLessThanOrEqual(MAX_EFFECT_MS);
          graph = next;
        }
      }),
      { seed: 11, numRuns: 40 },
    );
  });
});
