import { evaluate } from '../kernel/expr';
import { callResult, callStatus } from '../kernel/machine';
import { processOf, type Call, type CallName, type FileKind } from '../kernel/world';
import type { Frame } from './frame';
import { planIssue } from './moves';

/** One thing that an actor may do next, with its arguments filled in. */
export interface Choice {
  /** The whole sentence: `Bind fd1 to ictx1`. */
  readonly title: string;
  /** What stands beside the verb: `fd1 → ictx1`. */
  readonly label: string;
  readonly call: Call;
}

/** A kind of call of an actor: what it could be made on now, or why it cannot be made. */
interface ActorAction {
  readonly call: CallName;
  /** The verb alone, for people; several calls may share one. */
  readonly verb: string;
  /** What it is called where it cannot be made: `Open device`. */
  readonly title: string;
  /** Empty exactly when `reason` is set. */
  readonly choices: readonly Choice[];
  readonly reason: string | undefined;
}

/** A process or the driver: who acts. */
export interface Actor {
  readonly name: string;
  readonly kind: 'process' | 'driver';
  /** What it holds open now: fd names and the kinds of file behind them. */
  readonly fds: readonly OpenFd[];
  readonly actions: readonly ActorAction[];
}

export interface OpenFd {
  readonly name: string;
  readonly kind: FileKind;
  readonly device: string | undefined;
  readonly group: string | undefined;
  /** Name of its struct file. */
  readonly file: string;
  /** Whether its calls reach the driver; undefined for kinds that never do. */
  readonly access: 'parked' | 'normal' | undefined;
}

interface View {
  readonly frame: Frame;
  readonly actor: string;
  readonly fds: readonly OpenFd[];
  readonly used: ReadonlySet<string>;
}

interface Verb {
  readonly call: CallName;
  readonly verb: string;
  readonly title: string;
  readonly choices: (view: View) => readonly Choice[];
  /** Why there is no choice. */
  readonly missing: string;
}

const deviceFd = (fd: OpenFd): boolean => fd.kind === 'cdev' || fd.kind === 'device';
const ofKind = ({ fds }: View, ...kinds: readonly FileKind[]): readonly OpenFd[] =>
  fds.filter((fd) => kinds.includes(fd.kind));

const choice = ({ actor }: View, label: string, title: string, call: Omit<Call, 'by'>): Choice => ({
  title,
  label,
  call: { by: actor, ...call },
});

const processVerbs: readonly Verb[] = [
  {
    call: 'open_cdev',
    verb: 'Open',
    title: 'Open device',
    missing: 'This machine has no VFIO device.',
    choices: (view) =>
      view.frame.program.world.devices.map(({ name }) =>
        choice(view, name, `Open ${name}`, {
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
    missing: '',
    choices: (view) => [
      choice(view, '/dev/iommu', 'Open /dev/iommu', {
        call: 'open_iommufd',
        as: freshName(view, 'ictx'),
      }),
    ],
  },
  {
    call: 'bind_iommufd',
    verb: 'Bind',
    title: 'Bind (register)',
    missing: 'Needs an open device and an open /dev/iommu.',
    choices: (view) =>
      ofKind(view, 'cdev').flatMap((fd) =>
        ofKind(view, 'iommufd').map((to) =>
          choice(view, `${fd.name} → ${to.name}`, `Bind ${fd.name} to ${to.name}`, {
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
    missing: 'Needs an open /dev/iommu.',
    choices: (view) =>
      ofKind(view, 'iommufd').map(({ name }) =>
        choice(view, `in ${name}`, `Allocate an IOAS in ${name}`, {
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
    missing: 'Needs an open device and an IOAS.',
    choices: (view) =>
      ofKind(view, 'cdev').flatMap((fd) =>
        ioasNames(view).map((ioas) =>
          choice(view, `${fd.name} → ${ioas}`, `Attach ${fd.name} to ${ioas}`, {
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
    missing: 'Needs a device fd.',
    choices: (view) =>
      view.fds
        .filter(deviceFd)
        .map(({ name }) => choice(view, name, `Use ${name}`, { call: 'device_io', fd: name })),
  },
  {
    call: 'detach_ioas',
    verb: 'Detach',
    title: 'Detach',
    missing: 'Needs an open device.',
    choices: (view) =>
      ofKind(view, 'cdev').map(({ name }) =>
        choice(view, name, `Detach ${name}`, { call: 'detach_ioas', fd: name }),
      ),
  },
  {
    call: 'open_container',
    verb: 'Open',
    title: 'Open container',
    missing: '',
    choices: (view) => [
      choice(view, 'container', 'Open container', {
        call: 'open_container',
        as: freshName(view, 'c'),
      }),
    ],
  },
  {
    call: 'open_group',
    verb: 'Open',
    title: 'Open group',
    missing: 'This machine has no IOMMU group.',
    choices: (view) =>
      groupsOf(view).map((group) =>
        choice(view, `group ${group}`, `Open group ${group}`, {
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
    missing: 'Needs an open group and a container or /dev/iommu.',
    choices: (view) =>
      ofKind(view, 'group').flatMap((fd) =>
        ofKind(view, 'container', 'iommufd').map((to) =>
          choice(view, `${fd.name} → ${to.name}`, `Set ${to.name} on ${fd.name}`, {
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
    missing: 'Needs an open container.',
    choices: (view) =>
      ofKind(view, 'container').map(({ name }) =>
        choice(view, name, `Set IOMMU on ${name}`, { call: 'set_iommu', fd: name }),
      ),
  },
  {
    call: 'get_device_fd',
    verb: 'Get device',
    title: 'Get device fd',
    missing: 'Needs an open group.',
    choices: (view) =>
      ofKind(view, 'group').flatMap((fd) =>
        view.frame.program.world.devices
          .filter((device) => device.group === fd.group)
          .map((device) =>
            choice(view, `${device.name} from ${fd.name}`, `Get ${device.name} from ${fd.name}`, {
              call: 'get_device_fd',
              fd: fd.name,
              device: device.name,
              as: freshName(view, 'fd'),
            }),
          ),
      ),
  },
  {
    call: 'unset_container',
    verb: 'Unset container',
    title: 'Unset container',
    missing: 'Needs an open group.',
    choices: (view) =>
      ofKind(view, 'group').map(({ name }) =>
        choice(view, name, `Unset container of ${name}`, { call: 'unset_container', fd: name }),
      ),
  },
  {
    call: 'kvm_add',
    verb: 'Add to KVM',
    title: 'Add to KVM',
    missing: 'Needs a device or group fd.',
    choices: (view) =>
      ofKind(view, 'cdev', 'device', 'group').map(({ name }) =>
        choice(view, `${name} → ${kvmOf(view)}`, `Add ${name} to ${kvmOf(view)}`, {
          call: 'kvm_add',
          fd: name,
          kvm: kvmOf(view),
        }),
      ),
  },
  {
    call: 'pass_fd',
    verb: 'Pass',
    title: 'Pass fd',
    missing: 'Needs an fd and a second process.',
    choices: (view) =>
      view.fds.flatMap(({ name }) =>
        view.frame.program.world.processes
          .filter((process) => process !== view.actor)
          .map((to) =>
            choice(view, `${name} → ${to}`, `Pass ${name} to ${to}`, {
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
    missing: 'Needs an IOAS, or a bound device, and its /dev/iommu.',
    choices: (view) =>
      ofKind(view, 'iommufd').flatMap(({ name }) =>
        [...ioasNames(view), ...ofKind(view, 'cdev').map((fd) => fd.name)].map((object) =>
          choice(view, object, `Destroy ${object} in ${name}`, {
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
    missing: 'Holds no fd.',
    choices: (view) =>
      view.fds.map(({ name }) => choice(view, name, `Close ${name}`, { call: 'close', fd: name })),
  },
];

const driverVerbs: readonly Verb[] = [
  {
    call: 'unregister_device',
    verb: 'Unregister',
    title: 'Unregister device',
    missing: 'No device is registered.',
    choices: (view) =>
      devicesOf(view, true).map((device) =>
        choice(view, device, `Unregister ${device}`, { call: 'unregister_device', device }),
      ),
  },
  {
    call: 'register_device',
    verb: 'Register',
    title: 'Register device',
    missing: 'Every device is registered.',
    choices: (view) =>
      devicesOf(view, false).map((device) =>
        choice(view, device, `Register ${device}`, { call: 'register_device', device }),
      ),
  },
];

const memo = new WeakMap<Frame, readonly Actor[]>();

/** Every process and the driver, with what each can do at this frame. */
export function actorsOf(frame: Frame): readonly Actor[] {
  const known = memo.get(frame);
  if (known) return known;
  const used = namesUsed(frame);
  const { world } = frame.program;
  const actors = [
    ...world.processes.map((name) => actorOf(frame, name, 'process', processVerbs, used)),
    actorOf(frame, 'driver', 'driver', driverVerbs, used),
  ];
  memo.set(frame, actors);
  return actors;
}

function actorOf(
  frame: Frame,
  name: string,
  kind: Actor['kind'],
  verbs: readonly Verb[],
  used: ReadonlySet<string>,
): Actor {
  const view: View = { frame, actor: name, fds: openFds(frame, name), used };
  const actions = verbs.map((verb): ActorAction => {
    const choices = verb.choices(view);
    const first = choices[0];
    const plan = first && planIssue(frame, first.call);
    if (plan?.kind === 'refused')
      return { call: verb.call, verb: verb.verb, title: verb.title, choices: [], reason: plan.why };
    return {
      call: verb.call,
      verb: verb.verb,
      title: verb.title,
      choices,
      reason: first ? undefined : verb.missing,
    };
  });
  return { name, kind, fds: view.fds, actions };
}

/** The fd table of a process now. */
function openFds({ program, state }: Frame, process: string): readonly OpenFd[] {
  return program.fds.flatMap((fd) => {
    const file = program.files[fd.file];
    return file && fd.process === process && state[fd.installed] === 1
      ? [
          {
            name: fd.name,
            kind: file.kind,
            device: file.device,
            group: file.group,
            file: file.name,
            access: file.normal && (evaluate(file.normal, state) === 0 ? 'parked' : 'normal'),
          },
        ]
      : [];
  });
}

function groupsOf({ frame }: View): readonly string[] {
  return [...new Set(frame.program.world.devices.map(({ group }) => group))];
}

/** IOAS names that an allocation has yielded, to whatever process. */
function ioasNames({ frame: { program, state } }: View): readonly string[] {
  return program.calls.flatMap(({ call, index }) => {
    const made =
      call.call === 'ioas_alloc' &&
      callStatus(program, state, index) === 'done' &&
      callResult(program, state, index) === 0;
    return made && call.as !== undefined ? [call.as] : [];
  });
}

function kvmOf({ frame, actor }: View): string {
  const known = frame.program.calls.find(
    ({ call }) => call.call === 'kvm_add' && processOf(call.by) === actor,
  )?.call.kvm;
  return known ?? `kvm${frame.program.world.processes.indexOf(actor) + 1}`;
}

/** Devices that are, or are not, registered, counting a (un)register from its first step. */
function devicesOf({ frame: { program, state } }: View, registered: boolean): readonly string[] {
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

function namesUsed({ program }: Frame): ReadonlySet<string> {
  const { world, calls } = program;
  return new Set([
    ...world.processes,
    ...world.devices.flatMap(({ name, group, devset }) => [name, group, devset ?? '']),
    ...calls.flatMap(({ call }) => [call.as ?? '', call.kvm ?? '']),
  ]);
}

function freshName({ used }: View, stem: string): string {
  let number = 1;
  while (used.has(`${stem}${number}`)) number += 1;
  return `${stem}${number}`;
}
