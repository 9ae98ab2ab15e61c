import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { seekComparison } from '../actions/comparison';
import { showLibraryScenario } from '../actions/showScenario';
import { seekTo, runCall } from '../actions/stepping';
import { setOption, switchDesign } from '../actions/switchDesign';
import { sessionOf } from '../testing/sessionOf';
import type { SessionState } from '../store/session';
import { snapshotAt } from '../trace/replay';
import { compareDesigns, type ComparedRun } from './compareDesigns';
import { sharedTimeline, type SharedTimeline } from './sharedTimeline';

registerDesigns(DESIGNS);

function timelineOf(
  state: SessionState,
  names?: readonly string[],
  option?: string,
): SharedTimeline {
  const runs = compareDesigns(state, option).flatMap((column): readonly ComparedRun[] =>
    'compared' in column && (names?.includes(column.name) ?? true) ? [column.compared] : [],
  );
  return sharedTimeline(runs);
}

/** `upstream refuses here: …` for each run. */
function sentencesOf({ runs, differences: [first] }: SharedTimeline): readonly string[] {
  return (first?.sides ?? []).map(({ text }, index) => `${runs[index]?.name} ${text}`);
}

describe('the shared timeline', () => {
  it.each(['bind-race', 'split-race', 'hot-unplug', 'unregister-starved'])(
    'plays every step of each run of %s in its order',
    (id) => {
      const { runs, depths, end, spans } = timelineOf(sessionOf(id).getState());
      for (const [i, line] of depths.entries()) {
        expect(line).toHaveLength(end + 1);
        expect(line[0]).toBe(0);
        expect(line.at(-1)).toBe((runs[i]?.path.length ?? 0) - 1);
        for (let tick = 1; tick <= end; tick += 1)
          expect([0, 1]).toContain((line[tick] ?? 0) - (line[tick - 1] ?? 0));
      }
      // In a span every run makes steps of its call only.
      for (const { index, start, length } of spans)
        for (const [i, line] of depths.entries())
          for (let tick = start + 1; tick <= start + length; tick += 1) {
            const node = runs[i]?.path[line[tick] ?? 0];
            if (node && line[tick] !== line[tick - 1])
              expect(snapshotAt(node).step?.call).toBe(index);
          }
    },
  );

  it('says of each design what it does where results differ first, all at one tick', () => {
    const timeline = timelineOf(sessionOf('split-race').getState(), ['parked-split', 'upstream']);
    expect(sentencesOf(timeline)).toEqual([
      'parked-split lets dpdk pass: bind_iommufd succeeds.',
      'upstream refuses here: BIND.4, -EBUSY (the group is open).',
    ]);
    const [first] = timeline.differences;
    const steps = timeline.runs.map(({ path }, i) => {
      const node = path[timeline.depths[i]?.[first?.tick ?? 0] ?? 0];
      return node && snapshotAt(node).step?.id;
    });
    expect(steps).toEqual(first?.sides.map(({ step }) => step));
  });

  it('aligns a call that one design refuses early with its return in the others', () => {
    const timeline = timelineOf(sessionOf('bind-race').getState());
    const { runs, depths, differences } = timeline;
    expect(differences.length).toBeGreaterThan(0);
    for (const { tick, call, sides } of differences)
      for (const [i, line] of depths.entries()) {
        const decision = runs[i]?.outcomes[call ?? -1]?.depth;
        if (decision === undefined) continue;
        // Each run makes the step that decides at this tick, no earlier.
        expect([runs[i]?.name, line[tick], line[tick - 1]]).toEqual([
          runs[i]?.name,
          decision,
          decision - 1,
        ]);
        const node = runs[i]?.path[decision];
        expect(node && snapshotAt(node).step?.id).toBe(sides[i]?.step);
      }
    // dpdk's open returns at once in the RFC, and 11 steps of qemu and dpdk later in Linux.
    expect(sentencesOf(timeline)[0]).toBe(
      'rfc-opened refuses here: OPEN.4, -EBUSY (the device is already open).',
    );
  });

  it('compares neither the numbers of fds nor calls that follow from a failed one', () => {
    const { differences } = timelineOf(sessionOf('bind-race').getState());
    // dpdk's iommufd is fd 3 after the failed open and fd 4 elsewhere; its bind is skipped in the RFC.
    expect(differences.map(({ subject }) => subject)).toEqual([
      "dpdk's open_cdev(vfio0)",
      "dpdk's bind_iommufd(fd2, iommufd2)",
    ]);
  });

  it('takes a property if all calls do the same', () => {
    const [first] = timelineOf(sessionOf('devset-shared').getState()).differences;
    expect(first?.call).toBeUndefined();
    expect(first?.sides.map(({ kind }) => kind)).toEqual(['violates', 'holds', 'holds', 'holds']);
  });

  it('tells errors that the scenario injects from results of the designs', () => {
    const { differences } = timelineOf(sessionOf('unwind-tour').getState(), [
      'parked-shim',
      'upstream',
    ]);
    expect(differences.map(({ byFault, sides }) => [byFault, ...sides.map((s) => s.step)])).toEqual(
      [
        [true, 'BIND.5:IBIND.1', 'BIND.11'],
        [true, 'BIND.7a', 'BIND.13'],
        [true, 'BIND.7b', 'BIND.14'],
      ],
    );
    const [race] = timelineOf(sessionOf('split-race').getState()).differences;
    expect(race?.byFault).toBeUndefined();
  });

  it('says in words why a scenario does not fit a design', () => {
    const column = compareDesigns(sessionOf('unwind-tour').getState()).find(
      ({ name }) => name === 'rfc-opened',
    );
    expect(column && 'error' in column && column.error).toMatch(
      /^This scenario does not fit rfc-opened: bind_iommufd has no step BIND\.11 or BIND\.12:IBIND\.5 or BIND\.13 or BIND\.14 that can fail\.$/,
    );
  });

  it('names the options of a column that are not at their default', () => {
    const session = sessionOf('split-race');
    switchDesign(session, 'parked-split');
    setOption(session, 'extraState', 'perGroup');
    expect(compareDesigns(session.getState()).map(({ name }) => name)).toContain(
      'parked-split, extraState=perGroup',
    );
  });

  it('starts again with each opened scenario', () => {
    const session = sessionOf('split-race');
    session.setState(({ layout }) => ({ layout: { ...layout, view: 'compare' } }));
    seekComparison(session, 70);
    expect(session.getState().comparison.tick).toBe(70);
    showLibraryScenario(session, 'bind-race');
    expect(session.getState().comparison.tick).toBe(0);
  });

  it('names what a blocked call waits for', () => {
    const timeline = timelineOf(sessionOf('unregister-starved').getState());
    const blocked = timeline.differences.flatMap(({ sides }) =>
      sides.filter(({ kind }) => kind === 'blocked'),
    );
    expect(blocked.map(({ text }) => text)).toContain(
      'blocks here: UNREG.2, driver waits for vfio0.comp, held by fd3.',
    );
  });

  it('plays calls that the user made, in the interleaving on screen', () => {
    const session = sessionOf('bind-race');
    seekTo(session, 0);
    for (const [by, n] of [
      ['dpdk', 7],
      ['qemu', 8],
    ] as const)
      runCall(session, { by, call: 'open_cdev', device: 'vfio0', as: `fd${n}` });
    const { spans, differences } = timelineOf(session.getState());
    expect(spans.map(({ call }) => `${call.by} ${call.call}`)).toEqual([
      'dpdk open_cdev',
      'qemu open_cdev',
    ]);
    expect(differences.map(({ subject }) => subject)).toEqual(["qemu's open_cdev(vfio0)"]);
  });

  it('compares the values of an option', () => {
    const timeline = timelineOf(sessionOf('split-race').getState(), undefined, 'extraState');
    expect(timeline.runs.map(({ name }) => name)).toEqual([
      'extraState=none',
      'extraState=perDevice',
      'extraState=perDeviceUnlocked',
      'extraState=perGroup',
    ]);
    expect(sentencesOf(timeline)[0]).toBe('extraState=none lets dpdk pass: bind_iommufd succeeds.');
    expect(sentencesOf(timeline)[3]).toMatch(/^extraState=perGroup refuses here: /);
  });
});
