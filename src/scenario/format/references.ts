import { DESIGN_METAS } from '../../designs/catalog';
import { callSignature, designById, requireDesign } from '../../designs/registry';
import { modelOf } from '../../kernel/compiler/designModel';
import { didYouMean } from '../../kernel/language/closestMatches';
import { callBodyOf, routineOf } from '../../kernel/language/design';
import type { Design } from '../../kernel/language/design';
import {
  callIndexOf,
  CALL_SIGNATURES,
  fileKindOf,
  isVfsCall,
  processOf,
} from '../../kernel/language/world';
import type { Call } from '../../kernel/language/world';
import { faultSteps } from './faultSteps';
import { quote } from './quote';
import { isUsableBy, RESULT_KINDS, resultNames } from './resultNames';
import type { ResultName } from './resultNames';
import type { ExpectedCall, InputError, Scenario } from './scenario';
import { parseScheduleEntry } from './scheduleText';
import { LIMITS } from './limits';

type ReportError = (path: string, got: unknown, expected: string, hint?: string) => void;

/** Checks that every name in a scenario refers to something that exists and fits. Assumes the shape of the schema. */
export function checkReferences(scenario: Scenario): readonly InputError[] {
  const errors: InputError[] = [];
  const report: ReportError = (path, got, expected, hint) => {
    const suffix = hint === undefined ? '' : ` (${hint})`;
    errors.push({ path, message: `expected ${expected}, got ${quote(got)}${suffix}` });
  };
  const design = checkDesign(scenario, report);
  checkWorld(scenario, report);
  if (design) checkNoiommu(scenario, design, report);
  const names = resultNames(scenario.calls);
  scenario.calls.forEach(({ as }, i) => {
    if (as !== undefined && names.get(as)?.call !== i)
      report(`calls[${i}].as`, as, 'a name that no other call returns');
  });
  const tasks = [...new Set(scenario.calls.map((c) => c.by))];
  if (tasks.length > LIMITS.tasks)
    errors.push({
      path: 'calls',
      message: `expected at most ${LIMITS.tasks} tasks, got ${tasks.length}`,
    });
  scenario.calls.forEach((c, i) => checkCall(scenario, c, i, names, design, report));
  if (errors.length === 0) checkNameCycles(scenario.calls, names, report);
  checkTaskNames(scenario, tasks, report);
  checkExpectation(scenario, report);
  return errors;
}

function oneOf(names: readonly string[]): string {
  return `one of ${names.map(quote).join(', ')}`;
}

/** What could stand in the place of an unknown name. */
function hintFor(name: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return 'there is none';
  return didYouMean(name, candidates) ?? `there is ${candidates.slice(0, 4).map(quote).join(', ')}`;
}

function checkDesign(scenario: Scenario, report: ReportError): Design | undefined {
  const ids = DESIGN_METAS.map((d) => d.id);
  if (!ids.includes(scenario.design) && !designById(scenario.design)) {
    report('design', scenario.design, oneOf(ids));
    return undefined;
  }
  const design = requireDesign(scenario.design);
  let valid = true;
  for (const [id, value] of Object.entries(scenario.options)) {
    const option = design.options.find((o) => o.id === id);
    const path = `options.${id}`;
    if (!option)
      report(
        path,
        id,
        design.options.length === 0
          ? `no options, because ${design.id} has none`
          : `one of the options of ${design.id}: ${design.options.map((o) => quote(o.id)).join(', ')}`,
      );
    else if (!option.values.includes(value)) report(path, value, oneOf(option.values));
    valid &&= option !== undefined && option.values.includes(value);
  }
  return valid ? design : undefined;
}

function checkWorld({ world }: Scenario, report: ReportError): void {
  world.devices.forEach((d, i) => {
    if (world.devices.findIndex((o) => o.name === d.name) < i)
      report(`world.devices[${i}].name`, d.name, 'a name that no other device has');
    if (d.kernelDriver === true && d.registered !== false)
      report(
        `world.devices[${i}].kernelDriver`,
        true,
        'false for a device that is registered',
        'a device has one driver; "registered": false leaves it to the kernel driver',
      );
    if (d.noiommu === true && world.devices.some((o) => o !== d && o.group === d.group))
      report(
        `world.devices[${i}].group`,
        d.group,
        'a group that no other device is in',
        'VFIO makes a group for each device without an IOMMU',
      );
    const devName = d.devName ?? d.name;
    const sameName = world.devices.find((o, j) => j < i && (o.devName ?? o.name) === devName);
    if (sameName && sameName.registered !== false && d.registered !== false)
      report(
        `world.devices[${i}].devName`,
        devName,
        'a name that no other initially registered device has',
        `${sameName.name} has it; "registered": false registers this one later`,
      );
  });
  const groups = new Set(world.devices.map((d) => d.group));
  if (groups.size > LIMITS.groups)
    report(
      'world.devices',
      world.devices,
      `devices in at most ${LIMITS.groups} groups`,
      `they are in ${groups.size} groups`,
    );
  world.processes.forEach((p, i) => {
    if (p === 'driver')
      report(`world.processes[${i}]`, p, 'a process name', '"driver" is the kernel side');
    if (world.processes.indexOf(p) < i)
      report(`world.processes[${i}]`, p, 'a name that no other process has');
  });
}

/** Only some designs say what they do with a device that has no IOMMU. */
function checkNoiommu({ world, options }: Scenario, design: Design, report: ReportError): void {
  const at = world.devices.findIndex((d) => d.noiommu === true);
  if (at < 0) return;
  const { objects } = modelOf(design, options);
  if (!objects.some(({ fields }) => 'noiommu' in fields))
    report(
      `world.devices[${at}].noiommu`,
      true,
      'false in this design',
      `${design.id} does not model devices without an IOMMU`,
    );
}

function checkCall(
  scenario: Scenario,
  c: Call,
  index: number,
  names: ReadonlyMap<string, ResultName>,
  design: Design | undefined,
  report: ReportError,
): void {
  const { devices, processes } = scenario.world;
  const at = (key: string): string => `calls[${index}].${key}`;
  const process = processOf(c.by);
  const checkName = (
    key: 'device' | 'group' | 'to',
    expected: string,
    candidates: readonly string[],
  ): void => {
    const name = c[key];
    if (name !== undefined && !candidates.includes(name))
      report(at(key), name, expected, hintFor(name, candidates));
  };
  const model = design && modelOf(design, scenario.options);
  if (model && !isVfsCall(c.call) && !callBodyOf(model, c.call))
    report(
      at('call'),
      c.call,
      `a call of ${scenario.design}`,
      hintFor(c.call, Object.keys(model.calls)),
    );
  if (callSignature(c.call)?.by === 'driver') {
    if (process !== 'driver')
      report(at('by'), c.by, '"driver" or "driver/2"', `${c.call} is a call of the kernel side`);
  } else if (!processes.includes(process))
    report(
      at('by'),
      c.by,
      'a process of world.processes, or its second thread PROCESS/2',
      hintFor(process, processes),
    );
  checkName(
    'device',
    'the name of a device of the world',
    devices.map((d) => d.name),
  );
  checkName('group', 'a group of the world', [...new Set(devices.map((d) => d.group))]);
  checkName('to', 'a process of world.processes', processes);
  const checkResult = (
    key: 'fd' | 'iommufd' | 'container' | 'ioas' | 'hwpt' | 'object',
    kinds: readonly string[],
    noun: string,
  ): void => {
    if (c[key] !== undefined) checkResultName(key, c[key], kinds, noun);
  };
  const checkResultName = (
    key: string,
    name: string,
    kinds: readonly string[],
    noun: string,
  ): void => {
    const result = names.get(name);
    const usable = [...names].flatMap(([n, r]) =>
      r.kind !== undefined && kinds.includes(r.kind) && isUsableBy(r, c.by, index) ? [n] : [],
    );
    if (!result || result.kind === undefined || !kinds.includes(result.kind))
      report(at(key), name, `the name of ${noun}`, hintFor(name, usable));
    else if (result.by === c.by && result.call >= index)
      report(
        at(key),
        name,
        `the name of ${noun} from an earlier call of ${c.by} or a call of another task`,
        hintFor(name, usable),
      );
    else if (result.process !== undefined && result.process !== process)
      report(
        at(key),
        name,
        `the name of ${noun} in the fd table of ${process}`,
        `it is in the fd table of ${result.process}; pass_fd shares it`,
      );
  };
  checkResult('fd', RESULT_KINDS.fd, 'a file descriptor');
  c.groups?.forEach((name, i) =>
    checkResultName(`groups[${i}]`, name, RESULT_KINDS.fd, 'a file descriptor'),
  );
  checkResult('container', RESULT_KINDS.container, 'a file descriptor');
  // A bind may be tried with any file descriptor; the other calls are ioctls of an iommufd.
  if (c.call === 'bind_iommufd') checkResult('iommufd', RESULT_KINDS.fd, 'a file descriptor');
  else checkResult('iommufd', RESULT_KINDS.iommufd, 'an iommufd');
  checkResult('ioas', RESULT_KINDS.ioas, 'an ioas');
  checkResult('hwpt', RESULT_KINDS.hwpt, 'a page table');
  checkResult('object', RESULT_KINDS.object, 'an ioas, a page table or a device fd');
  c.after?.forEach((reference, i) => {
    const target = callIndexOf(scenario.calls, reference);
    if (target < 0 || (scenario.calls[target]?.by === c.by && target >= index))
      report(
        at(`after[${i}]`),
        reference,
        `a call of another task or an earlier call of ${c.by}`,
        didYouMean(reference, callReferences(scenario.calls, c.by)),
      );
  });
  if (c.fault !== undefined && design) {
    const steps = possibleFaults(scenario, c, names, design);
    if (!steps.includes(c.fault))
      report(at('fault'), c.fault, `a step of ${c.call} that can fail`, hintFor(c.fault, steps));
  }
}

/** How `after` can name each call of the other tasks. */
export function callReferences(calls: readonly Call[], by: string): readonly string[] {
  const counts = new Map<string, number>();
  return calls.flatMap((c) => {
    const number = (counts.get(c.by) ?? 0) + 1;
    counts.set(c.by, number);
    return c.by === by ? [] : [c.as ?? `${c.by}:${number}`];
  });
}

/** Ids of the steps of a call that its `fault` can name. */
export function possibleFaults(
  scenario: Pick<Scenario, 'options'>,
  c: Call,
  names: ReadonlyMap<string, ResultName>,
  design: Design,
): readonly string[] {
  const fd = c.fd ?? c.iommufd;
  const model = modelOf(design, scenario.options);
  if (c.call === 'close') {
    const kind = fd === undefined ? undefined : names.get(fd)?.kind;
    const release = kind === 'ioas' || kind === 'hwpt' ? undefined : model.releases[kind ?? 'cdev'];
    return release ? faultSteps(release) : [];
  }
  if (isVfsCall(c.call)) return [];
  const body = callBodyOf(model, c.call);
  return body
    ? faultSteps(routineOf(body, fd === undefined ? undefined : names.get(fd)?.kind))
    : [];
}

/** A call in a cycle of calls that wait for each other could never run. */
function checkNameCycles(
  calls: readonly Call[],
  names: ReadonlyMap<string, ResultName>,
  report: ReportError,
): void {
  const dependencies = calls.map((c, i) => {
    const used = [
      c.fd,
      c.iommufd,
      c.container,
      c.ioas,
      c.hwpt,
      c.object,
      ...(c.groups ?? []),
    ].flatMap((n) => (n === undefined ? [] : (names.get(n)?.call ?? [])));
    const earlier = (c.after ?? []).map((reference) => callIndexOf(calls, reference));
    const previous = calls.findLastIndex((o, j) => j < i && o.by === c.by);
    return previous < 0 ? [...used, ...earlier] : [...used, ...earlier, previous];
  });
  const runnable = new Set<number>();
  for (let size = -1; size < runnable.size;) {
    size = runnable.size;
    dependencies.forEach((list, i) => {
      if (list.every((d) => runnable.has(d))) runnable.add(i);
    });
  }
  const index = calls.findIndex((_, i) => !runnable.has(i));
  if (index >= 0)
    report(
      `calls[${index}]`,
      calls[index],
      'a call whose arguments and "after" do not wait for its own end',
    );
}

function checkTaskNames(scenario: Scenario, tasks: readonly string[], report: ReportError): void {
  if (typeof scenario.schedule === 'object' && !('random' in scenario.schedule)) {
    const flushes = scenario.world.storeBuffers === true ? tasks.map((t) => `${t}:flush`) : [];
    scenario.schedule.forEach((entry, i) => {
      const { task } = parseScheduleEntry(entry);
      if (!tasks.includes(task) && !flushes.includes(task))
        report(
          `schedule[${i}]`,
          entry,
          'a task that makes calls',
          hintFor(task, [...tasks, ...flushes]),
        );
    });
  }
  scenario.beats.forEach((b, i) => {
    if (b.by !== undefined && !tasks.includes(b.by))
      report(`beats[${i}].by`, b.by, 'a task that makes calls', hintFor(b.by, tasks));
  });
}

function checkExpectation({ calls, expect }: Scenario, report: ReportError): void {
  const checkCalls = (expected: readonly ExpectedCall[], path: string): void =>
    expected.forEach((e, i) => {
      const at = `${path}[${i}]`;
      if (
        !calls.some(
          (c) => c.by === e.by && c.call === e.call && (e.as === undefined || c.as === e.as),
        )
      )
        report(
          at,
          `${e.by} ${e.call}${e.as === undefined ? '' : ` as ${e.as}`}`,
          'a call of the scenario',
        );
      const { result } = CALL_SIGNATURES[e.call];
      if ((e.returns === 'fd' || e.returns === 'id') && result !== e.returns)
        report(
          `${at}.returns`,
          e.returns,
          result === 'zero' ? '0 or an errno' : `${quote(result)} or an errno`,
          `${e.call} returns ${result === 'zero' ? '0' : `an ${result}`}`,
        );
    });
  checkCalls(expect?.calls ?? [], 'expect.calls');
  expect?.reachable?.forEach((outcome, i) => {
    const path = `expect.reachable[${i}]`;
    if (!outcome.calls?.length && !outcome.files?.length)
      report(path, outcome, 'at least one call or file');
    checkCalls(outcome.calls ?? [], `${path}.calls`);
    outcome.calls?.forEach((e, j) => {
      if (typeof e.returns === 'number' && e.returns > 0)
        report(
          `${path}.calls[${j}].returns`,
          e.returns,
          '"fd" or "id"',
          'an interleaving may give the call another number',
        );
    });
    const files = calls.flatMap((c) => (c.as !== undefined && fileKindOf(c.call) ? [c.as] : []));
    outcome.files?.forEach(({ name }, j) => {
      if (!files.includes(name))
        report(
          `${path}.files[${j}].name`,
          name,
          'the name of a file that a call opens',
          didYouMean(name, files),
        );
    });
  });
}
