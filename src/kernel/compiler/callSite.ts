import type { DesignModel, Routine, StepSpec } from '../language/design';
import type { InstanceKey } from '../language/instanceKey';
import { resultName } from './instances';
import type { Instances } from './instances';
import { routineOf } from '../language/design';
import { eq, fail, fget, branch } from '../language/primitives';
import type { StaticCondition } from '../language/primitives';
import { CLOSE_ROUTINE, CLOSE_CHECKED_ROUTINE, PASS_FD_ROUTINE } from '../language/vfs';
import { processOf } from '../language/world';
import type { Call, World } from '../language/world';

/** One call of a scenario in its surroundings: what its names stand for, which routine it runs, what it depends on. */
export class CallSite {
  constructor(
    readonly call: Call,
    readonly index: number,
    private readonly model: DesignModel,
    private readonly world: World,
    private readonly calls: readonly Call[],
    private readonly instances: Instances,
  ) {}

  /** Where its roles start: the file that it makes, else the one that it is made on, else its device. */
  ownKey(): InstanceKey {
    const process = processOf(this.call.by);
    const made = this.instances.files.find((f) => f.call === this.index);
    if (made) return made.key;
    const fd = this.call.fd ?? this.call.iommufd;
    if (fd !== undefined) {
      const at = this.instances.fdKey(fd)!;
      return this.call.call === 'ioas_alloc'
        ? { ...at, ioas: resultName(this.call, this.index) }
        : at;
    }
    return this.call.device === undefined
      ? { process }
      : { ...this.instances.deviceKey(this.call.device)!, process };
  }

  /** What its arguments stand for, by argument name. */
  argumentKeys(): Record<string, InstanceKey> {
    const args: Record<string, InstanceKey> = {};
    for (const arg of ['fd', 'iommufd', 'container', 'object'] as const) {
      const name = this.call[arg];
      const anchor =
        name === undefined
          ? undefined
          : (this.instances.fdKey(name) ?? this.instances.ioasKey(name));
      if (anchor) args[arg] = anchor;
    }
    if (this.call.ioas !== undefined) args['ioas'] = this.instances.ioasKey(this.call.ioas)!;
    if (this.call.call === 'ioas_alloc')
      args['ioas'] = this.instances.ioasKey(resultName(this.call, this.index))!;
    if (this.call.kvm !== undefined) args['kvm'] = { kvm: this.call.kvm };
    if (this.call.device !== undefined)
      args['device'] = this.instances.deviceKey(this.call.device)!;
    return args;
  }

  /** The routine that it runs in this design. */
  routine(): Routine {
    if (this.call.call === 'close')
      return this.fdMayBeClosedBefore() ? CLOSE_CHECKED_ROUTINE : CLOSE_ROUTINE;
    if (this.call.call === 'pass_fd') return PASS_FD_ROUTINE;
    return routineOf(
      this.model.calls[this.call.call],
      this.kindOf(this.call.fd ?? this.call.iommufd),
    );
  }

  private kindOf(fd: string | undefined): string | undefined {
    return fd === undefined ? undefined : this.instances.fdKey(fd)?.fileKind;
  }

  /** The answer to a test that the scenario alone decides. */
  evaluateStatic(test: StaticCondition): boolean {
    if (typeof test !== 'string') {
      const name = this.call[test.arg as 'fd' | 'iommufd' | 'container' | 'object' | 'ioas'];
      const ioas = name === undefined ? undefined : this.instances.ioasKey(name);
      return (
        test.kinds.includes(this.kindOf(name) ?? (ioas ? 'ioas' : 'none')) ||
        (ioas?.fileKind !== undefined && test.kinds.includes(ioas.fileKind))
      );
    }
    switch (test) {
      case 'device-in-group':
        return (
          this.instances.fdKey(this.call.fd!)?.group ===
          this.instances.deviceKey(this.call.device!)?.group
        );
      case 'object-is-ioas':
        return this.instances.ioasKey(this.call.object!) !== undefined;
      case 'same-iommufd': {
        const file = this.instances.fdKey(this.call.iommufd!)?.file;
        const ioas = this.instances.ioasKey(this.call.object ?? this.call.ioas!);
        return ioas === undefined || ioas.file === file;
      }
      case 'kernel-driver-in-group': {
        const group =
          (this.call.device === undefined
            ? undefined
            : this.instances.deviceKey(this.call.device)?.group) ??
          this.instances.fdKey(this.call.fd!)?.group;
        return this.world.devices.some((d) => d.group === group && d.kernelDriver === true);
      }
    }
  }

  /** Calls whose result names this call uses. */
  needs(): number[] {
    const names = [
      this.call.fd,
      this.call.iommufd,
      this.call.ioas,
      this.call.object,
      this.call.container,
    ].filter((n) => n !== undefined);
    return this.calls.flatMap((c, i) =>
      i !== this.index && names.includes(resultName(c, i)) ? [i] : [],
    );
  }

  /** Whether another task may close the fd while the call runs: then the call holds a file reference. */
  fdMayBeClosedDuring(): boolean {
    const fd = this.call.fd ?? this.call.iommufd;
    return (
      fd !== undefined &&
      this.calls.some((c) => c.call === 'close' && c.fd === fd && c.by !== this.call.by)
    );
  }

  /** Whether a close of the call's fd may come before it. */
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

  /** fdget(): what an fd argument goes through where somebody may have closed it. A close looks and takes in one step. */
  entrySteps(): readonly StepSpec[] {
    if (this.call.call === 'close' || !this.fdMayBeClosedBefore()) return [];
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
