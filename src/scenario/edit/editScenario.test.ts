import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { processOf } from '../../kernel/language/world';
import { seededRandom } from '../run/seededRandom';
import { makeScenario } from '../format/makeScenario';
import { inputErrorText, parseScenario } from '../format/parseScenario';
import type { Scenario } from '../format/scenario';
import { LIBRARY } from '../library/library';
import { argumentChoices, callsOfTask, newCall } from './callArguments';
import { applyEdit, type ScenarioEdit } from './editScenario';

registerDesigns(DESIGNS);

const EMPTY: Scenario = {
  title: 'Empty',
  about: '',
  design: 'upstream',
  options: {},
  world: { devices: [], processes: [] },
  calls: [],
  schedule: 'sequential',
  beats: [],
  expect: undefined,
};

/** The valid scenario after an edit; throws with the errors of an invalid one. */
function edited(scenario: Scenario, edit: ScenarioEdit): Scenario {
  const parsed = parseScenario(makeScenario(applyEdit(scenario, edit)));
  if (!parsed.ok) throw new Error(`${JSON.stringify(edit)}: ${inputErrorText(parsed.errors)}`);
  return parsed.scenario;
}

function withCall(scenario: Scenario, by: string, name: string): Scenario {
  const call = newCall(scenario, by, name);
  if (typeof call === 'string') throw new Error(call);
  return edited(scenario, { kind: 'add-call', call });
}

// A sample: an edit does not depend on what a scenario is about.
const scenarios = LIBRARY.filter((_, i) => i % 6 === 0).map(
  ({ id, scenario }) => [id, scenario] as const,
);

describe.each(scenarios)('an edit of %s', (_id, scenario) => {
  const { world, calls } = scenario;

  it('that renames a thing and names it back changes nothing', () => {
    const back = (there: ScenarioEdit, again: ScenarioEdit): void =>
      expect(makeScenario(edited(edited(scenario, there), again))).toBe(makeScenario(scenario));
    for (const name of world.processes)
      back(
        { kind: 'rename-process', from: name, to: 'renamed' },
        { kind: 'rename-process', from: 'renamed', to: name },
      );
    for (const { group } of world.devices)
      back(
        { kind: 'rename-group', from: group, to: '99' },
        { kind: 'rename-group', from: '99', to: group },
      );
  });

  it('that removes a thing leaves a valid scenario without it', () => {
    for (const name of world.processes) {
      const left = edited(scenario, { kind: 'remove-process', name });
      expect(left.calls.filter(({ by, to }) => processOf(by) === name || to === name)).toEqual([]);
    }
    for (const { name } of world.devices)
      expect(JSON.stringify(edited(scenario, { kind: 'remove-device', name }))).not.toContain(
        `"device":"${name}"`,
      );
    for (const { group } of world.devices)
      expect(edited(scenario, { kind: 'remove-group', name: group }).world.devices).toEqual(
        world.devices.filter((device) => device.group !== group),
      );
    calls.forEach((call, index) => {
      const left = edited(scenario, { kind: 'remove-call', index });
      expect(left.calls.length).toBeLessThan(calls.length);
      expect(left.calls.some(({ as }) => as !== undefined && as === call.as)).toBe(false);
    });
  });

  it('that adds a call is valid, or the call says what it needs', () => {
    for (const task of [...world.processes, 'driver'])
      for (const name of callsOfTask(scenario, task)) {
        const call = newCall(scenario, task, name);
        if (typeof call === 'string') expect(call).toMatch(/ needs a/);
        else expect(edited(scenario, { kind: 'add-call', call }).calls.at(-1)).toEqual(call);
      }
  });
});

it('builds a race from an empty world', () => {
  let scenario = edited(EMPTY, { kind: 'add-device' });
  for (let i = 0; i < 2; i += 1) scenario = edited(scenario, { kind: 'add-process' });
  for (const task of scenario.world.processes)
    for (const call of ['open_cdev', 'open_iommufd', 'bind_iommufd'])
      scenario = withCall(scenario, task, call);
  expect(scenario.calls).toEqual([
    { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
    { by: 'qemu', call: 'open_iommufd', as: 'iommufd1' },
    { by: 'qemu', call: 'bind_iommufd', fd: 'fd1', iommufd: 'iommufd1' },
    { by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
    { by: 'dpdk', call: 'open_iommufd', as: 'iommufd2' },
    { by: 'dpdk', call: 'bind_iommufd', fd: 'fd2', iommufd: 'iommufd2' },
  ]);
});

const CHAIN: Scenario = {
  ...EMPTY,
  world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu', 'dpdk'] },
  calls: [
    { by: 'qemu', call: 'open_iommufd', as: 'iommufd1' },
    { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
    { by: 'qemu', call: 'bind_iommufd', fd: 'fd1', iommufd: 'iommufd1' },
    { by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'fd2', after: ['qemu:3', 'fd1'] },
  ],
  schedule: ['qemu*3', 'dpdk until CDEV.2'],
  beats: [{ at: 'BIND.9', by: 'qemu', say: 'Here.' }],
};

it('lets after, schedule and captions follow a moved call and a renamed process', () => {
  const moved = edited(CHAIN, { kind: 'move-call', index: 3, to: 0 });
  expect(moved.calls[0]?.after).toEqual(['qemu:3', 'fd1']);
  const shorter = edited(
    edited(CHAIN, {
      kind: 'change-call',
      index: 3,
      call: { ...CHAIN.calls[3]!, after: ['qemu:3'] },
    }),
    {
      kind: 'add-call',
      call: { by: 'qemu', call: 'open_iommufd' },
    },
  );
  expect(edited(shorter, { kind: 'move-call', index: 4, to: 0 }).calls[4]?.after).toEqual([
    'qemu:4',
  ]);
  const renamed = edited(CHAIN, { kind: 'rename-process', from: 'qemu', to: 'vmm' });
  expect(renamed.calls[3]?.after).toEqual(['vmm:3', 'fd1']);
  expect(renamed.schedule).toEqual(['vmm*3', 'dpdk until CDEV.2']);
  expect(renamed.beats).toEqual([{ at: 'BIND.9', by: 'vmm', say: 'Here.' }]);
});

it('lets a renamed result and a renamed device be followed', () => {
  const renamed = edited(CHAIN, {
    kind: 'change-call',
    index: 1,
    call: { ...CHAIN.calls[1]!, as: 'file' },
  });
  expect(renamed.calls[2]?.fd).toBe('file');
  expect(renamed.calls[3]?.after).toEqual(['qemu:3', 'file']);
  const device = edited(CHAIN, {
    kind: 'change-device',
    name: 'vfio0',
    change: { name: 'nic0' },
  });
  expect(device.calls.map((call) => call.device)).toEqual([undefined, 'nic0', undefined, 'nic0']);
});

it('lets the calls on a group follow its last device', () => {
  const opened = edited(CHAIN, {
    kind: 'add-call',
    call: { by: 'qemu', call: 'open_group', group: '12', as: 'group1' },
  });
  const move = { kind: 'change-device', name: 'vfio0', change: { group: '13' } } as const;
  expect(edited(opened, move).calls.at(-1)?.group).toBe('13');
  const withNeighbour = edited(opened, { kind: 'add-device', group: '12' });
  expect(edited(withNeighbour, move).calls.at(-1)?.group).toBe('12');
});

it('removes what a removed process leaves in the schedule and the captions', () => {
  const left = edited(CHAIN, { kind: 'remove-process', name: 'qemu' });
  expect(left.calls).toEqual([{ by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'fd2' }]);
  expect(left.schedule).toEqual(['dpdk until CDEV.2']);
  expect(left.beats).toEqual([]);
});

it('removes a device set and a thread', () => {
  const set = edited(CHAIN, { kind: 'change-device', name: 'vfio0', change: { devset: 'slot' } });
  expect(edited(set, { kind: 'remove-device-set', name: 'slot' }).world).toEqual(CHAIN.world);
  const call = { by: 'qemu/2', call: 'close', fd: 'fd1' };
  const threads = edited(CHAIN, { kind: 'add-call', call });
  expect(makeScenario(edited(threads, { kind: 'remove-thread', task: 'qemu/2' }))).toBe(
    makeScenario(CHAIN),
  );
});

it('never throws, whatever the order of edits', () => {
  const below = seededRandom(17);
  const pick = <T>(list: readonly T[]): T | undefined => list[below(list.length || 1)];
  let scenario = CHAIN;
  for (let round = 0; round < 400; round += 1) {
    const { world, calls } = scenario;
    const index = below(calls.length + 1);
    const task =
      pick([...world.processes, ...world.processes.map((p) => `${p}/2`), 'driver']) ?? '';
    const call = newCall(scenario, task, pick(callsOfTask(scenario, task)) ?? 'close');
    const device = pick(world.devices)?.name ?? 'none';
    const edits: readonly ScenarioEdit[] = [
      { kind: 'add-process' },
      { kind: 'add-device', group: pick(world.devices)?.group },
      { kind: 'remove-process', name: pick(world.processes) ?? 'none' },
      { kind: 'remove-device', name: device },
      { kind: 'remove-call', index },
      { kind: 'move-call', index, to: below(calls.length + 1) },
      { kind: 'change-device', name: device, change: { group: String(below(3)), devset: 's' } },
      { kind: 'rename-process', from: pick(world.processes) ?? '', to: pick(['qemu', 'p1']) ?? '' },
      ...(typeof call === 'string' ? [] : [{ kind: 'add-call' as const, call }]),
      ...(calls[index]?.fd === undefined
        ? []
        : [
            {
              kind: 'change-call' as const,
              index,
              call: {
                ...calls[index],
                fd: pick(argumentChoices(scenario, calls[index], index, 'fd')) ?? 'none',
                after: pick([['qemu:1'], ['fd1'], undefined]),
              },
            },
          ]),
    ];
    const parsed = parseScenario(makeScenario(applyEdit(scenario, pick(edits)!)));
    if (parsed.ok) scenario = parsed.scenario;
    else expect(inputErrorText(parsed.errors)).toMatch(/expected/);
  }
});
