import { modelOf } from '../../kernel/compiler/designModel';
import type { Design, Options } from '../../kernel/language/design';
import { routineOf } from '../../kernel/language/design';
import {
  CALL_SIGNATURES,
  CALL_NAMES,
  fileKindOf,
  isVfsCall,
  processOf,
} from '../../kernel/language/world';
import type { Call, CallName, FileKind, World } from '../../kernel/language/world';
import { faultSteps } from '../format/faultSteps';
import { makeScenario } from '../format/makeScenario';
import { inputErrorText, parseScenario } from '../format/parseScenario';
import { seededRandom } from '../run/seededRandom';
import type { Scenario } from '../format/scenario';

/** A result name that exists so far. */
interface CreatedName {
  readonly name: string;
  readonly kind: FileKind | 'ioas' | 'hwpt';
  readonly process: string;
  readonly by: string;
}

type DrawItem = <T>(items: readonly T[]) => T;

/** Calls that make progress, drawn more often than the rest. */
const FREQUENT_CALLS: readonly CallName[] = [
  'open_cdev',
  'open_iommufd',
  'bind_iommufd',
  'bind_iommufd',
  'open_group',
  'open_container',
  'set_container',
  'set_iommu',
  'get_device_fd',
  'get_device_fd',
  'ioas_alloc',
  'attach_ioas',
  'close',
  'close',
];

/**
 * A valid random scenario for a design and options: a small world, calls with matching and other arguments, some faults,
 * registrations and unregistrations. The same seed gives the same scenario on every engine.
 */
export function randomScenario(seed: number, design: Design, options: Options): Scenario {
  const below = seededRandom(seed);
  const draw: DrawItem = (items) => items[below(items.length)]!;
  const chance = (percent: number): boolean => below(100) < percent;
  const world = randomWorld(below, draw, chance);
  const model = modelOf(design, options);
  const created: CreatedName[] = [];
  const calls: Call[] = [];
  const addCall = (call: Call): void => {
    const { call: name } = call;
    const steps = isVfsCall(name)
      ? []
      : faultSteps(
          routineOf(
            model.calls[name as keyof typeof model.calls],
            created.find((m) => m.name === (call.fd ?? call.iommufd))?.kind,
          ),
        );
    calls.push(steps.length > 0 && chance(10) ? { ...call, fault: draw(steps) } : call);
    recordResult(call, created);
  };
  for (let n = below(4); n > 0; n--)
    for (const call of drawSetupPath(calls.length, world, draw, chance)) addCall(call);
  const callCount = Math.max(5, calls.length) + below(12);
  for (let tries = 0; calls.length < callCount && tries < 400; tries++) {
    const call = drawCall(
      chance(80) ? draw(FREQUENT_CALLS) : draw(CALL_NAMES),
      calls,
      world,
      created,
      draw,
      chance,
    );
    if (call) addCall(call);
  }
  // Drawn last, so that the rest of a seed's scenario does not depend on it.
  const target = below(calls.length);
  const followers = calls.flatMap((c, i) => (i > target && c.by !== calls[target]!.by ? [i] : []));
  if (followers.length > 0 && chance(25)) {
    const { as, by } = calls[target]!;
    const number = calls.slice(0, target + 1).filter((c) => c.by === by).length;
    const follower = draw(followers);
    calls[follower] = { ...calls[follower]!, after: [as ?? `${by}:${number}`] };
  }
  const parsed = parseScenario(
    makeScenario({
      title: `random ${seed}`,
      about: '',
      design: design.id,
      options,
      world,
      calls,
      schedule: 'sequential',
      beats: [],
      expect: undefined,
    }),
  );
  if (!parsed.ok)
    throw new Error(`seed ${seed} gives an invalid scenario:\n${inputErrorText(parsed.errors)}`);
  return parsed.scenario;
}

function randomWorld(
  below: (n: number) => number,
  draw: DrawItem,
  chance: (percent: number) => boolean,
): World {
  const devices = Array.from({ length: 1 + below(3) }, (_, i) => ({
    name: `vfio${i}`,
    group: draw(['12', '12', '13']),
    ...(chance(30) ? { devset: 's0' } : {}),
    ...(chance(20) ? { registered: false } : {}),
  }));
  const sibling = chance(15)
    ? [{ name: 'nic0', group: draw(devices).group, registered: false, kernelDriver: true }]
    : [];
  return {
    devices: [...devices, ...sibling],
    processes: ['p', 'q', 'r'].slice(0, 1 + below(3)),
    ...(chance(25) ? { storeBuffers: true } : {}),
  };
}

/** The calls that open and use a device by one of the three paths, sometimes without the last ones. */
function drawSetupPath(
  from: number,
  world: World,
  draw: DrawItem,
  chance: (percent: number) => boolean,
): readonly Call[] {
  const process = draw(world.processes);
  const { name: device, group } = draw(world.devices.filter((d) => d.kernelDriver !== true));
  const as = (n: number): string => `n${from + n}`;
  const by = chance(80) ? process : `${process}/2`;
  const paths: readonly (readonly Omit<Call, 'by'>[])[] = [
    [
      { call: 'open_cdev', device, as: as(0) },
      { call: 'open_iommufd', as: as(1) },
      { call: 'bind_iommufd', fd: as(0), iommufd: as(1) },
      { call: 'ioas_alloc', iommufd: as(1), as: as(3) },
      { call: 'attach_ioas', fd: as(0), ioas: as(3) },
      { call: 'device_io', fd: as(0) },
    ],
    [
      { call: 'open_container', as: as(0) },
      { call: 'open_group', group, as: as(1) },
      { call: 'set_container', fd: as(1), container: as(0) },
      { call: 'set_iommu', fd: as(0) },
      { call: 'get_device_fd', fd: as(1), device, as: as(4) },
      { call: 'device_io', fd: as(4) },
    ],
    [
      { call: 'open_iommufd', as: as(0) },
      { call: 'open_group', group, as: as(1) },
      { call: 'set_container', fd: as(1), container: as(0) },
      { call: 'get_device_fd', fd: as(1), device, as: as(3) },
      { call: 'close', fd: as(1) },
      { call: 'device_io', fd: as(3) },
    ],
  ];
  const path = draw(paths);
  return path.slice(0, path.length - (chance(60) ? 0 : draw([1, 2, 3]))).map((c) => ({ by, ...c }));
}

/** One call with arguments that exist, mostly of the intended kind; undefined if an argument has no candidate. */
function drawCall(
  name: CallName,
  calls: readonly Call[],
  world: World,
  created: readonly CreatedName[],
  draw: DrawItem,
  chance: (percent: number) => boolean,
): Call | undefined {
  const alive = world.processes.filter(
    (p) => !calls.some((c) => c.call === 'process_exit' && processOf(c.by) === p),
  );
  if (alive.length === 0) return undefined;
  const process = draw(alive);
  const by =
    CALL_SIGNATURES[name].by === 'driver'
      ? draw(['driver', 'driver', 'driver/2'])
      : chance(75)
        ? process
        : `${process}/2`;
  const args: Record<string, string> = {};
  const pick = (kinds: readonly string[], others: readonly string[]): string | undefined => {
    // The call waits for a name of another task; a name of the same task already exists.
    const mine = created.filter((m) => m.process === '' || m.process === process);
    const intended = mine.filter((m) => kinds.includes(m.kind));
    const pool =
      intended.length > 0 && chance(90) ? intended : mine.filter((m) => others.includes(m.kind));
    return pool.length === 0 ? undefined : draw(pool).name;
  };
  for (const arg of CALL_SIGNATURES[name].args) {
    const value = drawArgument(arg, name, world, pick, draw);
    if (value === undefined) return undefined;
    args[arg] = value;
  }
  const groups = (CALL_SIGNATURES[name].lists ?? []).flatMap(() =>
    chance(50) ? [] : [pick(['group'], FD_FILE_KINDS)].filter((g) => g !== undefined),
  );
  return {
    by,
    call: name,
    ...args,
    ...(groups.length === 0 ? {} : { groups }),
    ...(CALL_SIGNATURES[name].result === 'zero' ? {} : { as: `n${calls.length}` }),
  };
}

const FD_FILE_KINDS: readonly FileKind[] = ['cdev', 'device', 'group', 'container', 'iommufd'];

/** The kinds of file that an fd argument is intended for. */
const INTENDED_KINDS: Partial<Record<CallName, readonly FileKind[]>> = {
  bind_iommufd: ['cdev'],
  attach_ioas: ['cdev', 'device'],
  detach_ioas: ['cdev', 'device'],
  set_container: ['group'],
  set_iommu: ['container', 'iommufd'],
  unset_container: ['group'],
  get_device_fd: ['group'],
  device_io: ['cdev', 'device'],
  reset: ['cdev', 'device'],
  mmap: ['cdev', 'device'],
  munmap: ['cdev', 'device'],
  kvm_add: ['cdev', 'group'],
  hot_reset: ['cdev', 'device'],
  group_status: ['group'],
  kvm_del: ['cdev', 'group'],
  map_dma: ['container', 'iommufd'],
  unmap_dma: ['container', 'iommufd'],
};

function drawArgument(
  arg: string,
  name: CallName,
  world: World,
  pick: (kinds: readonly string[], others: readonly string[]) => string | undefined,
  draw: DrawItem,
): string | undefined {
  switch (arg) {
    case 'device':
      if (name === 'probe_driver' || name === 'remove_driver') return draw(world.devices).name;
      return draw(world.devices.filter((d) => d.kernelDriver !== true)).name;
    case 'group':
      return draw(world.devices).group;
    case 'to':
      return draw(world.processes);
    case 'kvm':
      return draw(['vm1', 'vm2']);
    case 'ioas':
      return pick(['ioas'], ['ioas']);
    case 'object':
      return pick(['ioas', 'hwpt', 'cdev', 'device'], ['ioas', 'hwpt', 'cdev', 'device']);
    case 'container':
      return pick(['container', 'iommufd'], FD_FILE_KINDS);
    case 'iommufd':
      return name === 'bind_iommufd'
        ? pick(['iommufd'], FD_FILE_KINDS)
        : pick(['iommufd'], ['iommufd']);
    default:
      return pick(INTENDED_KINDS[name] ?? FD_FILE_KINDS, FD_FILE_KINDS);
  }
}

function recordResult(call: Call, created: CreatedName[]): void {
  if (call.as === undefined) return;
  if (call.call === 'pass_fd') {
    const source = created.find((m) => m.name === call.fd)!;
    created.push({ name: call.as, kind: source.kind, process: call.to!, by: call.by });
  } else {
    const id = ({ ioas_alloc: 'ioas', hwpt_alloc: 'hwpt' } as const)[call.call];
    created.push({
      name: call.as,
      kind: id ?? fileKindOf(call.call)!,
      process: id === undefined ? processOf(call.by) : '',
      by: call.by,
    });
  }
}
