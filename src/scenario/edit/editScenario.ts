import { callIndexOf, processOf, type Call, type WorldDevice } from '../../kernel/language/world';
import type { Caption, ExpectedCall, Scenario } from '../format/scenario';
import { parseScheduleEntry } from '../format/scheduleText';
import { namesInUse, newGroupName, newProcessName, numberedName } from './newNames';

/** A change of a scenario. Names and indices are those before the change. */
export type ScenarioEdit =
  | { readonly kind: 'set-text'; readonly title?: string; readonly about?: string }
  | { readonly kind: 'add-process' }
  | { readonly kind: 'rename-process'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove-process'; readonly name: string }
  | { readonly kind: 'remove-thread'; readonly task: string }
  /** In a new group if `group` is undefined. */
  | { readonly kind: 'add-device'; readonly group?: string | undefined }
  /** A changed name is changed in the calls too. */
  | {
      readonly kind: 'change-device';
      readonly name: string;
      readonly change: Partial<WorldDevice>;
    }
  | { readonly kind: 'remove-device'; readonly name: string }
  | { readonly kind: 'rename-group'; readonly from: string; readonly to: string }
  /** Removes its devices too. */
  | { readonly kind: 'remove-group'; readonly name: string }
  | { readonly kind: 'rename-device-set'; readonly from: string; readonly to: string }
  /** Its devices then have one set each. */
  | { readonly kind: 'remove-device-set'; readonly name: string }
  | { readonly kind: 'set-store-buffers'; readonly on: boolean }
  | { readonly kind: 'add-call'; readonly call: Call }
  /** A changed result name is changed in the other calls too. */
  | { readonly kind: 'change-call'; readonly index: number; readonly call: Call }
  | { readonly kind: 'remove-call'; readonly index: number }
  | { readonly kind: 'move-call'; readonly index: number; readonly to: number }
  /** `at` is its index among the captions. */
  | { readonly kind: 'add-caption'; readonly at: number; readonly caption: Caption }
  | { readonly kind: 'change-caption'; readonly index: number; readonly say: string }
  | { readonly kind: 'remove-caption'; readonly index: number };

/**
 * The scenario after an edit, to be validated by `parseScenario`. References follow renamed things. Calls that cannot exist
 * without a removed thing go with it. What a scenario expects is dropped if its world or calls change in more than a name.
 */
export function applyEdit(scenario: Scenario, edit: ScenarioEdit): Scenario {
  const { world, calls, beats } = scenario;
  const taken = namesInUse(world, calls);
  const withDevices = (devices: readonly WorldDevice[]): Scenario => ({
    ...scenario,
    world: { ...world, devices },
    expect: undefined,
  });
  switch (edit.kind) {
    case 'set-text':
      return {
        ...scenario,
        title: edit.title ?? scenario.title,
        about: edit.about ?? scenario.about,
      };
    case 'add-process': {
      const processes = [...world.processes, newProcessName(taken)];
      return { ...scenario, world: { ...world, processes }, expect: undefined };
    }
    case 'rename-process': {
      const task = (name: string): string =>
        processOf(name) === edit.from ? edit.to + name.slice(edit.from.length) : name;
      return renamed(scenario, { task });
    }
    case 'remove-process':
      return withoutCalls(
        {
          ...scenario,
          world: { ...world, processes: world.processes.filter((name) => name !== edit.name) },
        },
        (call) => processOf(call.by) === edit.name || call.to === edit.name,
      );
    case 'remove-thread':
      return withoutCalls(scenario, ({ by }) => by === edit.task);
    case 'add-device': {
      const name = numberedName('vfio', taken, 0);
      return withDevices([...world.devices, { name, group: edit.group ?? newGroupName(taken) }]);
    }
    case 'change-device': {
      const { name = edit.name } = edit.change;
      const group = world.devices.find((each) => each.name === edit.name)?.group;
      const isAlone = world.devices.filter((each) => each.group === group).length === 1;
      return renamed(
        withDevices(
          world.devices.map((device) =>
            device.name === edit.name ? { ...device, ...edit.change, name: edit.name } : device,
          ),
        ),
        {
          device: (each) => (each === edit.name ? name : each),
          // Other devices can be in the set that has the name of this one.
          devset: (each) => (each === edit.name ? name : each),
          // The calls on a group follow its last device.
          group: (each) => (isAlone && each === group ? (edit.change.group ?? each) : each),
        },
      );
    }
    case 'remove-device':
      return withoutDevices(scenario, ({ name }) => name === edit.name);
    case 'rename-group':
      return renamed(scenario, { group: (name) => (name === edit.from ? edit.to : name) });
    case 'remove-group':
      return withoutDevices(scenario, ({ group }) => group === edit.name);
    case 'rename-device-set':
      return renamed(scenario, { devset: (name) => (name === edit.from ? edit.to : name) });
    case 'remove-device-set':
      return withDevices(
        world.devices.map(({ devset, ...device }) =>
          devset === edit.name || devset === undefined ? device : { ...device, devset },
        ),
      );
    case 'set-store-buffers':
      return { ...scenario, world: { ...world, storeBuffers: edit.on }, expect: undefined };
    case 'add-call':
      return withCalls(scenario, [...calls.map(keep), { call: edit.call, from: undefined }]);
    case 'change-call': {
      const before = calls[edit.index];
      const changed = withCalls(
        scenario,
        calls.map((call, i) => keep(i === edit.index ? { ...edit.call, as: call.as } : call, i)),
      );
      const { as } = edit.call;
      if (before?.as === undefined || as === undefined)
        return {
          ...changed,
          calls: changed.calls.map((call, i) => (i === edit.index ? { ...call, as } : call)),
        };
      return renamed(changed, { result: (name) => (name === before.as ? as : name) });
    }
    case 'remove-call':
      return withoutCalls(scenario, (_, i) => i === edit.index);
    case 'move-call': {
      const kept = calls.map(keep);
      return withCalls(
        scenario,
        kept.toSpliced(edit.index, 1).toSpliced(edit.to, 0, ...kept.slice(edit.index).slice(0, 1)),
      );
    }
    case 'add-caption':
      return { ...scenario, beats: beats.toSpliced(edit.at, 0, edit.caption) };
    case 'change-caption':
      return {
        ...scenario,
        beats: beats.map((beat, i) => (i === edit.index ? { ...beat, say: edit.say } : beat)),
      };
    case 'remove-caption':
      return { ...scenario, beats: beats.toSpliced(edit.index, 1) };
  }
}

/** What undo calls an edit. */
export function editLabel(edit: ScenarioEdit): string {
  switch (edit.kind) {
    case 'set-text':
      return edit.title === undefined ? 'edit of the description' : 'edit of the title';
    case 'add-process':
      return 'new process';
    case 'add-device':
      return 'new device';
    case 'add-call':
      return `new call ${edit.call.call}`;
    case 'add-caption':
      return 'new caption';
    case 'rename-process':
    case 'rename-group':
    case 'rename-device-set':
      return `rename of ${edit.from} to ${edit.to}`;
    case 'remove-process':
    case 'remove-device':
      return `removal of ${edit.name}`;
    case 'remove-group':
      return `removal of group ${edit.name}`;
    case 'remove-device-set':
      return `removal of device set ${edit.name}`;
    case 'remove-thread':
      return `removal of ${edit.task}`;
    case 'change-device':
      return `edit of ${edit.name}`;
    case 'set-store-buffers':
      return 'edit of the store buffers';
    case 'change-call':
      return `edit of call ${edit.index + 1}`;
    case 'move-call':
      return `move of call ${edit.index + 1}`;
    case 'remove-call':
      return `removal of call ${edit.index + 1}`;
    case 'change-caption':
      return 'edit of a caption';
    case 'remove-caption':
      return 'removal of a caption';
  }
}

/** A call of the new list, and its index in the old one; undefined for a new call. */
interface PlacedCall {
  readonly call: Call;
  readonly from: number | undefined;
}

function keep(call: Call, from: number): PlacedCall {
  return { call, from };
}

/** The scenario with other calls: `after` follows calls that have moved, and forgets calls that are gone. */
function withCalls(scenario: Scenario, placed: readonly PlacedCall[]): Scenario {
  const calls = placed.map(({ call }) => call);
  const referenceTo = (index: number): string | undefined => {
    const target = placed.findIndex(({ from }) => from === index);
    const call = calls[target];
    if (!call) return undefined;
    const number = calls.slice(0, target + 1).filter(({ by }) => by === call.by).length;
    return call.as ?? `${call.by}:${number}`;
  };
  const moved = calls.map(({ after, ...call }, i): Call => {
    // A new call refers to the new list.
    if (after === undefined || placed[i]?.from === undefined)
      return after === undefined ? call : { ...call, after };
    const references = after.flatMap((reference) => {
      const target = callIndexOf(scenario.calls, reference);
      return target < 0 ? reference : (referenceTo(target) ?? []);
    });
    return references.length === 0 ? call : { ...call, after: references };
  });
  const tasks = new Set(moved.map(({ by }) => by));
  return {
    ...scenario,
    calls: moved,
    schedule: scheduleOf(scenario, tasks),
    beats: scenario.beats.filter(({ by }) => by === undefined || tasks.has(by)),
    expect: undefined,
  };
}

/** The schedule without the entries of tasks that make no call. */
function scheduleOf({ schedule }: Scenario, tasks: ReadonlySet<string>): Scenario['schedule'] {
  if (typeof schedule === 'string' || 'random' in schedule) return schedule;
  const entries = schedule.filter((entry) =>
    tasks.has(parseScheduleEntry(entry).task.replace(/:flush$/, '')),
  );
  return entries.length === 0 ? 'sequential' : entries;
}

/** The scenario without some calls, and without the calls that use their results. */
function withoutCalls(
  scenario: Scenario,
  isRemoved: (call: Call, index: number) => boolean,
): Scenario {
  const { calls } = scenario;
  const removed = new Set(calls.flatMap((call, i) => (isRemoved(call, i) ? [i] : [])));
  for (let size = -1; size < removed.size;) {
    size = removed.size;
    const gone = new Set([...removed].flatMap((i) => calls[i]?.as ?? []));
    calls.forEach(({ fd, iommufd, container, ioas, object }, i) => {
      if ([fd, iommufd, container, ioas, object].some((n) => n !== undefined && gone.has(n)))
        removed.add(i);
    });
  }
  const gone = new Set([...removed].flatMap((i) => calls[i]?.as ?? []));
  const kept = calls.map(({ groups, ...call }, i): PlacedCall => {
    const left = groups?.filter((name) => !gone.has(name));
    return { call: left === undefined ? call : { ...call, groups: left }, from: i };
  });
  return withCalls(
    scenario,
    kept.filter((_, i) => !removed.has(i)),
  );
}

function withoutDevices(scenario: Scenario, isRemoved: (device: WorldDevice) => boolean): Scenario {
  const { world } = scenario;
  const devices = world.devices.filter((device) => !isRemoved(device));
  const names = new Set(devices.map(({ name }) => name));
  const groups = new Set(devices.map(({ group }) => group));
  return withoutCalls(
    { ...scenario, world: { ...world, devices } },
    ({ device, group }) =>
      (device !== undefined && !names.has(device)) || (group !== undefined && !groups.has(group)),
  );
}

type Renaming = Partial<
  Readonly<Record<'task' | 'device' | 'group' | 'devset' | 'result', (name: string) => string>>
>;

const same = (name: string): string => name;

/** The scenario with new names everywhere. `task` maps processes, too. */
function renamed(
  scenario: Scenario,
  { task = same, device = same, group = same, devset = same, result = same }: Renaming,
): Scenario {
  const { world, calls, schedule, beats, expect } = scenario;
  const map = <T>(value: T | undefined, change: (value: T) => T): T | undefined =>
    value === undefined ? undefined : change(value);
  const reference = (text: string): string => {
    if (calls.some(({ as }) => as === text)) return result(text);
    const colon = text.lastIndexOf(':');
    return task(text.slice(0, colon)) + text.slice(colon);
  };
  const expectedCall = (call: ExpectedCall): ExpectedCall => ({
    ...call,
    by: task(call.by),
    as: map(call.as, result),
  });
  return {
    ...scenario,
    world: {
      ...world,
      processes: world.processes.map(task),
      devices: world.devices.map((each) => ({
        ...each,
        name: device(each.name),
        group: group(each.group),
        devset: map(each.devset, devset),
      })),
    },
    calls: calls.map((call) => ({
      ...call,
      by: task(call.by),
      device: map(call.device, device),
      group: map(call.group, group),
      to: map(call.to, task),
      fd: map(call.fd, result),
      iommufd: map(call.iommufd, result),
      container: map(call.container, result),
      ioas: map(call.ioas, result),
      object: map(call.object, result),
      groups: call.groups?.map(result),
      as: map(call.as, result),
      after: call.after?.map(reference),
    })),
    schedule:
      typeof schedule === 'string' || 'random' in schedule
        ? schedule
        : schedule.map((entry) => {
            const end = entry.search(/[:* ]|$/);
            return task(entry.slice(0, end)) + entry.slice(end);
          }),
    beats: beats.map((beat) => ({ ...beat, by: map(beat.by, task) })),
    expect: expect && {
      ...expect,
      calls: expect.calls?.map(expectedCall),
      reachable: expect.reachable?.map((outcome) => ({
        calls: outcome.calls?.map(expectedCall),
        files: outcome.files?.map((file) => ({ ...file, name: result(file.name) })),
      })),
    },
  };
}
