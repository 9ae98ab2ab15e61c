import type { Program } from '../../kernel/compiler/program';
import { designTitle } from '../../kernel/language/design';
import { MARKER } from './kernelTrace';

/** Folder of the events that the probes make. */
const GROUP = 'vfio_playground';

/**
 * What a probe fetches from the arguments of a function, in the language of kprobe_events (Documentation/trace/kprobetrace.rst,
 * v6.12): `+u8($arg2)` is memory of the program, `device->dev` a field that the kernel finds by its type information.
 */
const FETCHED_ARGUMENTS: Readonly<Record<string, string>> = {
  // struct vfio_device_bind_iommufd: argsz, flags, iommufd (include/uapi/linux/vfio.h, v6.12).
  vfio_df_ioctl_bind_iommufd: 'iommufd=+u8($arg2):s32',
  vfio_group_ioctl_set_container: 'container=+u0($arg2):s32',
  vfio_group_ioctl_get_device_fd: 'device=+0($arg2):ustring',
  __vfio_register_dev: 'device=device->dev->kobj.name:string',
  vfio_unregister_group_dev: 'device=device->dev->kobj.name:string',
  really_probe: 'device=dev->kobj.name:string',
  __device_release_driver: 'device=dev->kobj.name:string',
};

/** Shell commands that record what `validate` reads of the calls of a program. */
export function recordCommand(program: Program, title: string): string {
  const functions = probedFunctions(program);
  const driverFunctions = new Set(
    program.calls
      .filter(({ call }) => call.by.startsWith('driver'))
      .map(({ task, start }) => program.tasks[task]?.steps[start]?.routine ?? ''),
  );
  const made = new Set(program.calls.map(({ call }) => call.call));
  const syscalls = [
    'openat',
    'ioctl',
    'close',
    ...(made.has('mmap') ? ['mmap', 'munmap'] : []),
    ...(made.has('process_exit') ? ['exit_group'] : []),
  ];
  const probes = [
    `p:${GROUP}/do_sys_openat2 do_sys_openat2 path=+0($arg2):ustring`,
    ...functions.flatMap((name) => [
      `p:${GROUP}/${name} ${name}${FETCHED_ARGUMENTS[name] === undefined ? '' : ` ${FETCHED_ARGUMENTS[name]}`}`,
      ...(driverFunctions.has(name) ? [`r:${GROUP}/${name}__ret ${name} ret=$retval:s32`] : []),
    ]),
  ];
  const events = [
    ...syscalls.flatMap((name) => [
      `syscalls:sys_enter_${name}`,
      ...(name === 'exit_group' ? [] : [`syscalls:sys_exit_${name}`]),
    ]),
    `${GROUP}:*`,
    'lock:contention_begin',
    'lock:contention_end',
  ];
  const world = JSON.stringify({
    devices: program.world.devices,
    processes: program.world.processes,
  });
  return [
    '#!/bin/sh',
    `# Records the calls of "${title.replaceAll(/[\n"`$\\]/g, ' ')}" on ${designTitle(program.design, program.options)}. Run it as root: sh record.sh COMMAND`,
    '# A function that the compiler inlined cannot be probed: remove its line if it is refused.',
    'cd /sys/kernel/tracing || exit 1',
    ...probes.map((probe) => `echo '${probe}' >> kprobe_events`),
    'cd - > /dev/null',
    '# The devices and their groups, for validate. Correct them for this machine; devName is the name on the bus.',
    `world='${MARKER} world ${world.replaceAll("'", '')}'`,
    `trace-cmd record -b 20000 ${events.map((name) => `-e '${name}'`).join(' ')} \\`,
    `  sh -c 'echo "$0" > /sys/kernel/tracing/trace_marker; "$@"' "$world" "$@"`,
    'trace-cmd report > trace.txt',
    `echo 'vfio-playground validate trace.txt --design ${program.design.id}'`,
    '',
  ].join('\n');
}

/** The kernel functions that the steps of a program name. */
function probedFunctions(program: Program): readonly string[] {
  const names = program.tasks.flatMap(({ steps }) => steps.map(({ routine }) => routine));
  return [...new Set(names)].filter((name) => /^[a-z_]+_[a-z0-9_]+$/.test(name)).toSorted();
}
