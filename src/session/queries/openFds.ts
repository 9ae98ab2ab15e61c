import { evaluate } from '../../kernel/language/expressions';
import type { FileKind } from '../../kernel/language/world';
import type { Snapshot } from '../trace/replay';

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

/** The fd table of a process now. */
export function openFds({ program, state }: Snapshot, process: string): readonly OpenFd[] {
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
            fops:
              file.normalAccess && (evaluate(file.normalAccess, state) === 0 ? 'parked' : 'normal'),
          },
        ]
      : [];
  });
}
