import { evaluate } from '../../kernel/language/expressions';
import { snapshotAt, type Snapshot } from '../trace/replay';
import type { TraceNode } from '../trace/traceTree';

/** A file whose calls go through a table of file operations now. */
export interface FopsUser {
  readonly file: string;
  /** Who has it open, and as what: `qemu: fd1`. */
  readonly openers: readonly { readonly process: string; readonly fd: string }[];
  /** Depth since when, and who brought it there: `qemu BIND.16`; undefined where the run began with it. */
  readonly since: { readonly depth: number; readonly by: string } | undefined;
}

/** Every file behind a table, in the order of the program. */
export function fopsUsers(
  frame: Snapshot,
  moments: readonly TraceNode[],
  table: 'parked' | 'normal',
): readonly FopsUser[] {
  return frame.program.files.flatMap(({ name }, index): FopsUser[] => {
    if (fopsOfFile(frame, name) !== table) return [];
    const openers = frame.program.fds
      .filter(({ file, installed }) => file === index && frame.state[installed] === 1)
      .map(({ process, name: fd }) => ({ process, fd }));
    let first: Snapshot = frame;
    for (const moment of moments.slice(0, frame.node.depth).toReversed()) {
      const before = snapshotAt(moment);
      if (fopsOfFile(before, name) !== table) break;
      first = before;
    }
    const {
      step,
      task,
      node: { depth },
    } = first;
    return [
      {
        file: name,
        openers,
        since:
          depth === 0
            ? undefined
            : {
                depth,
                by: [first.program.tasks[task ?? -1]?.name, step?.id].filter(Boolean).join(' '),
              },
      },
    ];
  });
}

/** The table that a file's calls go through; undefined where there is none such, or no file yet or any more. */
function fopsOfFile({ program, state }: Snapshot, name: string): 'parked' | 'normal' | undefined {
  const file = program.files.find((each) => each.name === name);
  const life = program.objects[file?.object ?? -1]?.lifetime;
  return file?.normalAccess && life !== undefined && state[life] === 1
    ? evaluate(file.normalAccess, state)
      ? 'normal'
      : 'parked'
    : undefined;
}
