import { describe, expect, it } from 'vitest';
import { designById } from '../../designs/designs';
import { evaluate } from '../../kernel/language/expressions';
import type { Scenario } from '../../scenario/format/scenario';
import { sessionOf } from '../testing/sessionOf';
import { branchPath, snapshotAt } from '../trace/replay';
import { openScenario } from '../trace/openScenario';
import { groupMarks, timelineLanes, type TimelineLane } from './timeline';
import { pathTo, type TraceNode } from '../trace/traceTree';
import { currentBranch } from '../trace/run';

/** Two processes bind one device, alternating step by step. */
function racePath(design: string): readonly TraceNode[] {
  const bind = (by: string, n: number): Scenario['calls'] => [
    { by, call: 'open_cdev', device: 'vfio0', as: `fd${n}` },
    { by, call: 'open_iommufd', as: `ictx${n}` },
    { by, call: 'bind_iommufd', fd: `fd${n}`, iommufd: `ictx${n}` },
  ];
  const scenario: Scenario = {
    title: 'race',
    about: '',
    design: designById(design)?.id ?? expect.fail(`no design ${design}`),
    options: {},
    schedule: { random: 5 },
    beats: [],
    expect: undefined,
    world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu', 'dpdk'] },
    calls: [...bind('qemu', 1), ...bind('dpdk', 2)],
  };
  const opened = openScenario(scenario, undefined);
  if (!opened.ok) throw new Error(opened.errors.map((each) => each.message).join('; '));
  return pathTo(currentBranch(opened.run).tip);
}

const laneNamed = (lanes: readonly TimelineLane[], task: string): TimelineLane =>
  lanes.find((lane) => lane.task === task) ?? expect.fail(`no lane of ${task}`);

describe('lanes', () => {
  const nodes = racePath('upstream');
  const lanes = timelineLanes(nodes);

  it('places every transition in the lane of its task, inside one bar', () => {
    expect(lanes.flatMap((lane) => lane.transitionDepths).toSorted((a, b) => a - b)).toEqual(
      nodes.slice(1).map((node) => node.depth),
    );
    for (const { transitionDepths: moves, bars } of lanes)
      for (const depth of moves)
        expect(bars.filter((bar) => bar.from < depth && depth <= bar.to)).toHaveLength(1);
  });

  it('shows what a call returned', () => {
    expect(laneNamed(lanes, 'dpdk').bars.map((bar) => bar.returnText)).toEqual([
      'fd2',
      'ictx2',
      '0',
    ]);
    const refused = laneNamed(lanes, 'qemu').bars.at(-1);
    expect(refused?.returnText).toMatch(/^-E/);
    expect(
      laneNamed(lanes, 'qemu').marks.filter(
        (mark) => mark.kind === 'refused' && mark.depth <= (refused?.to ?? 0),
      ),
    ).toHaveLength(1);
  });

  it('shows one bar per call, also if the release of a file runs after its close', () => {
    const bars = timelineLanes(branchPath(sessionOf('hot-unplug').getState())).flatMap(
      (lane) => lane.bars,
    );
    expect(new Set(bars.map(({ call }) => call)).size).toBe(bars.length);
    expect(bars.filter(({ returnText }) => returnText === undefined)).toEqual([]);
  });

  it('shows a lock as held exactly while the state says so, in one row', () => {
    let seen = 0;
    for (const [index, lane] of lanes.entries()) {
      for (const node of nodes) {
        const { program, state } = snapshotAt(node);
        const held = program.fields
          .filter((field) => field.kind === 'mutex' && state[field.index] === index + 1)
          .map((field) => field.title);
        const shown = lane.holds.filter((hold) => hold.from < node.depth && node.depth < hold.to);
        expect(shown.map((hold) => hold.text).toSorted(), `${lane.task} at ${node.depth}`).toEqual(
          held.toSorted(),
        );
        expect(new Set(shown.map((hold) => hold.row)).size).toBe(shown.length);
        seen += held.length;
      }
    }
    expect(seen).toBeGreaterThan(0);
  });

  it('shows a wait only while the task is blocked', () => {
    const waits = lanes.flatMap((lane) => lane.waits.map((wait) => ({ wait, lane })));
    expect(waits.length).toBeGreaterThan(0);
    for (const { wait, lane } of waits) {
      expect(wait.text).toMatch(/^waits for .+/);
      expect(lane.transitionDepths.some((depth) => depth > wait.from && depth <= wait.to)).toBe(
        false,
      );
    }
  });

  it('is the same object while the branch does not change', () => {
    expect(timelineLanes(nodes)).toBe(lanes);
  });
});

it('marks a fops swap in the lane of the task that made it', () => {
  const nodes = racePath('parked-shim');
  const marks = timelineLanes(nodes).flatMap((lane) =>
    lane.marks.filter((mark) => mark.kind === 'swap'),
  );
  expect(marks.length).toBeGreaterThan(0);
  for (const { depth, text } of marks) {
    const snapshot = snapshotAt(nodes[depth] ?? expect.fail('no node'));
    const file = snapshot.program.files.find(({ name }) => text.startsWith(`${name}: `));
    expect(text.endsWith('normal')).toBe(
      file?.normalAccess !== undefined && evaluate(file.normalAccess, snapshot.state) !== 0,
    );
  }
});

it('groups marks that are too close, at the depth of the most severe one', () => {
  const mark = (depth: number, kind: 'refused' | 'swap' | 'violation') => ({
    depth,
    kind,
    text: `${kind} ${depth}`,
  });
  const groups = groupMarks(
    [
      mark(40, 'violation'),
      mark(37, 'swap'),
      mark(38, 'violation'),
      mark(38, 'refused'),
      mark(53, 'refused'),
    ],
    2,
  );
  expect(groups.map(({ depth, kind, marks }) => [depth, kind, marks.length])).toEqual([
    [38, 'violation', 4],
    [53, 'refused', 1],
  ]);
  expect(groupMarks([mark(1, 'swap'), mark(4, 'swap')], 2)).toHaveLength(2);
});
