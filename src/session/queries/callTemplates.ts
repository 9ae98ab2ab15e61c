import type { Call, CallName } from '../../kernel/language/world';
import { hasExited } from '../trace/issuePlan';
import {
  devicesByDriver,
  devicesByRegistration,
  fdsOfKind,
  filesOfVms,
  groupNames,
  idNames,
  isDeviceFd,
  kvmName,
  mappedFds,
  named,
  vmsOf,
  type CallerContext,
} from './callArguments';

/** A call with its arguments filled in. */
export interface CallChoice {
  /** Verb phrase: `Bind fd1 to iommufd1`. */
  readonly title: string;
  /** The arguments alone, for a button beside the verb: `fd1 to iommufd1`. */
  readonly label: string;
  readonly call: Call;
}

/** How to fill in the arguments of one kind of call. */
export interface CallTemplate {
  readonly call: CallName;
  readonly verb: string;
  readonly title: string;
  readonly choices: (context: CallerContext) => readonly CallChoice[];
  /** Shown if there is no choice. */
  readonly noChoiceReason: string;
}

const makeChoice = (
  { caller }: CallerContext,
  label: string,
  title: string,
  call: Omit<Call, 'by'>,
): CallChoice => ({
  title,
  label,
  call: { by: caller, ...call },
});

/** Each IOAS with the iommufds that this process has open. */
const mapChoices = (
  context: CallerContext,
  call: 'ioas_map' | 'ioas_unmap',
  verb: string,
): readonly CallChoice[] =>
  fdsOfKind(context, 'iommufd').flatMap((fd) =>
    idNames(context, 'ioas_alloc').map((ioas) =>
      makeChoice(context, ioas, `${verb} ${ioas} of ${fd.name}`, { call, iommufd: fd.name, ioas }),
    ),
  );

/** The calls of a process, in the order of the panel. */
export const PROCESS_CALLS: readonly CallTemplate[] = [
  {
    call: 'open_cdev',
    verb: 'Open',
    title: 'Open device',
    noChoiceReason: 'This machine has no VFIO device.',
    choices: (context) =>
      context.snapshot.program.world.devices.map(({ name }) =>
        makeChoice(
          context,
          name,
          `Open ${name}`,
          named(context, { call: 'open_cdev', device: name }),
        ),
      ),
  },
  {
    call: 'open_iommufd',
    verb: 'Open',
    title: 'Open /dev/iommu',
    noChoiceReason: '',
    choices: (context) => [
      makeChoice(
        context,
        '/dev/iommu',
        'Open /dev/iommu',
        named(context, { call: 'open_iommufd' }),
      ),
    ],
  },
  {
    call: 'bind_iommufd',
    verb: 'Bind',
    title: 'Bind (register)',
    noChoiceReason: 'Needs an open device and an open /dev/iommu.',
    choices: (context) =>
      fdsOfKind(context, 'cdev').flatMap((fd) =>
        fdsOfKind(context, 'iommufd').map((to) =>
          makeChoice(context, `${fd.name} to ${to.name}`, `Bind ${fd.name} to ${to.name}`, {
            call: 'bind_iommufd',
            fd: fd.name,
            iommufd: to.name,
          }),
        ),
      ),
  },
  {
    call: 'ioas_alloc',
    verb: 'New IOAS',
    title: 'Allocate IOAS',
    noChoiceReason: 'Needs an open /dev/iommu.',
    choices: (context) =>
      fdsOfKind(context, 'iommufd').map(({ name }) =>
        makeChoice(
          context,
          `in ${name}`,
          `Allocate an IOAS in ${name}`,
          named(context, { call: 'ioas_alloc', iommufd: name }),
        ),
      ),
  },
  {
    call: 'attach_ioas',
    verb: 'Attach',
    title: 'Attach',
    noChoiceReason: 'Needs an open device and an IOAS.',
    choices: (context) =>
      fdsOfKind(context, 'cdev').flatMap((fd) =>
        [
          ...idNames(context, 'ioas_alloc').map((ioas) => ({ ioas })),
          ...idNames(context, 'hwpt_alloc').map((hwpt) => ({ hwpt })),
        ].map((to) => {
          const [name] = Object.values(to);
          return makeChoice(context, `${fd.name} to ${name}`, `Attach ${fd.name} to ${name}`, {
            call: 'attach_ioas',
            fd: fd.name,
            ...to,
          });
        }),
      ),
  },
  {
    call: 'hwpt_alloc',
    verb: 'New page table',
    title: 'Allocate page table',
    noChoiceReason: 'Needs an IOAS, its /dev/iommu and a bound device.',
    choices: (context) =>
      fdsOfKind(context, 'iommufd').flatMap(({ name }) =>
        idNames(context, 'ioas_alloc').flatMap((ioas) =>
          context.snapshot.program.world.devices.map((device) =>
            makeChoice(
              context,
              `for ${device.name} in ${ioas}`,
              `Allocate a page table for ${device.name} in ${ioas}`,
              named(context, {
                call: 'hwpt_alloc',
                iommufd: name,
                ioas,
                device: device.name,
              }),
            ),
          ),
        ),
      ),
  },
  {
    call: 'ioas_map',
    verb: 'Map',
    title: 'Map memory',
    noChoiceReason: 'Needs an IOAS and its /dev/iommu.',
    choices: (context) => mapChoices(context, 'ioas_map', 'Map memory in'),
  },
  {
    call: 'ioas_unmap',
    verb: 'Unmap',
    title: 'Unmap memory',
    noChoiceReason: 'Needs an IOAS and its /dev/iommu.',
    choices: (context) => mapChoices(context, 'ioas_unmap', 'Unmap memory in'),
  },
  {
    call: 'map_dma',
    verb: 'Map DMA',
    title: 'Map DMA',
    noChoiceReason: 'Needs an open container.',
    choices: (context) =>
      fdsOfKind(context, 'container').map(({ name }) =>
        makeChoice(context, name, `Map memory in ${name}`, { call: 'map_dma', fd: name }),
      ),
  },
  {
    call: 'unmap_dma',
    verb: 'Unmap DMA',
    title: 'Unmap DMA',
    noChoiceReason: 'Needs an open container.',
    choices: (context) =>
      fdsOfKind(context, 'container').map(({ name }) =>
        makeChoice(context, name, `Unmap memory in ${name}`, { call: 'unmap_dma', fd: name }),
      ),
  },
  {
    call: 'device_io',
    verb: 'Use',
    title: 'Use',
    noChoiceReason: 'Needs a device fd.',
    choices: (context) =>
      context.fds
        .filter(isDeviceFd)
        .map(({ name }) =>
          makeChoice(context, name, `Use ${name}`, { call: 'device_io', fd: name }),
        ),
  },
  {
    call: 'hot_reset',
    verb: 'Hot reset',
    title: 'Hot reset',
    noChoiceReason: 'Needs a device fd.',
    choices: (context) =>
      context.fds.filter(isDeviceFd).map(({ name, kind }) => {
        const groups = fdsOfKind(context, 'group').map((fd) => fd.name);
        return kind === 'cdev' || groups.length === 0
          ? makeChoice(context, name, `Hot reset through ${name}`, { call: 'hot_reset', fd: name })
          : makeChoice(
              context,
              `${name} with ${groups.join(', ')}`,
              `Hot reset through ${name} with ${groups.join(', ')}`,
              { call: 'hot_reset', fd: name, groups },
            );
      }),
  },
  {
    call: 'reset',
    verb: 'Reset',
    title: 'Reset',
    noChoiceReason: 'Needs a device fd.',
    choices: (context) =>
      context.fds
        .filter(isDeviceFd)
        .map(({ name }) =>
          makeChoice(context, name, `Reset the device of ${name}`, { call: 'reset', fd: name }),
        ),
  },
  {
    call: 'mmap',
    verb: 'Map',
    title: 'Map device memory',
    noChoiceReason: 'Needs a device fd.',
    choices: (context) =>
      context.fds
        .filter(isDeviceFd)
        .map(({ name }) => makeChoice(context, name, `Map ${name}`, { call: 'mmap', fd: name })),
  },
  {
    call: 'munmap',
    verb: 'Unmap',
    title: 'Unmap device memory',
    noChoiceReason: 'Needs a mapping.',
    choices: (context) =>
      mappedFds(context).map((name) =>
        makeChoice(context, name, `Unmap ${name}`, { call: 'munmap', fd: name }),
      ),
  },
  {
    call: 'detach_ioas',
    verb: 'Detach',
    title: 'Detach',
    noChoiceReason: 'Needs an open device.',
    choices: (context) =>
      fdsOfKind(context, 'cdev').map(({ name }) =>
        makeChoice(context, name, `Detach ${name}`, { call: 'detach_ioas', fd: name }),
      ),
  },
  {
    call: 'open_container',
    verb: 'Open',
    title: 'Open container',
    noChoiceReason: '',
    choices: (context) => [
      makeChoice(
        context,
        'container',
        'Open container',
        named(context, { call: 'open_container' }),
      ),
    ],
  },
  {
    call: 'open_group',
    verb: 'Open',
    title: 'Open group',
    noChoiceReason: 'This machine has no IOMMU group.',
    choices: (context) =>
      groupNames(context).map((group) =>
        makeChoice(
          context,
          `group ${group}`,
          `Open group ${group}`,
          named(context, { call: 'open_group', group }),
        ),
      ),
  },
  {
    call: 'set_container',
    verb: 'Set container',
    title: 'Set container',
    noChoiceReason: 'Needs an open group and a container or /dev/iommu.',
    choices: (context) =>
      fdsOfKind(context, 'group').flatMap((fd) =>
        fdsOfKind(context, 'container', 'iommufd').map((to) =>
          makeChoice(context, `${fd.name} to ${to.name}`, `Set ${to.name} on ${fd.name}`, {
            call: 'set_container',
            fd: fd.name,
            container: to.name,
          }),
        ),
      ),
  },
  {
    call: 'set_iommu',
    verb: 'Set IOMMU',
    title: 'Set IOMMU',
    noChoiceReason: 'Needs an open container.',
    choices: (context) =>
      fdsOfKind(context, 'container').map(({ name }) =>
        makeChoice(context, name, `Set IOMMU on ${name}`, { call: 'set_iommu', fd: name }),
      ),
  },
  {
    call: 'get_device_fd',
    verb: 'Get device',
    title: 'Get device fd',
    noChoiceReason: 'Needs an open group.',
    choices: (context) =>
      fdsOfKind(context, 'group').flatMap((fd) =>
        context.snapshot.program.world.devices
          .filter((device) => device.group === fd.group)
          .map((device) =>
            makeChoice(
              context,
              `${device.name} from ${fd.name}`,
              `Get ${device.name} from ${fd.name}`,
              named(context, {
                call: 'get_device_fd',
                fd: fd.name,
                device: device.name,
              }),
            ),
          ),
      ),
  },
  {
    call: 'unset_container',
    verb: 'Unset container',
    title: 'Unset container',
    noChoiceReason: 'Needs an open group.',
    choices: (context) =>
      fdsOfKind(context, 'group').map(({ name }) =>
        makeChoice(context, name, `Unset container of ${name}`, {
          call: 'unset_container',
          fd: name,
        }),
      ),
  },
  {
    call: 'group_status',
    verb: 'Get status',
    title: 'Get status of group',
    noChoiceReason: 'Needs an open group.',
    choices: (context) =>
      fdsOfKind(context, 'group').map(({ name }) =>
        makeChoice(context, name, `Get status of ${name}`, { call: 'group_status', fd: name }),
      ),
  },
  {
    call: 'kvm_add',
    verb: 'Add to KVM',
    title: 'Add to KVM',
    noChoiceReason: 'Needs a device or group fd.',
    choices: (context) =>
      fdsOfKind(context, 'cdev', 'device', 'group').map(({ name }) =>
        makeChoice(
          context,
          `${name} to ${kvmName(context)}`,
          `Add ${name} to ${kvmName(context)}`,
          {
            call: 'kvm_add',
            fd: name,
            kvm: kvmName(context),
          },
        ),
      ),
  },
  {
    call: 'kvm_del',
    verb: 'Remove from KVM',
    title: 'Remove from KVM',
    noChoiceReason: 'Needs an fd of a file that a VM holds.',
    choices: (context) =>
      filesOfVms(context).map(({ fd, kvm }) =>
        makeChoice(context, `${fd} from ${kvm}`, `Remove ${fd} from ${kvm}`, {
          call: 'kvm_del',
          fd,
          kvm,
        }),
      ),
  },
  {
    call: 'vm_exit',
    verb: 'End VM',
    title: 'End VM',
    noChoiceReason: 'Needs a VM: add a file to KVM.',
    choices: (context) =>
      vmsOf(context).map((kvm) => makeChoice(context, kvm, `End ${kvm}`, { call: 'vm_exit', kvm })),
  },
  {
    call: 'pass_fd',
    verb: 'Pass',
    title: 'Pass fd',
    noChoiceReason: 'Needs an fd and a second process.',
    choices: (context) =>
      context.fds.flatMap(({ name }) =>
        context.snapshot.program.world.processes
          .filter((to) => to !== context.caller && !hasExited(context.snapshot, to))
          .map((to) =>
            makeChoice(
              context,
              `${name} to ${to}`,
              `Pass ${name} to ${to}`,
              named(context, { call: 'pass_fd', fd: name, to }),
            ),
          ),
      ),
  },
  {
    call: 'iommu_destroy',
    verb: 'Destroy',
    title: 'Destroy object',
    noChoiceReason: 'Needs an IOAS, or a bound device, and its /dev/iommu.',
    choices: (context) =>
      fdsOfKind(context, 'iommufd').flatMap(({ name }) =>
        [
          ...idNames(context, 'ioas_alloc'),
          ...idNames(context, 'hwpt_alloc'),
          ...fdsOfKind(context, 'cdev').map((fd) => fd.name),
        ].map((object) =>
          makeChoice(context, object, `Destroy ${object} in ${name}`, {
            call: 'iommu_destroy',
            iommufd: name,
            object,
          }),
        ),
      ),
  },
  {
    call: 'close',
    verb: 'Close',
    title: 'Close',
    noChoiceReason: 'Needs an open fd.',
    choices: (context) =>
      context.fds.map(({ name }) =>
        makeChoice(context, name, `Close ${name}`, { call: 'close', fd: name }),
      ),
  },
  {
    call: 'process_exit',
    verb: 'Exit',
    title: 'Exit',
    noChoiceReason: '',
    choices: (context) => [
      makeChoice(context, context.caller, `${context.caller} exits`, { call: 'process_exit' }),
    ],
  },
];

/** The calls of the driver. */
export const DRIVER_CALLS: readonly CallTemplate[] = [
  {
    call: 'unregister_device',
    verb: 'Unregister',
    title: 'Unregister device',
    noChoiceReason: 'No device is registered.',
    choices: (context) =>
      devicesByRegistration(context, true).map((device) =>
        makeChoice(context, device, `Unregister ${device}`, { call: 'unregister_device', device }),
      ),
  },
  {
    call: 'register_device',
    verb: 'Register',
    title: 'Register device',
    noChoiceReason: 'Every device is registered.',
    choices: (context) =>
      devicesByRegistration(context, false).map((device) =>
        makeChoice(context, device, `Register ${device}`, { call: 'register_device', device }),
      ),
  },
  {
    call: 'probe_driver',
    verb: 'Probe driver',
    title: 'Probe kernel driver',
    noChoiceReason: 'Every device has a driver.',
    choices: (context) =>
      devicesByDriver(context, 'none').map((device) =>
        makeChoice(context, device, `Probe a kernel driver of ${device}`, {
          call: 'probe_driver',
          device,
        }),
      ),
  },
  {
    call: 'remove_driver',
    verb: 'Remove driver',
    title: 'Remove kernel driver',
    noChoiceReason: 'No device has a kernel driver.',
    choices: (context) =>
      devicesByDriver(context, 'kernel').map((device) =>
        makeChoice(context, device, `Remove the kernel driver of ${device}`, {
          call: 'remove_driver',
          device,
        }),
      ),
  },
];
