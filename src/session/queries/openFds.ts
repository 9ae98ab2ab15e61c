import { evaluate } from '../../kernel/language/expressions';
import type { FileKind } from '../../kernel/language/world';
import type { Snapshot } from '../trace/replay';

/** An fd that a process has open. */
export interface OpenFd {
  readonly name: string;
  readonly kind: FileKind;
  readonly device: string | undefined;
  readonly group: string | undefined;
  /** Name of its struct file. */
  readonly file: string;
  /** Whether its calls reach the driver; undefined for kinds that never do. */
  readonly fops: 'parked' | 'normal' | undefined;
}

/** The fd table of a process. */
export function openFds({ program, state }: Snapshot, process: string): readonly OpenFd[] {
  return program.fds.flatMap((fd): OpenFd[] => {
    const file = program.files[fd.file];
    if (!file || fd.process !== process || state[fd.installed] !== 1) return [];
    const { kind, device, group, name, normalAccess } = file;
    const fops = normalAccess && (evaluate(normalAccess, state) === 0 ? 'parked' : 'normal');
    return [{ name: fd.name, kind, device, group, file: name, fops }];
  });
}
