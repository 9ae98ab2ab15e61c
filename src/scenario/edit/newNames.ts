import { processOf, type Call, type World } from '../../kernel/language/world';

const PROCESS_NAMES = ['qemu', 'dpdk', 'spdk', 'app'];

/** Stems of result names by call. */
const RESULT_STEMS: Readonly<Record<string, string>> = {
  open_iommufd: 'iommufd',
  open_group: 'grp',
  open_container: 'c',
  ioas_alloc: 'ioas',
  hwpt_alloc: 'hwpt',
};

/** Every name of a world and its calls. A new name is none of them, so that no two things look alike. */
export function namesInUse(world: World, calls: readonly Call[]): ReadonlySet<string> {
  return new Set([
    'driver',
    ...world.processes,
    ...world.devices.flatMap(({ name, group, devset, devName }) => [
      name,
      group,
      devset ?? name,
      devName ?? name,
    ]),
    ...calls.flatMap(({ as, kvm }) => [as ?? '', kvm ?? '']),
  ]);
}

/** The first of `stem` with `first`, `first + 1`, … that is free. */
export function numberedName(stem: string, taken: ReadonlySet<string>, first = 1): string {
  for (let number = first; ; number += 1)
    if (!taken.has(`${stem}${number}`)) return `${stem}${number}`;
}

/** A free process name: `qemu`, `dpdk`, … */
export function newProcessName(taken: ReadonlySet<string>): string {
  return PROCESS_NAMES.find((name) => !taken.has(name)) ?? numberedName('app', taken, 2);
}

/** A free group number, from 12 on. */
export function newGroupName(taken: ReadonlySet<string>): string {
  return numberedName('', taken, 12);
}

/** A free name for the result of a call: `fd1`, `iommufd1`, … */
export function newResultName(call: string, taken: ReadonlySet<string>): string {
  return numberedName(RESULT_STEMS[call] ?? 'fd', taken);
}

/** The threads of a process other than the first, which have its name and a number. */
export function threadsOf(
  { calls }: { readonly calls: readonly Call[] },
  process: string,
): readonly string[] {
  return [
    ...new Set(
      calls.flatMap(({ by }) => (by !== process && processOf(by) === process ? [by] : [])),
    ),
  ].toSorted();
}

/** A free thread name of a process: `qemu/2`, `qemu/3`, … */
export function newThreadName(
  { calls }: { readonly calls: readonly Call[] },
  process: string,
): string {
  return numberedName(`${process}/`, new Set(calls.map(({ by }) => by)), 2);
}
