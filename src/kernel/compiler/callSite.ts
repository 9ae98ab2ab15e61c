import type { DesignModel, Routine, StepSpec } from '../language/design';
import type { InstanceKey } from '../language/instanceKey';
import { mappingNames, resultName, vmOwners } from './instances';
import type { Instances } from './instances';
import { callBodyOf, routineOf } from '../language/design';
import { eq, fail, fget, branch } from '../language/primitives';
import type { IommufdArgument, StaticCondition } from '../language/primitives';
import {
  CLOSE_ROUTINE,
  CLOSE_CHECKED_ROUTINE,
  MUNMAP_ROUTINE,
  PASS_FD_ROUTINE,
} from '../language/vfs';
import { callIndexOf, FIRST_FD, isVfsCall, processOf } from '../language/world';
import type { Call } from '../language/world';

/** One call of a scenario, resolved: the instances that its arguments name, its routine, the calls it depends on. */
export class CallSite {
  constructor(
    readonly call: Call,
    readonly index: number,
    private readonly model: DesignModel,
    private readonly calls: readonly Call[],
    private readonly instances: Instances,
  ) {}

  /** Where its roles start: the file that it creates, else its fd argument, else its device. */
  ownKey(): InstanceKey {
    const process = processOf(this.call.by);
    const created = this.instances.files.find((f) => f.call === this.index);
    if (created) return created.key;
    const fd = this.call.fd ?? this.call.iommufd;
    if (fd !== undefined) {
      const key = this.instances.fdKey(fd)!;
      if (this.call.call === 'ioas_alloc')
        return { ...key, ioas: resultName(this.call, this.index) };
      const mapping = mappingNames(this.calls).find(([call]) => call === this.call)?.[1];
      return mapping === undefined ? key : { ...key, mapping };
    }
    if (this.call.kvm !== undefined) return { process, kvm: this.call.kvm };
    return this.call.device === undefined
      ? { process }
      : { ...this.instances.deviceKey(this.call.device)!, process };
  }

  /** The instances of its arguments, by argument name. */
  argumentKeys(): Record<string, InstanceKey> {
    const args: Record<string, InstanceKey> = {};
    for (const arg of ['fd', 'iommufd', 'container', 'object'] as const) {
      const name = this.call[arg];
      const key =
        name === undefined
          ? undefined
          : (this.instances.fdKey(name) ??
            this.instances.ioasKey(name) ??
            this.instances.hwptKey(name));
      if (key) args[arg] = key;
    }
    if (this.call.ioas !== undefined) args['ioas'] = this.instances.ioasKey(this.call.ioas)!;
    if (this.call.hwpt !== undefined) args['ioas'] = this.instances.hwptKey(this.call.hwpt)!;
    if (this.call.call === 'hwpt_alloc') {
      args['ioas'] = this.instances.hwptKey(resultName(this.call, this.index))!;
      const bound = this.boundFile();
      if (bound) args['bound'] = bound;
    }
    if (this.call.call === 'ioas_alloc')
      args['ioas'] = this.instances.ioasKey(resultName(this.call, this.index))!;
    this.call.groups?.forEach((name, i) => {
      args[`groups.${i}`] = this.instances.fdKey(name)!;
    });
    if (this.call.kvm !== undefined) args['kvm'] = { kvm: this.call.kvm };
    if (this.call.device !== undefined)
      args['device'] = this.instances.deviceKey(this.call.device)!;
    return args;
  }

  /** The first device file that some call binds to the iommufd of this call. */
  private boundFile(): InstanceKey | undefined {
    const { iommufd, device } = this.call;
    if (iommufd === undefined) return undefined;
    const { file } = this.instances.fdKey(iommufd)!;
    return this.calls
      .filter((c) => c.call === 'bind_iommufd' && this.instances.fdKey(c.iommufd!)?.file === file)
      .map((c) => this.instances.fdKey(c.fd!)!)
      .find((key) => key.fileKind === 'cdev' && key.device === device);
  }

  /** Its routine in this design. */
  routine(): Routine {
    const { call } = this.call;
    if (!isVfsCall(call)) {
      const body = callBodyOf(this.model, call);
      if (!body) throw new Error(`the design has no call ${call}`);
      return routineOf(body, this.kindOf(this.call.fd ?? this.call.iommufd));
    }
    switch (call) {
      case 'close':
        return this.fdMayBeClosedBefore() ? CLOSE_CHECKED_ROUTINE : CLOSE_ROUTINE;
      case 'pass_fd':
        return PASS_FD_ROUTINE;
      case 'munmap':
        return MUNMAP_ROUTINE;
    }
  }

  private kindOf(fd: string | undefined): string | undefined {
    return fd === undefined ? undefined : this.instances.fdKey(fd)?.fileKind;
  }

  /** The value of a static condition. */
  evaluateStatic(test: StaticCondition): boolean {
    if (typeof test !== 'string') {
      const name =
        this.call[test.arg as 'fd' | 'iommufd' | 'container' | 'object' | 'ioas'] ??
        (test.arg === 'ioas' ? this.call.hwpt : undefined);
      const ioas =
        name === undefined
          ? undefined
          : (this.instances.ioasKey(name) ?? this.instances.hwptKey(name));
      return (
        test.kinds.includes(this.kindOf(name) ?? (ioas ? 'ioas' : 'none')) ||
        (ioas?.fileKind !== undefined && test.kinds.includes(ioas.fileKind))
      );
    }
    switch (test) {
      case 'kvm-of-process':
        return vmOwners(this.calls).get(this.call.kvm!) === processOf(this.call.by);
      case 'device-in-group':
        return (
          this.instances.fdKey(this.call.fd!)?.group ===
          this.instances.deviceKey(this.call.device!)?.group
        );
      case 'no-groups':
        return (this.call.groups ?? []).length === 0;
      case 'scenario-resets':
        return this.calls.some((c) => c.call === 'hot_reset');
      case 'more-groups-than-devices': {
        const { devset } = this.ownKey();
        return (
          (this.call.groups ?? []).length >
          this.instances.keys.device.filter((d) => d.devset === devset).length
        );
      }
      case 'object-is-ioas':
        return this.instances.ioasKey(this.call.object!) !== undefined;
      case 'object-is-hwpt':
        return this.instances.hwptKey(this.call.object!) !== undefined;
      case 'device-is-bound':
        return this.boundFile() !== undefined;
      case 'attaches-hwpt':
        return this.call.hwpt !== undefined;
      case 'same-iommufd': {
        const file = this.instances.fdKey(this.call.iommufd!)?.file;
        const name = this.call.object ?? this.call.ioas!;
        const ioas = this.instances.ioasKey(name) ?? this.instances.hwptKey(name);
        return ioas === undefined || ioas.file === file;
      }
      case 'noiommu-in-scenario':
        return this.instances.counts.world.devices.some((d) => d.noiommu === true);
      case 'stale-node':
        return this.instances.counts.world.devices.some(
          (d) => d.name === this.call.device && d.staleNode === true,
        );
    }
  }

  /** The number of the caller's fd of an iommufd; 0 if it has none. */
  fdNumber(arg: IommufdArgument): number {
    const process = processOf(this.call.by);
    const own = this.instances.fds
      .filter((fd) => fd.process === process)
      .toSorted((a, b) => a.call - b.call);
    const { iommufd, ioas } = this.call;
    const index =
      arg === 'iommufd'
        ? own.findIndex((fd) => fd.name === iommufd)
        : own.findIndex((fd) => fd.file === this.instances.ioasKey(ioas ?? '')?.file);
    return index < 0 ? 0 : FIRST_FD + index;
  }

  /** Indices of the calls whose results this call uses. */
  needs(): number[] {
    const names = [
      this.call.fd,
      this.call.iommufd,
      this.call.ioas,
      this.call.hwpt,
      this.call.object,
      this.call.container,
      ...(this.call.groups ?? []),
    ].filter((n) => n !== undefined);
    return this.calls.flatMap((c, i) =>
      i !== this.index && names.includes(resultName(c, i)) ? [i] : [],
    );
  }

  /** Indices of the calls of other tasks that must have ended before this one begins. */
  after(): number[] {
    const named = (this.call.after ?? [])
      .map((reference) => callIndexOf(this.calls, reference))
      .filter((i) => i >= 0 && this.calls[i]!.by !== this.call.by);
    return [...new Set([...named, ...this.beforeExit()])];
  }

  /** A process exits after the last call of each of its other threads, and after each call that gives it an fd. */
  private beforeExit(): number[] {
    if (this.call.call !== 'process_exit') return [];
    const { by } = this.call;
    const process = processOf(by);
    return this.calls.flatMap((c, i) => {
      if (c.by === by || c.call === 'process_exit' || isAfterExit(this.calls, i)) return [];
      const next = this.calls.find((d, j) => j > i && d.by === c.by);
      const isLastOfThread =
        processOf(c.by) === process && (next === undefined || next.call === 'process_exit');
      const givesFd = c.call === 'pass_fd' && c.to === process;
      return isLastOfThread || givesFd ? [i] : [];
    });
  }

  /** Whether the task has exited before this call. */
  isAfterExit(): boolean {
    return isAfterExit(this.calls, this.index);
  }

  /** Whether the call takes its fd argument from the fd table; the others only name it. */
  looksUpFd(): boolean {
    return this.call.call !== 'close' && this.call.call !== 'munmap';
  }

  /** Whether another task can close the fd while the call runs; the call then holds a file reference. */
  fdMayBeClosedDuring(): boolean {
    const fd = this.call.fd ?? this.call.iommufd;
    return (
      fd !== undefined &&
      this.calls.some((c) => c.call === 'close' && c.fd === fd && c.by !== this.call.by)
    );
  }

  /** Whether the fd can be closed before the call. */
  private fdMayBeClosedBefore(): boolean {
    const fd = this.call.fd ?? this.call.iommufd;
    return (
      fd !== undefined &&
      this.calls.some(
        (c, i) =>
          c.call === 'close' &&
          c.fd === fd &&
          c !== this.call &&
          (c.by !== this.call.by || i < this.index),
      )
    );
  }

  /** fdget(): looks up an fd that may already be closed. CLOSE_CHECKED_ROUTINE does this itself. */
  entrySteps(): readonly StepSpec[] {
    if (!this.looksUpFd() || !this.fdMayBeClosedBefore()) return [];
    const arg = this.call.fd === undefined ? 'iommufd' : 'fd';
    const closed = branch(eq(`${arg}/fd.installed`, 0), [fail('EBADF', 'the fd is not open')]);
    return [
      {
        id: 'FILE.0',
        title: 'look up the fd',
        cite: 'fs/file.c, v6.6',
        confidence: 'MEM',
        ops: this.fdMayBeClosedDuring() ? [closed, fget(`${arg}/file`)] : [closed],
      },
    ];
  }
}

function isAfterExit(calls: readonly Call[], index: number): boolean {
  const { by } = calls[index]!;
  return calls.slice(0, index).some((c) => c.by === by && c.call === 'process_exit');
}
