import { callBodyOf, type DesignModel } from '../../kernel/language/design';
import { ERRNO } from '../../kernel/language/errno';
import type { Call, CallName, FileKind, World, WorldDevice } from '../../kernel/language/world';
import { quote } from '../format/quote';
import type { FtraceLine } from './ftraceLine';
import { TraceLineError } from './ftraceLine';
import type { KernelEvent, KernelEventKind, TracedReturn } from './kernelTrace';
import { callOfIoctl, IOCTL_TYPE, SYSCALL_ARGUMENTS, X86_64_SYSCALLS } from './syscallNumbers';

/** A call with what is known of it so far; arguments may follow from probes inside it. */
type DraftCall = { -readonly [K in keyof Call]: Call[K] };

interface OpenFile {
  readonly name: string;
  readonly kind: FileKind;
  readonly device: string | undefined;
  readonly group: string | undefined;
}

interface TracedProcess {
  readonly name: string;
  threads: number;
  readonly files: Map<number, OpenFile>;
  /** The fd name of each mapping, by its address. */
  readonly mappings: Map<bigint, string>;
  /** The ioas that was allocated last. */
  ioas: string | undefined;
}

interface TracedThread {
  readonly task: string;
  readonly process: TracedProcess | undefined;
  /** The call that it is in. */
  current: { readonly index: number; readonly syscall: string; readonly fd: number } | undefined;
  /** An open whose path a probe has not shown yet. */
  pendingOpen: boolean;
  /** Address of the mutex that it sleeps for. */
  waitsFor?: string | undefined;
}

/** The calls and events of recorded syscalls and probes, and what had to be assumed. */
export interface RecordedCalls {
  readonly world: World;
  readonly calls: readonly Call[];
  /** The line at which each call begins. */
  readonly lines: readonly number[];
  readonly events: readonly KernelEvent[];
  readonly assumptions: readonly string[];
  /** Line of the first call that has begun and lacks an argument that a later event would show. */
  readonly undecidedFrom: number | undefined;
}

const ERRNO_NAMES = new Map<number, string>(
  Object.entries(ERRNO).map(([name, number]) => [number, `-${name}`]),
);
/** Arguments of a call that its probes can show after it has begun. */
const PROBED_ARGUMENTS = ['iommufd', 'container', 'ioas', 'object', 'device'] as const;
const DRIVER_CALLS = [
  'register_device',
  'unregister_device',
  'probe_driver',
  'remove_driver',
] as const;

/** Reads syscalls, kprobes on functions of the design and lock contention. Throws `TraceLineError`. */
export function readSyscalls(
  lines: Iterable<FtraceLine>,
  model: DesignModel,
  known: World | undefined,
  ignoredLocks: ReadonlySet<string>,
): RecordedCalls {
  const reader = new SyscallReader(model, known, ignoredLocks);
  for (const line of lines) reader.read(line);
  return reader.finish();
}

class SyscallReader {
  private readonly calls: DraftCall[] = [];
  private readonly lines: number[] = [];
  private readonly events: KernelEvent[] = [];
  private readonly assumptions: string[] = [];
  private readonly processes = new Map<string, TracedProcess>();
  private readonly threads = new Map<number, TracedThread>();
  private readonly driverCallByFunction = new Map<string, CallName>();
  private readonly names = new Set<string>();
  private drivers = 0;

  constructor(
    model: DesignModel,
    private readonly known: World | undefined,
    private readonly ignoredLocks: ReadonlySet<string>,
  ) {
    for (const call of DRIVER_CALLS) {
      const body = callBodyOf(model, call);
      if (body && 'steps' in body) this.driverCallByFunction.set(body.name, call);
    }
  }

  read(at: FtraceLine): void {
    const { event, rest, pid } = at;
    if (event === 'contention_begin' || event === 'contention_end') return this.contention(at);
    const syscall = syscallOf(event, rest);
    if (syscall?.phase === 'exit') return this.exitSyscall(at, syscall.name, syscall.value);
    if (syscall) return this.enterSyscall(at, syscall.name, syscall.args);
    const probe = probeOf(event, rest);
    if (probe?.returns) {
      const thread = this.threads.get(pid);
      if (thread?.current?.syscall === probe.name)
        this.exit(
          at,
          thread,
          probe.value === undefined ? undefined : BigInt.asIntN(32, probe.value),
        );
    } else if (probe) this.enterFunction(at, probe.name, rest);
  }

  finish(): RecordedCalls {
    return {
      world: this.known ?? this.inferWorld(),
      calls: this.calls,
      lines: this.lines,
      events: this.events,
      assumptions: this.assumptions,
      undecidedFrom: this.lines.find((_, call) => {
        const draft = this.calls[call];
        return draft && this.missingArgument(draft) !== undefined;
      }),
    };
  }

  private missingArgument(draft: DraftCall): string | undefined {
    return PROBED_ARGUMENTS.find((key) => key in draft && draft[key] === undefined);
  }

  private enterSyscall(at: FtraceLine, name: string, args: ReadonlyMap<string, string>): void {
    const thread = this.threads.get(at.pid);
    if (thread?.current)
      throw new TraceLineError(
        at.line,
        `expected the end of ${this.calls[thread.current.index]?.call} of ${thread.task} first, got ${quote(name)}: an event is missing`,
      );
    if (thread) thread.pendingOpen = false;
    if (name === 'open' || name === 'openat') {
      const path = pathIn(args.get('filename') ?? '');
      if (path !== undefined) this.openPath(at, path);
      else this.thread(at).pendingOpen = true;
      return;
    }
    if (name === 'exit_group') {
      if (thread?.process && thread.process.files.size > 0)
        this.enter(at, thread, 'process_exit', name, -1, {});
      return;
    }
    if (name === 'munmap') {
      const address = hex(args.get('addr'));
      const fd = address === undefined ? undefined : thread?.process?.mappings.get(address);
      if (thread && fd !== undefined) this.enter(at, thread, 'munmap', name, -1, { fd });
      return;
    }
    const fd = Number(BigInt.asIntN(32, hex(args.get('fd')) ?? -1n));
    const command = Number(BigInt.asUintN(32, hex(args.get('cmd')) ?? 0n));
    const file = this.fileOf(at, fd);
    if (!file) {
      if (name === 'ioctl' && (command & 0xff00) === IOCTL_TYPE && callOfIoctl(command, 'cdev'))
        throw new TraceLineError(
          at.line,
          `expected an fd that this trace opens, got ioctl 0x${command.toString(16)} on fd ${fd}: start recording before the program opens its files`,
        );
      return;
    }
    const caller = this.thread(at);
    const { group } = file;
    const isDevice = file.kind === 'cdev' || file.kind === 'device';
    const call =
      name === 'ioctl'
        ? callOfIoctl(command, file.kind)
        : name === 'close' || name === 'mmap'
          ? isDevice || name === 'close'
            ? name
            : undefined
          : isDevice
            ? 'device_io'
            : undefined;
    if (call === undefined) return;
    const iommufdCall = ['iommu_destroy', 'ioas_alloc', 'ioas_map', 'ioas_unmap'].includes(call);
    this.enter(at, caller, call, name, fd, {
      ...(iommufdCall ? { iommufd: file.name } : { fd: file.name }),
      ...(call === 'bind_iommufd' ? { iommufd: this.only(caller, ['iommufd']) } : {}),
      ...(call === 'set_container'
        ? { container: this.only(caller, ['container', 'iommufd']) }
        : {}),
      ...(call === 'attach_ioas' || call === 'ioas_map' || call === 'ioas_unmap'
        ? { ioas: caller.process?.ioas }
        : {}),
      ...(call === 'iommu_destroy' ? { object: caller.process?.ioas } : {}),
      ...(call === 'get_device_fd' ? { device: this.deviceOfGroup(group) } : {}),
    });
  }

  private openPath(at: FtraceLine, path: string): void {
    const cdev = /^\/dev\/vfio\/devices\/([\w.:+-]{1,32})$/.exec(path)?.[1];
    const group = /^\/dev\/vfio\/(?:noiommu-)?(\d{1,9})$/.exec(path)?.[1];
    const call:
      readonly [CallName, { readonly device?: string; readonly group?: string }] | undefined =
      cdev !== undefined
        ? ['open_cdev', { device: cdev }]
        : group !== undefined
          ? ['open_group', { group }]
          : path === '/dev/vfio/vfio'
            ? ['open_container', {}]
            : path === '/dev/iommu'
              ? ['open_iommufd', {}]
              : undefined;
    if (call) this.enter(at, this.thread(at), call[0], 'openat', -1, call[1]);
  }

  private enterFunction(at: FtraceLine, name: string, rest: string): void {
    let thread = this.threads.get(at.pid);
    const path = thread?.pendingOpen === true ? pathIn(rest) : undefined;
    if (thread && path !== undefined) {
      thread.pendingOpen = false;
      return this.openPath(at, path);
    }
    const driverCall = this.driverCallByFunction.get(name);
    if (driverCall && !thread?.current) {
      const device = this.deviceNamed(/="([^"]{1,64})"/.exec(rest)?.[1]);
      if (device === undefined)
        throw new TraceLineError(
          at.line,
          `expected the device of ${name}, got ${quote(rest)}: record it with a probe (vfio-playground record)`,
        );
      thread = this.driverThread(at.pid);
      this.enter(at, thread, driverCall, name, -1, { device });
    }
    if (!thread?.current) return;
    const draft = this.calls[thread.current.index];
    if (draft) this.addProbedArguments(at, draft, thread, rest);
    this.add(at, thread, { kind: 'function', name });
  }

  /** Arguments that only memory of the program has: the probes of `record` fetch them. */
  private addProbedArguments(
    at: FtraceLine,
    draft: DraftCall,
    thread: TracedThread,
    rest: string,
  ): void {
    const fd = /\b(iommufd|container)=(0x[\da-f]+|-?\d+)/.exec(rest);
    if (fd?.[1] === 'iommufd' && draft.call === 'bind_iommufd')
      draft.iommufd = this.fileOf(at, Number(fd[2]))?.name ?? draft.iommufd;
    if (fd?.[1] === 'container' && draft.call === 'set_container')
      draft.container = this.fileOf(at, Number(fd[2]))?.name ?? draft.container;
    const device = /\bdevice="([^"]{1,64})"/.exec(rest)?.[1];
    if (device !== undefined && draft.call === 'get_device_fd') {
      const group = [...(thread.process?.files.values() ?? [])].find(
        (each) => each.name === draft.fd,
      )?.group;
      draft.device = this.deviceNamed(device) ?? this.inferDevice(device, group);
    }
  }

  private exitSyscall(at: FtraceLine, name: string, value: bigint): void {
    const thread = this.threads.get(at.pid);
    if (!thread) return;
    thread.pendingOpen = false;
    const { current } = thread;
    if (current && (current.syscall === name || (current.syscall === 'openat' && name === 'open')))
      this.exit(at, thread, value);
    else if (current && !this.driverCallByFunction.has(current.syscall))
      throw new TraceLineError(
        at.line,
        `expected the end of ${current.syscall} of ${thread.task}, got the end of ${name}: an event is missing`,
      );
  }

  private exit(at: FtraceLine, thread: TracedThread, value: bigint | undefined): void {
    const { current, process } = thread;
    const draft = current && this.calls[current.index];
    if (!current || !draft) return;
    const returns: TracedReturn =
      value === undefined
        ? undefined
        : value >= 0n || value < -4095n
          ? 'success'
          : (ERRNO_NAMES.get(Number(-value)) ?? `-${-value}`);
    this.add(at, thread, { kind: 'exit', returns });
    thread.current = undefined;
    const missing = this.missingArgument(draft);
    if (missing !== undefined)
      throw new TraceLineError(
        this.lines[current.index] ?? at.line,
        `expected the ${missing} of ${draft.call}, got none: record it with a probe (vfio-playground record)`,
      );
    if (returns !== 'success' || !process) return;
    const fd = Number(value);
    const kinds: Partial<Record<string, FileKind>> = {
      open_cdev: 'cdev',
      open_group: 'group',
      open_container: 'container',
      open_iommufd: 'iommufd',
      get_device_fd: 'device',
    };
    const kind = kinds[draft.call];
    if (kind) {
      const name = this.uniqueName(`${process.name}.fd${fd}`);
      draft.as = name;
      process.files.set(fd, { name, kind, device: draft.device, group: draft.group });
    } else if (draft.call === 'ioas_alloc') {
      process.ioas = this.uniqueName(`${process.name}.ioas`);
      draft.as = process.ioas;
    } else if (draft.call === 'close') process.files.delete(current.fd);
    else if (draft.call === 'mmap' && draft.fd !== undefined)
      process.mappings.set(BigInt.asUintN(64, value ?? 0n), draft.fd);
  }

  private contention(at: FtraceLine): void {
    const thread = this.threads.get(at.pid);
    const lock = /(?:0x)?([\da-f]{4,16})/.exec(at.rest)?.[1];
    if (!thread?.current || lock === undefined || this.ignoredLocks.has(lock)) return;
    if (at.event === 'contention_end') {
      if (thread.waitsFor !== lock) return;
      thread.waitsFor = undefined;
      return this.add(at, thread, { kind: 'contention', lock, phase: 'end' });
    }
    // SPIN|MUTEX is an attempt: a kernel with lockdep reports one for every mutex, free or not (__mutex_lock_common, kernel/locking/mutex.c, v6.12).
    if (!/flags=[^)]*MUTEX|flags=0x20\b/.test(at.rest) || /flags=[^)]*SPIN/.test(at.rest)) return;
    thread.waitsFor = lock;
    this.add(at, thread, { kind: 'contention', lock, phase: 'begin' });
  }

  private enter(
    at: FtraceLine,
    thread: TracedThread,
    call: CallName,
    syscall: string,
    fd: number,
    args: Partial<Record<keyof Call, string | undefined>>,
  ): void {
    thread.current = { index: this.calls.length, syscall, fd };
    this.calls.push({ ...args, by: thread.task, call } as DraftCall);
    this.lines.push(at.line);
    this.add(at, thread, { kind: 'enter' });
  }

  private add(at: FtraceLine, thread: TracedThread, what: KernelEventKind): void {
    this.events.push({
      ...what,
      line: at.line,
      text: `${at.comm.trim()}-${at.pid}: ${at.event} ${at.rest}`.trim().slice(0, 200),
      task: thread.task,
      call: thread.current?.index ?? -1,
    });
  }

  /** The open file of an fd. A thread of an unknown group shares the files of the process with its name. */
  private fileOf(at: FtraceLine, fd: number): OpenFile | undefined {
    const own = this.processes.get(processKey(at))?.files.get(fd);
    if (own || at.tgid !== undefined) return own;
    const others = [...this.processes.values()].filter(
      (each) => each.name.replace(/-\d$/, '') === taskName(at.comm) && each.files.has(fd),
    );
    if (others.length !== 1 || !others[0] || this.threads.has(at.pid)) return undefined;
    this.processes.set(processKey(at), others[0]);
    return others[0].files.get(fd);
  }

  private thread(at: FtraceLine): TracedThread {
    const known = this.threads.get(at.pid);
    if (known) return known;
    const key = processKey(at);
    let process = this.processes.get(key);
    if (!process) {
      const name = taskName(at.comm);
      const names = new Set(['driver', ...[...this.processes.values()].map((each) => each.name)]);
      let unique = name;
      for (let number = 2; names.has(unique); number++) unique = `${name}-${number}`;
      process = {
        name: unique,
        threads: 0,
        files: new Map(),
        mappings: new Map(),
        ioas: undefined,
      };
      this.processes.set(key, process);
    }
    process.threads++;
    const task = process.threads === 1 ? process.name : `${process.name}/${process.threads}`;
    const thread: TracedThread = { task, process, current: undefined, pendingOpen: false };
    this.threads.set(at.pid, thread);
    return thread;
  }

  private driverThread(pid: number): TracedThread {
    const known = this.threads.get(pid);
    if (known && !known.process) return known;
    this.drivers++;
    const task = this.drivers === 1 ? 'driver' : `driver/${this.drivers}`;
    const thread: TracedThread = {
      task,
      process: undefined,
      current: undefined,
      pendingOpen: false,
    };
    this.threads.set(pid, thread);
    return thread;
  }

  /** The only open file of these kinds, which an argument in memory must mean. */
  private only(thread: TracedThread, kinds: readonly FileKind[]): string | undefined {
    const files = [...(thread.process?.files.values() ?? [])].filter((f) => kinds.includes(f.kind));
    return files.length === 1 ? files[0]?.name : undefined;
  }

  private deviceNamed(name: string | undefined): string | undefined {
    const devices = this.known?.devices ?? this.inferred;
    if (name === undefined) return devices.length === 1 ? devices[0]?.name : undefined;
    return devices.find((each) => each.name === name || each.devName === name)?.name;
  }

  private deviceOfGroup(group: string | undefined): string | undefined {
    const devices = (this.known?.devices ?? this.inferred).filter((each) => each.group === group);
    return devices.length === 1 ? devices[0]?.name : undefined;
  }

  private readonly inferred: WorldDevice[] = [];

  private inferDevice(name: string, group: string | undefined): string {
    const device = name.replaceAll(/[^\w.:+-]/g, '_').slice(0, 32);
    this.inferred.push({ name: device, group: group ?? '0' });
    return device;
  }

  /** The devices that the paths name, each in the only group that the trace opens, else in its own. */
  private inferWorld(): World {
    const groups = [...new Set(this.calls.flatMap(({ group }) => group ?? []))];
    const named = new Set(this.calls.flatMap(({ device }) => device ?? []));
    const devices = [...named].map((name, index): WorldDevice => {
      const known = this.inferred.find((each) => each.name === name);
      if (known) return known;
      const group = groups.length === 1 ? groups[0]! : String(1000 + index);
      this.assumptions.push(`${name} is in IOMMU group ${group}`);
      return { name, group };
    });
    for (const group of groups)
      if (!devices.some((each) => each.group === group)) {
        devices.push({ name: `vfio-in-${group}`, group });
        this.assumptions.push(`group ${group} has one device`);
      }
    const processes = [...new Set([...this.processes.values()].map(({ name }) => name))];
    return { devices, processes: processes.length === 0 ? ['none'] : processes };
  }

  private uniqueName(wanted: string): string {
    let name = wanted.slice(-28);
    for (let n = 2; this.names.has(name); n++) name = `${wanted.slice(-28)}.${n}`;
    this.names.add(name);
    return name;
  }
}

function processKey({ pid, tgid }: FtraceLine): string {
  return tgid === undefined ? `pid ${pid}` : `tgid ${tgid}`;
}

/** A command name as the name of a process. */
function taskName(comm: string): string {
  const name = comm
    .trim()
    .replaceAll(/[^\w.+-]/g, '_')
    .slice(0, 15);
  return /^[A-Za-z0-9_]/.test(name) ? name : `_${name}`;
}

type TracedSyscall =
  | { readonly phase: 'enter'; readonly name: string; readonly args: ReadonlyMap<string, string> }
  | { readonly phase: 'exit'; readonly name: string; readonly value: bigint };

/** A syscall event: of `syscalls` or `raw_syscalls`, in the words of the kernel or of trace-cmd. */
function syscallOf(event: string, rest: string): TracedSyscall | undefined {
  if (event === 'sys_enter' || event === 'sys_exit') {
    const [, number, words = ''] = /^NR (\d{1,4}) (.*)$/.exec(rest) ?? [];
    const name = X86_64_SYSCALLS[Number(number)];
    if (name === undefined) return undefined;
    if (event === 'sys_exit') return exitOf(name, words.replace(/^= /, ''));
    const values = words.replaceAll(/[()]/g, '').split(/, ?/);
    return {
      phase: 'enter',
      name,
      args: new Map((SYSCALL_ARGUMENTS[name] ?? []).map((key, i) => [key, values[i] ?? ''])),
    };
  }
  // `sys_exit_group` is a syscall and not the end of one.
  const [, phase, name = ''] = /^sys_(enter_|exit_(?!group$))?(\w+)$/.exec(event) ?? [];
  if (!Object.hasOwn(SYSCALL_ARGUMENTS, name)) return undefined;
  if (phase === 'exit_' || rest.startsWith('->')) return exitOf(name, rest.replace(/^-> ?/, ''));
  return {
    phase: 'enter',
    name,
    args: new Map(
      [...rest.matchAll(/(\w+): ((?:0x)?[\da-f]+(?: "[^"]*")?|"[^"]*")/g)].map(
        ([, key = '', value = '']) => [key, value],
      ),
    ),
  };
}

function exitOf(name: string, text: string): TracedSyscall | undefined {
  const [word] = /-?(?:0x[\da-f]{1,16}|\d{1,19})/.exec(text) ?? [];
  if (word === undefined) return undefined;
  const value = word.startsWith('-') ? -BigInt(word.slice(1)) : BigInt(word);
  return { phase: 'exit', name, value: BigInt.asIntN(64, value) };
}

interface TracedProbe {
  readonly name: string;
  readonly returns: boolean;
  readonly value: bigint | undefined;
}

/** A kprobe `(function+0x0/0x10 [module]) …`, a kretprobe `(caller+0x1 <- function) ret=0x0`, or a line of the function tracer. */
function probeOf(event: string, rest: string): TracedProbe | undefined {
  const [, returned] = /<-\s*([\w.]+)/.exec(rest) ?? [];
  const base = (symbol: string): string => symbol.replace(/\.(isra|constprop|part|cold).*$/, '');
  const [, symbol] = /^\(([A-Za-z_][\w.]*)\+0x0\b/.exec(rest) ?? [];
  if (rest.startsWith('(') && returned !== undefined) return returnOf(base(returned), rest);
  if (symbol !== undefined) return { name: base(symbol), returns: false, value: undefined };
  if (rest.startsWith('<-')) return { name: base(event), returns: false, value: undefined };
  if (!/^\((0x)?[\da-f]+/.test(rest)) return undefined;
  return event.endsWith('__ret')
    ? returnOf(event.slice(0, -'__ret'.length), rest)
    : { name: event, returns: false, value: undefined };
}

function returnOf(name: string, rest: string): TracedProbe {
  const [, value] = /\bret=(0x[\da-f]{1,16}|-?\d{1,19})/.exec(rest) ?? [];
  return {
    name,
    returns: true,
    value:
      value === undefined
        ? undefined
        : value.startsWith('-')
          ? -BigInt(value.slice(1))
          : BigInt(value),
  };
}

function pathIn(text: string): string | undefined {
  return /"(\/dev\/[^"]{1,64})"/.exec(text)?.[1];
}

function hex(text: string | undefined): bigint | undefined {
  const [, digits] = /^(?:0x)?([\da-f]{1,16})/.exec(text ?? '') ?? [];
  return digits === undefined ? undefined : BigInt(`0x${digits}`);
}
