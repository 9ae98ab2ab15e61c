import { processOf } from '../../kernel/language/world';
import { callsOfTask, newCall } from '../../scenario/edit/callArguments';
import { DEVICE_DRIVERS, driverOf } from '../../scenario/edit/deviceDrivers';
import type { ScenarioEdit } from '../../scenario/edit/editScenario';
import {
  namesInUse,
  newGroupName,
  newThreadName,
  numberedName,
  threadsOf,
} from '../../scenario/edit/newNames';
import { LIMITS } from '../../scenario/format/limits';
import type { Scenario } from '../../scenario/format/scenario';
import type { SessionState } from '../store/session';
import { currentSnapshot } from '../trace/replay';
import { editedScenario } from './editedScenario';

/** An edit that the stage offers, with the verb phrase of its button. */
export interface OfferedEdit {
  readonly title: string;
  readonly edit: ScenarioEdit;
}

/** Edits under one heading; never empty. */
export interface EditSection {
  readonly title: string;
  readonly edits: readonly OfferedEdit[];
}

/** What can be done with the selection. */
export interface SelectionEdits {
  readonly sections: readonly EditSection[];
  readonly removal: OfferedEdit | undefined;
}

/** What can be added to the scenario on screen. */
export function offeredAdditions(state: Pick<SessionState, 'run'>): readonly EditSection[] {
  const scenario = editedScenario(state);
  const { devices, processes } = scenario.world;
  const groups = groupsOf(scenario);
  const hasRoom = devices.length < LIMITS.devices;
  return withoutEmpty([
    {
      title: '',
      edits: [
        ...(processes.length < LIMITS.processes
          ? [{ title: 'Process', edit: { kind: 'add-process' as const } }]
          : []),
        ...(hasRoom && groups.length < LIMITS.groups
          ? [{ title: 'Device in a new group', edit: { kind: 'add-device' as const } }]
          : []),
        ...(hasRoom
          ? groups.map((group) => ({
              title: `Device in group ${group}`,
              edit: { kind: 'add-device' as const, group },
            }))
          : []),
      ],
    },
    ...processes.map((process) => ({
      title: `Thread of ${process}`,
      edits: firstCallsOf(scenario, newThreadName(scenario, process)),
    })),
    {
      title: 'Device set',
      edits: devices.flatMap(({ name }) => newDeviceSet(scenario, name, `With ${name}`)),
    },
    {
      title: 'Kernel driver',
      edits: devices
        .filter((device) => driverOf(device) !== 'kernel')
        .map(({ name }) => ({
          title: `Of ${name}`,
          edit: { kind: 'change-device' as const, name, change: DEVICE_DRIVERS.kernel.change },
        })),
    },
  ]);
}

/** What can be done with the selection; undefined if it is nothing that a scenario has. */
export function selectionEdits(
  state: Pick<SessionState, 'run' | 'selection'>,
): SelectionEdits | undefined {
  const scenario = editedScenario(state);
  const { world, calls } = scenario;
  const { selection } = state;
  if (selection === undefined) return undefined;
  if (world.processes.includes(selection))
    return {
      sections: withoutEmpty([
        {
          title: 'Thread',
          edits: threadsOf(scenario, selection).map((task) => removalOfThread(task)),
        },
      ]),
      removal: {
        title: `Remove ${selection} and its calls`,
        edit: { kind: 'remove-process', name: selection },
      },
    };
  if (calls.some(({ by }) => by === selection))
    return { sections: [], removal: removalOfThread(selection) };
  const object = currentSnapshot(state).program.objects.find(({ name }) => name === selection);
  const index = calls.findIndex(({ as }) => as !== undefined && as === object?.key.file);
  if (index >= 0)
    return {
      sections: [],
      removal: {
        title: `Remove the call that opens ${object?.key.file}`,
        edit: { kind: 'remove-call', index },
      },
    };
  const { device, group, devset } = object?.key ?? {};
  if (object?.type.includes('group') && group !== undefined) return editsOfGroup(scenario, group);
  if (device !== undefined) return editsOfDevice(scenario, device);
  return devset === undefined ? undefined : editsOfDeviceSet(scenario, devset);
}

/** A move of a device, and the objects (indices) that stand for where it goes. */
export interface DeviceMove {
  readonly device: string;
  readonly offered: OfferedEdit;
  readonly targets: readonly number[];
}

/** The groups and device sets that the device can move to, if these objects are one device. */
export function deviceMoves(
  state: Pick<SessionState, 'run'>,
  objects: readonly number[],
): readonly DeviceMove[] {
  const { program } = currentSnapshot(state);
  const [dragged, ...more] = objects.map((index) => program.objects[index]);
  const device = dragged?.type === 'vfio_device' ? dragged.key.device : undefined;
  if (device === undefined || more.length > 0) return [];
  const scenario = editedScenario(state);
  return program.objects.flatMap(({ type, key, index }) => {
    const { device: ofDevice, group, devset } = key;
    const edits =
      type.includes('group') && group !== undefined
        ? editsOfGroup(scenario, group)
        : ofDevice === undefined && devset !== undefined
          ? editsOfDeviceSet(scenario, devset)
          : undefined;
    return (edits?.sections ?? [])
      .flatMap((section) => section.edits)
      .filter(({ edit }) => edit.kind === 'change-device' && edit.name === device)
      .map((offered) => ({ device, offered, targets: [index] }));
  });
}

function editsOfDevice(scenario: Scenario, name: string): SelectionEdits | undefined {
  const { devices } = scenario.world;
  const device = devices.find((each) => each.name === name);
  if (!device) return undefined;
  const groups = groupsOf(scenario);
  const sets = [...new Set(devices.flatMap(({ devset }) => devset ?? []))];
  const change = (title: string, changed: Partial<typeof device>): OfferedEdit => ({
    title,
    edit: { kind: 'change-device', name, change: changed },
  });
  return {
    sections: withoutEmpty([
      {
        title: 'Group',
        edits: [
          ...groups
            .filter((group) => group !== device.group)
            .map((group) => change(`Move to group ${group}`, { group })),
          ...(groups.length < LIMITS.groups
            ? [
                change('Move to a new group', {
                  group: newGroupName(namesInUse(scenario.world, scenario.calls)),
                }),
              ]
            : []),
        ],
      },
      {
        title: 'Device set',
        edits: [
          ...sets
            .filter((devset) => devset !== device.devset)
            .map((devset) => change(`Put into device set ${devset}`, { devset })),
          ...newDeviceSet(scenario, name, 'Put into a new device set'),
          ...(device.devset === undefined
            ? []
            : [change('Take out of the device set', { devset: undefined })]),
        ],
      },
      {
        title: 'Driver',
        edits: Object.entries(DEVICE_DRIVERS)
          .filter(([driver]) => driver !== driverOf(device))
          .map(([, driver]) => change(driver.verb, driver.change)),
      },
    ]),
    removal: {
      title: `Remove ${name} and the calls that use it`,
      edit: { kind: 'remove-device', name },
    },
  };
}

function editsOfGroup(scenario: Scenario, group: string): SelectionEdits {
  const { devices } = scenario.world;
  return {
    sections: withoutEmpty([
      {
        title: 'Devices',
        edits: [
          ...devices
            .filter((device) => device.group !== group)
            .map(({ name }) => ({
              title: `Move ${name} to group ${group}`,
              edit: { kind: 'change-device' as const, name, change: { group } },
            })),
          ...(devices.length < LIMITS.devices
            ? [{ title: 'Add a device', edit: { kind: 'add-device' as const, group } }]
            : []),
        ],
      },
    ]),
    removal: {
      title: `Remove group ${group} and its devices`,
      edit: { kind: 'remove-group', name: group },
    },
  };
}

/** A device that names no set has one with its own name. */
function editsOfDeviceSet(scenario: Scenario, set: string): SelectionEdits {
  const { devices } = scenario.world;
  return {
    sections: withoutEmpty([
      {
        title: 'Devices',
        edits: devices
          .filter(({ name, devset = name }) => devset !== set)
          .map(({ name }) => ({
            title: `Put ${name} into device set ${set}`,
            edit: { kind: 'change-device' as const, name, change: { devset: set } },
          })),
      },
    ]),
    removal: devices.some(({ devset }) => devset === set)
      ? { title: `Remove device set ${set}`, edit: { kind: 'remove-device-set', name: set } }
      : undefined,
  };
}

function newDeviceSet(scenario: Scenario, name: string, title: string): readonly OfferedEdit[] {
  const devset = numberedName('set', namesInUse(scenario.world, scenario.calls));
  return [{ title, edit: { kind: 'change-device', name, change: { devset } } }];
}

/** The calls that can be the first one of a new thread. */
function firstCallsOf(scenario: Scenario, task: string): readonly OfferedEdit[] {
  return callsOfTask(scenario, task).flatMap((name) => {
    const call = newCall(scenario, task, name);
    return typeof call === 'string' ? [] : [{ title: name, edit: { kind: 'add-call', call } }];
  });
}

function removalOfThread(task: string): OfferedEdit {
  return {
    title:
      processOf(task) === task
        ? `Remove the calls of ${task}`
        : `Remove thread ${task} and its calls`,
    edit: { kind: 'remove-thread', task },
  };
}

function groupsOf({ world }: Scenario): readonly string[] {
  return [...new Set(world.devices.map(({ group }) => group))];
}

function withoutEmpty(sections: readonly EditSection[]): readonly EditSection[] {
  return sections.filter(({ edits }) => edits.length > 0);
}
