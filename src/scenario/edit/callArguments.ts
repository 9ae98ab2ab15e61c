import { callSignature, designById } from '../../designs/registry';
import { modelOf } from '../../kernel/compiler/designModel';
import { callBodyOf } from '../../kernel/language/design';
import {
  CALL_NAMES,
  isVfsCall,
  processOf,
  type Call,
  type CallArgument,
} from '../../kernel/language/world';
import { callReferences, possibleFaults } from '../format/references';
import { isUsableBy, RESULT_KINDS, resultNames } from '../format/resultNames';
import type { Scenario } from '../format/scenario';
import { namesInUse, newResultName, numberedName } from './newNames';

/** The kinds of fd that a call is for. With another kind it is valid and returns an error. */
const EXPECTED_FD_KINDS: Readonly<Record<string, readonly string[]>> = {
  bind_iommufd: ['cdev'],
  attach_ioas: ['cdev'],
  detach_ioas: ['cdev'],
  set_container: ['group'],
  unset_container: ['group'],
  get_device_fd: ['group'],
  group_status: ['group'],
  set_iommu: ['container'],
  map_dma: ['container'],
  unmap_dma: ['container'],
  device_io: ['cdev', 'device'],
  reset: ['cdev', 'device'],
  mmap: ['cdev', 'device'],
  munmap: ['cdev', 'device'],
  hot_reset: ['cdev', 'device'],
  kvm_add: ['cdev', 'device', 'group'],
};

/** What must exist before a call can have this argument. */
const MISSING_ARGUMENT: Readonly<Record<CallArgument, string>> = {
  device: 'a device',
  group: 'a device in a group',
  fd: 'an open file of this process',
  iommufd: 'an open iommufd of this process',
  container: 'an open container or iommufd of this process',
  ioas: 'an IOAS',
  hwpt: 'a page table',
  object: 'an IOAS, a page table or an open device of this process',
  kvm: 'a VM',
  to: 'a second process',
};

/** The calls of the scenario's design that a process, or the driver, can make. */
export function callsOfTask(
  scenario: Pick<Scenario, 'design' | 'options'>,
  task: string,
): readonly string[] {
  const design = designById(scenario.design);
  if (!design) return [];
  const model = modelOf(design, scenario.options);
  const own = Object.keys(design.calls ?? {});
  const side = processOf(task) === 'driver' ? 'driver' : 'process';
  return [...CALL_NAMES, ...own].filter(
    (call) =>
      callSignature(call)?.by === side &&
      (isVfsCall(call) || callBodyOf(model, call) !== undefined),
  );
}

/** The values that an argument of the call at `index` can have, as `calls[index].KEY` accepts them; those that the call is for come last. */
export function argumentChoices(
  { world, calls }: Pick<Scenario, 'world' | 'calls'>,
  { by, call }: Pick<Call, 'by' | 'call'>,
  index: number,
  key: CallArgument | 'groups',
): readonly string[] {
  switch (key) {
    case 'device':
      return world.devices.map(({ name }) => name);
    case 'group':
      return [...new Set(world.devices.map(({ group }) => group))];
    case 'to':
      return world.processes;
    case 'kvm':
      return [...new Set(calls.flatMap(({ kvm }) => kvm ?? []))];
    default: {
      const kinds: readonly string[] =
        key === 'groups'
          ? ['group']
          : key === 'iommufd' && call === 'bind_iommufd'
            ? RESULT_KINDS.fd
            : RESULT_KINDS[key];
      const expected = key === 'fd' ? EXPECTED_FD_KINDS[call] : expectedKinds(key);
      const usable = [...resultNames(calls)].filter(
        ([, result]) =>
          result.kind !== undefined && kinds.includes(result.kind) && isUsableBy(result, by, index),
      );
      const isExpected = (kind: string | undefined): boolean =>
        expected === undefined || (kind !== undefined && expected.includes(kind));
      return [
        ...usable.filter(([, { kind }]) => !isExpected(kind)),
        ...usable.filter(([, { kind }]) => isExpected(kind)),
      ].map(([name]) => name);
    }
  }
}

function expectedKinds(key: string): readonly string[] | undefined {
  return key === 'iommufd'
    ? ['iommufd']
    : key === 'container'
      ? ['container', 'iommufd']
      : undefined;
}

/** Whether a value is of a kind that the call is for. */
function isExpectedArgument(
  scenario: Pick<Scenario, 'calls'>,
  call: string,
  key: CallArgument,
  name: string,
): boolean {
  const expected = key === 'fd' ? EXPECTED_FD_KINDS[call] : expectedKinds(key);
  const kind = resultNames(scenario.calls).get(name)?.kind;
  return expected === undefined || (kind !== undefined && expected.includes(kind));
}

/** A call at the end of the scenario with the latest fitting results as its arguments. A string says what is missing for it. */
export function newCall(scenario: Scenario, by: string, call: string): Call | string {
  const { world, calls } = scenario;
  const signature = callSignature(call);
  if (!signature) return `There is no call ${call}.`;
  const taken = namesInUse(world, calls);
  const made: Record<string, string> & Pick<Call, 'by' | 'call'> = { by, call };
  for (const key of signature.args) {
    const value = defaultArgument(scenario, made, key, taken);
    if (value === undefined) return `${call} needs ${missingText(call, key)}.`;
    made[key] = value;
  }
  if (signature.result !== 'zero') made['as'] = newResultName(call, taken);
  return made;
}

function missingText(call: string, key: CallArgument): string {
  const kinds = key === 'fd' ? EXPECTED_FD_KINDS[call] : undefined;
  if (!kinds) return MISSING_ARGUMENT[key];
  const nouns = kinds.map((kind) => (kind === 'cdev' ? 'device' : kind === 'device' ? '' : kind));
  return `an open ${nouns.filter((noun) => noun !== '').join(' or ')} of this process`;
}

function defaultArgument(
  scenario: Scenario,
  call: Pick<Call, 'by' | 'call' | 'fd'>,
  key: CallArgument,
  taken: ReadonlySet<string>,
): string | undefined {
  const { world, calls } = scenario;
  const choices = argumentChoices(scenario, call, calls.length, key);
  switch (key) {
    case 'device': {
      const group = calls.find(({ as }) => as !== undefined && as === call.fd)?.group;
      const device =
        group === undefined
          ? call.call === 'register_device' || call.call === 'probe_driver'
            ? world.devices.find(({ registered }) => registered === false)
            : undefined
          : world.devices.find((each) => each.group === group);
      return device?.name ?? choices[0];
    }
    case 'to':
      return choices.find((name) => name !== processOf(call.by));
    case 'kvm': {
      const own = calls.find(
        ({ by, kvm }) => kvm !== undefined && processOf(by) === processOf(call.by),
      );
      return own?.kvm ?? (call.call === 'kvm_add' ? numberedName('kvm', taken) : undefined);
    }
    default:
      return choices.findLast((name) => isExpectedArgument(scenario, call.call, key, name));
  }
}

/** Ids of the steps that the `fault` of a call can name. */
export function faultChoices(scenario: Scenario, call: Call): readonly string[] {
  const design = designById(scenario.design);
  return design ? possibleFaults(scenario, call, resultNames(scenario.calls), design) : [];
}

/** The calls that `after` of a call of this task can name. */
export function afterChoices({ calls }: Pick<Scenario, 'calls'>, by: string): readonly string[] {
  return callReferences(calls, by);
}
