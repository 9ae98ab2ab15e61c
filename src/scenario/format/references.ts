import { DESIGN_METAS } from '../../designs/catalog';
import { requireDesign } from '../../designs/registry';
import type { Design } from '../../kernel/language/design';
import { routineOf } from '../../kernel/language/design';
import { CALL_SIGNATURES, FILE_KIND_BY_CALL, processOf } from '../../kernel/language/world';
import type { Call, FileKind } from '../../kernel/language/world';
import { faultSteps } from './faultSteps';
import { quote } from './quote';
import type { InputError, Scenario } from './scenario';
import { LIMITS } from './schema';

/** What a result name stands for. */
interface ResultName {
  readonly call: number;
  readonly by: string;
  /** Process in whose fd table it is; undefined for ids. */
  readonly process: string | undefined;
  /** Kind of the struct file behind it, `ioas`, or undefined where a chain of `pass_fd` does not end. */
  readonly kind: FileKind | 'ioas' | undefined;
}

/** Checks what the parts of a scenario say of one another: names, tasks, the world, the design. Its shape is taken as checked. */
export function checkReferences(scenario: Scenario): readonly InputError[] {
  const errors: InputError[] = [];
  const expected = (path: string, stood: unknown, accepted: string): void => {
    errors.push({ path, message: `${quote(stood)} stood here; accepted: ${accepted}` });
  };
  const design = checkDesign(scenario, expected);
  checkWorld(scenario, expected);
  const names = collectNames(scenario.calls, expected);
  const tasks = [...new Set(scenario.calls.map((c) => c.by))];
  if (tasks.length > LIMITS.tasks)
    errors.push({
      path: 'calls',
      message: `${tasks.length} tasks stood here; accepted: at most ${LIMITS.tasks} tasks`,
    });
  scenario.calls.forEach((c, i) => checkCall(scenario, c, i, names, design, expected));
  if (errors.length === 0) checkNameCycles(scenario.calls, names, expected);
  checkTaskNames(scenario, tasks, expected);
  return errors;
}

type ReportError = (path: string, stood: unknown, accepted: string) => void;

function listNames(words: readonly string[]): string {
  return words.length === 0 ? 'nothing (there is none)' : words.map(quote).join(', ');
}

function checkDesign(scenario: Scenario, expected: ReportError): Design | undefined {
  const ids = DESIGN_METAS.map((d) => d.id);
  if (!ids.includes(scenario.design)) {
    expected('design', scenario.design, listNames(ids));
    return undefined;
  }
  const design = requireDesign(scenario.design);
  let sound = true;
  for (const [id, value] of Object.entries(scenario.options)) {
    const option = design.options.find((o) => o.id === id);
    if (!option)
      expected(
        `options.${id}`,
        value,
        design.options.length === 0
          ? `no options for ${design.id}`
          : `the options ${listNames(design.options.map((o) => o.id))} of ${design.id}`,
      );
    else if (!option.values.includes(value))
      expected(`options.${id}`, value, listNames(option.values));
    sound &&= option !== undefined && option.values.includes(value);
  }
  return sound ? design : undefined;
}

function checkWorld({ world }: Scenario, expected: ReportError): void {
  world.devices.forEach((d, i) => {
    if (world.devices.findIndex((o) => o.name === d.name) < i)
      expected(`world.devices[${i}].name`, d.name, 'a name that no other device has');
    const twin = world.devices.find(
      (o, j) => j < i && (o.devName ?? o.name) === (d.devName ?? d.name),
    );
    if (twin && twin.registered !== false && d.registered !== false) {
      expected(
        `world.devices[${i}].devName`,
        d.devName ?? d.name,
        `a name that no device has which is registered from the start (${twin.name} is); "registered": false leaves it to a call`,
      );
    }
  });
  const groups = [...new Set(world.devices.map((d) => d.group))];
  if (groups.length > LIMITS.groups)
    expected(
      'world.devices',
      world.devices,
      `devices in at most ${LIMITS.groups} groups (there are ${groups.length})`,
    );
  world.processes.forEach((p, i) => {
    if (p === 'driver')
      expected(`world.processes[${i}]`, p, 'a process name; "driver" is the kernel side');
    if (world.processes.indexOf(p) < i)
      expected(`world.processes[${i}]`, p, 'a name that no other process has');
  });
}

function collectNames(
  calls: readonly Call[],
  expected: ReportError,
): ReadonlyMap<string, ResultName> {
  const makers = new Map<string, number>();
  calls.forEach((c, i) => {
    if (c.as === undefined) return;
    if (makers.has(c.as)) expected(`calls[${i}].as`, c.as, 'a name that no other call gives');
    else makers.set(c.as, i);
  });
  const kindOf = (index: number, depth: number): ResultName['kind'] => {
    const c = calls[index];
    if (!c || depth > calls.length) return undefined;
    if (c.call === 'ioas_alloc') return 'ioas';
    if (c.call !== 'pass_fd') return FILE_KIND_BY_CALL[c.call];
    const source = c.fd === undefined ? undefined : makers.get(c.fd);
    return source === undefined ? undefined : kindOf(source, depth + 1);
  };
  return new Map(
    [...makers].map(([name, index]): [string, ResultName] => {
      const c = calls[index] as Call;
      const kind = kindOf(index, 0);
      return [
        name,
        {
          call: index,
          by: c.by,
          kind,
          process: kind === 'ioas' ? undefined : c.call === 'pass_fd' ? c.to : processOf(c.by),
        },
      ];
    }),
  );
}

const FD_KINDS = ['cdev', 'device', 'group', 'container', 'iommufd'] as const;

function checkCall(
  scenario: Scenario,
  c: Call,
  index: number,
  names: ReadonlyMap<string, ResultName>,
  design: Design | undefined,
  expected: ReportError,
): void {
  const { devices, processes } = scenario.world;
  const at = (key: string): string => `calls[${index}].${key}`;
  const process = processOf(c.by);
  if (CALL_SIGNATURES[c.call].by === 'driver') {
    if (process !== 'driver')
      expected(at('by'), c.by, `"driver" or "driver/2" (${c.call} is a call of the kernel side)`);
  } else if (!processes.includes(process))
    expected(
      at('by'),
      c.by,
      `a process of world.processes (${listNames(processes)}), or "process/2"`,
    );
  if (c.device !== undefined && !devices.some((d) => d.name === c.device))
    expected(
      at('device'),
      c.device,
      `a device of the world: ${listNames(devices.map((d) => d.name))}`,
    );
  if (c.group !== undefined && !devices.some((d) => d.group === c.group))
    expected(
      at('group'),
      c.group,
      `a group of the world: ${listNames([...new Set(devices.map((d) => d.group))])}`,
    );
  if (c.to !== undefined && !processes.includes(c.to))
    expected(at('to'), c.to, `a process: ${listNames(processes)}`);
  const wants = (
    key: 'fd' | 'iommufd' | 'container' | 'ioas' | 'object',
    kinds: readonly string[],
    what: string,
  ): void => {
    const name = c[key];
    if (name === undefined) return;
    const made = names.get(name);
    const fitting = [...names]
      .filter(
        ([, n]) =>
          n.kind !== undefined && kinds.includes(n.kind) && isUsableBy(n, c, index, process),
      )
      .map(([n]) => n);
    if (!made || made.kind === undefined || !kinds.includes(made.kind))
      expected(at(key), name, `${what} named by "as" of a call: ${listNames(fitting)}`);
    else if (made.by === c.by && made.call >= index)
      expected(
        at(key),
        name,
        `a name that an earlier call of ${c.by} gives, or a call of another task: ${listNames(fitting)}`,
      );
    else if (made.process !== undefined && made.process !== process)
      expected(
        at(key),
        name,
        `${what} of process ${process}: ${listNames(fitting)} (${name} is in the fd table of ${made.process}; pass_fd shares it)`,
      );
  };
  wants('fd', FD_KINDS, 'an fd');
  wants('container', FD_KINDS, 'an fd');
  wants(
    'iommufd',
    c.call === 'bind_iommufd' ? FD_KINDS : ['iommufd'],
    c.call === 'bind_iommufd' ? 'an fd' : 'an iommufd',
  );
  wants('ioas', ['ioas'], 'an ioas');
  wants('object', ['ioas', 'cdev', 'device'], 'an ioas or a device fd');
  if (c.fault !== undefined && design) {
    const accepted = acceptedFaults(scenario, c, names, design);
    if (!accepted.includes(c.fault))
      expected(
        at('fault'),
        c.fault,
        `a step of ${c.call} in which something can fail: ${listNames(accepted)}`,
      );
  }
}

function isUsableBy(n: ResultName, c: Call, index: number, process: string): boolean {
  return (n.by !== c.by || n.call < index) && (n.process === undefined || n.process === process);
}

function acceptedFaults(
  scenario: Scenario,
  c: Call,
  names: ReadonlyMap<string, ResultName>,
  design: Design,
): readonly string[] {
  const model = design.model({
    ...Object.fromEntries(design.options.map((o) => [o.id, o.values[0] ?? ''])),
    ...scenario.options,
  });
  if (c.call === 'close' || c.call === 'pass_fd') return [];
  const fd = c.fd ?? c.iommufd;
  return faultSteps(
    routineOf(model.calls[c.call], fd === undefined ? undefined : names.get(fd)?.kind),
  );
}

/** Names that wait for each other could never be made. */
function checkNameCycles(
  calls: readonly Call[],
  names: ReadonlyMap<string, ResultName>,
  expected: ReportError,
): void {
  const before = calls.map((c, i) => {
    const used = [c.fd, c.iommufd, c.container, c.ioas, c.object].flatMap((n) =>
      n === undefined ? [] : (names.get(n)?.call ?? []),
    );
    const previous = calls.findLastIndex((o, j) => j < i && o.by === c.by);
    return previous < 0 ? used : [...used, previous];
  });
  const done = new Set<number>();
  for (let size = -1; size < done.size;) {
    size = done.size;
    before.forEach((list, i) => {
      if (list.every((b) => done.has(b))) done.add(i);
    });
  }
  const stuck = calls.findIndex((_, i) => !done.has(i));
  if (stuck >= 0)
    expected(`calls[${stuck}]`, calls[stuck], 'names that do not wait for each other in a circle');
}

function checkTaskNames(scenario: Scenario, tasks: readonly string[], expected: ReportError): void {
  if (typeof scenario.schedule === 'object' && !('random' in scenario.schedule)) {
    const flushed = scenario.world.storeBuffers === true ? tasks.map((t) => `${t}:flush`) : [];
    scenario.schedule.forEach((entry, i) => {
      const name = entry.split('*')[0] ?? '';
      if (!tasks.includes(name) && !flushed.includes(name))
        expected(
          `schedule[${i}]`,
          entry,
          `a task of the calls, perhaps with a number of steps: ${listNames([...tasks, ...flushed])}`,
        );
    });
  }
  scenario.beats.forEach((b, i) => {
    if (b.by !== undefined && !tasks.includes(b.by))
      expected(`beats[${i}].by`, b.by, `a task of the calls: ${listNames(tasks)}`);
  });
  scenario.expect?.calls?.forEach((e, i) => {
    if (
      !scenario.calls.some(
        (c) => c.by === e.by && c.call === e.call && (e.as === undefined || c.as === e.as),
      )
    )
      expected(
        `expect.calls[${i}]`,
        `${e.by} ${e.call}${e.as === undefined ? '' : ` as ${e.as}`}`,
        'a call that the scenario makes',
      );
  });
}
