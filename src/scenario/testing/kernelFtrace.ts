import type { Call } from '../../kernel/language/world';
import { ERRNO } from '../../kernel/language/errno';
import { currentWait, inCall, initialState, step as runStep } from '../../kernel/machine/machine';
import { returnValues } from '../run/returnValues';
import type { Trace } from '../run/trace';

/** Commands of the ioctl calls that `kernelFtrace` can write. */
const COMMANDS: Readonly<Record<string, number>> = {
  bind_iommufd: 0x3b76,
  detach_ioas: 0x3b78,
  group_status: 0x3b67,
  set_container: 0x3b68,
  unset_container: 0x3b69,
  set_iommu: 0x3b66,
  get_device_fd: 0x3b6a,
  reset: 0x3b6f,
  device_io: 0x3b6b,
  ioas_alloc: 0x3b81,
};

/** Calls that `kernelFtrace` can write. */
export const SYSCALLS_OF_CALLS: readonly string[] = [
  ...Object.keys(COMMANDS),
  'open_cdev',
  'open_group',
  'open_container',
  'open_iommufd',
  'close',
  'register_device',
  'unregister_device',
];

/** A run as a kernel would record it: the syscalls and the probes of `record`, in the words of the file `trace` or of `trace-cmd report`. */
export function kernelFtrace(trace: Trace, dialect: 'trace' | 'report'): string {
  const { program, scenario } = trace;
  const numbers = returnValues(trace);
  const fdOf = (name: string | undefined): number =>
    numbers.get(scenario.calls.findIndex((call) => call.as === name)) ?? -1;
  const lines: string[] = [];
  let time = 100;
  const add = (task: number, event: string): void => {
    time += 0.00001;
    const owner = program.tasks[task]!;
    const process = [...new Set(program.tasks.map((each) => each.process))].indexOf(owner.process);
    const pid = 2000 + 10 * process + task;
    const comm = owner.process.slice(0, 15).padStart(16);
    const tgid = `(${String(2000 + 10 * process).padStart(7)}) `;
    lines.push(
      dialect === 'trace'
        ? `${comm}-${String(pid).padEnd(7)} ${tgid}[003] ..... ${time.toFixed(6)}: ${event}`
        : `${comm}-${String(pid).padEnd(7)} ${tgid}[003]  ${time.toFixed(6)}: ${event}`,
    );
  };
  const enter = (task: number, name: string, args: readonly (readonly [string, number])[]): void =>
    add(
      task,
      dialect === 'trace'
        ? `sys_${name}(${args.map(([k, v]) => `${k}: ${(v >>> 0).toString(16)}`).join(', ')})`
        : `sys_enter_${name}:     ${args.map(([k, v]) => `${k}: 0x${(v >>> 0).toString(16).padStart(8, '0')}`).join(', ')}`,
    );
  const exit = (task: number, name: string, value: number): void => {
    const digits = `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;
    add(
      task,
      dialect === 'trace' ? `sys_${name} -> ${digits}` : `sys_exit_${name}:      ${digits}`,
    );
  };
  const probe = (task: number, name: string, args: string): void =>
    add(
      task,
      dialect === 'trace'
        ? `${name}: (${name}+0x0/0x140 [vfio])${args}`
        : `${name}:       (ffffffffc09a1d40)${args}`,
    );
  add(
    0,
    `${dialect === 'report' ? 'print:                ' : ''}tracing_mark_write: vfio-playground world ${JSON.stringify(scenario.world)}`,
  );
  const syscallOf = ({ call }: Call): string =>
    call.startsWith('open_') ? 'openat' : call === 'close' ? 'close' : 'ioctl';
  const state = initialState(program);
  /** By task: the mutex that it waits for. */
  const awaited = new Map<number, number>();
  const address = (mutex: number): string => `0xffff8881${mutex.toString(16).padStart(8, '0')}`;
  const addContention = (moved: number): void => {
    const held = awaited.get(moved);
    if (held !== undefined) add(moved, `contention_end: ${address(held)} (ret=0)`);
    awaited.delete(moved);
    for (const { index } of program.tasks) {
      const wait = inCall(program, state, index) ? currentWait(program, state, index) : undefined;
      if (wait?.kind !== 'mutex' || awaited.has(index)) continue;
      awaited.set(index, wait.field);
      add(index, `contention_begin: ${address(wait.field)} (flags=MUTEX)`);
    }
  };
  const started = new Set<number>();
  const probed = new Set<string>();
  for (const { step, task, events } of trace.steps) {
    const compiled = program.calls[step.call]!;
    const { call } = compiled;
    const isDriver = call.call.endsWith('register_device');
    if (!started.has(step.call)) {
      started.add(step.call);
      const file = call.fd ?? call.iommufd;
      if (call.call.startsWith('open_')) {
        const path =
          call.device === undefined
            ? call.group === undefined
              ? call.call === 'open_container'
                ? '/dev/vfio/vfio'
                : '/dev/iommu'
              : `/dev/vfio/${call.group}`
            : `/dev/vfio/devices/${call.device}`;
        enter(task, 'openat', [
          ['dfd', -100],
          ['filename', 0x7ffd1000],
          ['flags', 2],
          ['mode', 0],
        ]);
        probe(task, 'do_sys_openat2', ` path="${path}"`);
      } else if (call.call === 'close') enter(task, 'close', [['fd', fdOf(file)]]);
      else if (!isDriver)
        enter(task, 'ioctl', [
          ['fd', fdOf(file)],
          ['cmd', COMMANDS[call.call]!],
          ['arg', 0x7ffd2000],
        ]);
    }
    const routine = `${step.call} ${step.routine}`;
    if (!probed.has(routine)) {
      probed.add(routine);
      const args =
        call.call === 'bind_iommufd'
          ? ` iommufd=${fdOf(call.iommufd)}`
          : call.call === 'set_container'
            ? ` container=${fdOf(call.container)}`
            : call.device !== undefined && !call.call.startsWith('open_')
              ? ` device="${call.device}"`
              : '';
      probe(task, step.routine, args);
    }
    runStep(program, state, task);
    addContention(task);
    const end = events.find(({ template }) => template.kind === 'return');
    if (!end) continue;
    const errno = compiled.errnos[end.value - 1];
    const value =
      errno === undefined
        ? call.call === 'ioas_alloc'
          ? 0
          : (numbers.get(step.call) ?? 0)
        : errno === 'MODEL_LIMIT'
          ? 0
          : -ERRNO[errno];
    if (isDriver) {
      const { routine: name } = program.tasks[task]!.steps[compiled.start]!;
      add(
        task,
        dialect === 'trace'
          ? `${name}__ret: (driver_probe+0x1c/0x60 <- ${name}) ret=0x${(value >>> 0).toString(16)}`
          : `${name}__ret:       (ffffffffc09a1d5c <- ffffffffc09a1d40) ret=0x${(value >>> 0).toString(16)}`,
      );
    } else exit(task, syscallOf(call), value);
  }
  return `${dialect === 'trace' ? '# tracer: nop\n#\n' : 'cpus=8\n'}${lines.join('\n')}\n`;
}
