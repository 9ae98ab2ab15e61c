import { callResult, callStatus } from '../../kernel/machine/machine';
import { processOf, type Call, type CallName, type FileKind } from '../../kernel/language/world';
import type { Snapshot } from '../trace/replay';
import type { OpenFd } from './openFds';

/** One thing that an actor may do next, with its arguments filled in. */
export interface CallChoice {
  /** The whole sentence: `Bind fd1 to ictx1`. */
  readonly title: string;
  /** What stands beside the verb: `fd1 → ictx1`. */
  readonly label: string;
  readonly call: Call;
}

export interface CallerContext {
  readonly snapshot: Snapshot;
  readonly caller: string;
  readonly fds: readonly OpenFd[];
  readonly usedNames: ReadonlySet<string>;
}

export interface CallTemplate {
  readonly call: CallName;
  readonly verb: string;
  readonly title: string;
  readonly choices: (view: CallerContext) => readonly CallChoice[];
  /** Why there is no choice. */
  readonly noChoiceReason: string;
}

const isDeviceFd = (fd: OpenFd): boolean => fd.kind === 'cdev' || fd.kind === 'device';

const fdsOfKind = ({ fds }: CallerContext, ...kinds: readonly FileKind[]): readonly OpenFd[] =>
  fds.filter((fd) => kinds.includes(fd.kind));

const makeChoice = (
  { caller: actor }: CallerContext,
  label: string,
  title: string,
  call: Omit<Call, 'by'>,
): CallChoice => ({
  title,
  label,
  call: { by: actor, ...call },
});

export const PROCESS_CALLS: readonly CallTemplate[] = [
  {
    call: 'open_cdev',
    verb: 'Open',
    title: 'Open device',
    noChoiceReason: 'This machine has no VFIO device.',
    choices: (view) =>
      view.snapshot.program.world.devices.map(({ name }) =>
        makeChoice(view, name, `Open ${name}`, {
          call: 'open_cdev',
          device: name,
          as: freshName(view, 'fd'),
        }),
      ),
  },
  {
    call: 'open_iommufd',
    verb: 'Open',
    title: 'Open /dev/iommu',
    noChoiceReason: '',
    choices: (view) => [
      makeChoice(view, '/dev/iommu', 'Open /dev/iommu', {
        call: 'open_iommufd',
        as: freshName(view, 'ictx'),
      }),
    ],
  },
  {
    call: 'bind_iommufd',
    verb: 'Bind',
    title: 'Bind (register)',
    noChoiceReason: 'Needs an open device and an open /dev/iommu.',
    choices: (view) =>
      fdsOfKind(view, 'cdev').flatMap((fd) =>
        fdsOfKind(view, 'iommufd').map((to) =>
          makeChoice(view, `${fd.name} → ${to.name}`, `Bind ${fd.name} to ${to.name}`, {
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
    choices: (view) =>
      fdsOfKind(view, 'iommufd').map(({ name }) =>
        makeChoice(view, `in ${name}`, `Allocate an IOAS in ${name}`, {
          call: 'ioas_alloc',
          iommufd: name,
          as: freshName(view, 'ioas'),
        }),
      ),
  },
  {
    call: 'attach_ioas',
    verb: 'Attach',
    title: 'Attach',
    noChoiceReason: 'Needs an open device and an IOAS.',
    choices: (view) =>
      fdsOfKind(view, 'cdev').flatMap((fd) =>
        ioasNames(view).map((ioas) =>
          makeChoice(view, `${fd.name} → ${ioas}`, `Attach ${fd.name} to ${ioas}`, {
            call: 'attach_ioas',
            fd: fd.name,
            ioas,
          }),
        ),
      ),
  },
  {
    call: 'device_io',
    verb: 'Use',
    title: 'Use',
    noChoiceReason: 'Needs a device fd.',
    choices: (view) =>
      view.fds
        .filter(isDeviceFd)
        .map(({ name }) => makeChoice(view, name, `Use ${name}`, { call: 'device_io', fd: name })),
  },
  {
    call: 'detach_ioas',
    verb: 'Detach',
    title: 'Detach',
    noChoiceReason: 'Needs an open device.',
    choices: (view) =>
      fdsOfKind(view, 'cdev').map(({ name }) =>
        makeChoice(view, name, `Detach ${name}`, { call: 'detach_ioas', fd: name }),
      ),
  },
  {
    call: 'open_container',
    verb: 'Open',
    title: 'Open container',
    noChoiceReason: '',
    choices: (view) => [
      makeChoice(view, 'container', 'Open container', {
        call: 'open_container',
        as: freshName(view, 'c'),
      }),
    ],
  },
  {
    call: 'open_group',
    verb: 'Open',
    title: 'Open group',
    noChoiceReason: 'This machine has no IOMMU group.',
    choices: (view) =>
      groupNames(view).map((group) =>
        makeChoice(view, `group ${group}`, `Open group ${group}`, {
          call: 'open_group',
          group,
          as: freshName(view, 'grp'),
        }),
      ),
  },
  {
    call: 'set_container',
    verb: 'Set container',
    title: 'Set container',
    noChoiceReason: 'Needs an open group and a container or /dev/iommu.',
    choices: (view) =>
      fdsOfKind(view, 'group').flatMap((fd) =>
        fdsOfKind(view, 'container', 'iommufd').map((to) =>
          makeChoice(view, `${fd.name} → ${to.name}`, `Set ${to.name} on ${fd.name}`, {
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
    choices: (view) =>
      fdsOfKind(view, 'container').map(({ name }) =>
        makeChoice(view, name, `Set IOMMU on ${name}`, { call: 'set_iommu', fd: name }),
      ),
  },
  {
    call: 'get_device_fd',
    verb: 'Get device',
    title: 'Get device fd',
    noChoiceReason: 'Needs an open group.',
    choices: (view) =>
      fdsOfKind(view, 'group').flatMap((fd) =>
        view.snapshot.program.world.devices
          .filter((device) => device.group === fd.group)
          .map((device) =>
            makeChoice(
              view,
              `${device.name} from ${fd.name}`,
              `Get ${device.name} from ${fd.name}`,
              {
                call: 'get_device_fd',
                fd: fd.name,
                device: device.name,
                as: freshName(view, 'fd'),
              },
            ),
          ),
      ),
  },
  {
    call: 'unset_container',
    verb: 'Unset container',
    title: 'Unset container',
    noChoiceReason: 'Needs an open group.',
    choices: (view) =>
      fdsOfKind(view, 'group').map(({ name }) =>
        makeChoice(view, name, `Unset container of ${name}`, { call: 'unset_container', fd: name }),
      ),
  },
  {
    call: 'kvm_add',
    verb: 'Add to KVM',
    title: 'Add to KVM',
    noChoiceReason: 'Needs a device or group fd.',
    choices: (view) =>
      fdsOfKind(view, 'cdev', 'device', 'group').map(({ name }) =>
        makeChoice(view, `${name} → ${kvmName(view)}`, `Add ${name} to ${kvmName(view)}`, {
          call: 'kvm_add',
          fd: name,
          kvm: kvmName(view),
        }),
      ),
  },
  {
    call: 'pass_fd',
    verb: 'Pass',
    title: 'Pass fd',
    noChoiceReason: 'Needs an fd and a second process.',
    choices: (view) =>
      view.fds.flatMap(({ name }) =>
        view.snapshot.program.world.processes
          .filter((process) => process !== view.caller)
          .map((to) =>
            makeChoice(view, `${name} → ${to}`, `Pass ${name} to ${to}`, {
              call: 'pass_fd',
              fd: name,
              to,
              as: freshName(view, 'fd'),
            }),
          ),
      ),
  },
  {
    call: 'iommu_destroy',
    verb: 'Destroy',
    title: 'Destroy object',
    noChoiceReason: 'Needs an IOAS, or a bound device, and its /dev/iommu.',
    choices: (view) =>
      fdsOfKind(view, 'iommufd').flatMap(({ name }) =>
        [...ioasNames(view), ...fdsOfKind(view, 'cdev').map((fd) => fd.name)].map((object) =>
          makeChoice(view, object, `Destroy ${object} in ${name}`, {
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
    noChoiceReason: 'Holds no fd.',
    choices: (view) =>
      view.fds.map(({ name }) =>
        makeChoice(view, name, `Close ${name}`, { call: 'close', fd: name }),
      ),
  },
];

export const DRIVER_CALLS: readonly CallTemplate[] = [
  {
    call: 'unregister_device',
    verb: 'Unregister',
    title: 'Unregister device',
    noChoiceReason: 'No device is registered.',
    choices: (view) =>
      devicesByRegistration(view, true).map((device) =>
        makeChoice(view, device, `Unregister ${device}`, { call: 'unregister_device', device }),
      ),
  },
  {
    call: 'register_device',
    verb: 'Register',
    title: 'Register device',
    noChoiceReason: 'Every device is registered.',
    choices: (view) =>
      devicesByRegistration(view, false).map((device) =>
        makeChoice(view, device, `Register ${device}`, { call: 'register_device', device }),
      ),
  },
];

function groupNames({ snapshot: frame }: CallerContext): readonly string[] {
  return [...new Set(frame.program.world.devices.map(({ group }) => group))];
}

/** IOAS names that an allocation has yielded, to whatever process. */
function ioasNames({ snapshot: { program, state } }: CallerContext): readonly string[] {
  return program.calls.flatMap(({ call, index }) => {
    const made =
      call.call === 'ioas_alloc' &&
      callStatus(program, state, index) === 'done' &&
      callResult(program, state, index) === 0;
    return made && call.as !== undefined ? [call.as] : [];
  });
}

function kvmName({ snapshot: frame, caller: actor }: CallerContext): string {
  const known = frame.program.calls.find(
    ({ call }) => call.call === 'kvm_add' && processOf(call.by) === actor,
  )?.call.kvm;
  return known ?? `kvm${frame.program.world.processes.indexOf(actor) + 1}`;
}

/** Devices that are, or are not, registered, counting a (un)register from its first step. */
function devicesByRegistration(
  { snapshot: { program, state } }: CallerContext,
  registered: boolean,
): readonly string[] {
  const isRegistered = (name: string, start: boolean): boolean =>
    program.calls.reduce((now, { call, index }) => {
      if (call.device !== name || callStatus(program, state, index) === 'waiting') return now;
      return call.call === 'register_device'
        ? true
        : call.call === 'unregister_device'
          ? false
          : now;
    }, start);
  return program.world.devices
    .filter((device) => isRegistered(device.name, device.registered ?? true) === registered)
    .map(({ name }) => name);
}

function freshName({ usedNames: used }: CallerContext, stem: string): string {
  let number = 1;
  while (used.has(`${stem}${number}`)) number += 1;
  return `${stem}${number}`;
}
