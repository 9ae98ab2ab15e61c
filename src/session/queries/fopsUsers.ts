import { evaluate } from '../../kernel/language/expressions';
import { snapshotAt, type Snapshot } from '../trace/replay';
import type { TraceNode } from '../trace/traceTree';

/** A file that has certain fops now. */
export interface FopsUser {
  readonly file: string;
  /** The processes that have it open, and their fds. */
  readonly openers: readonly { readonly process: string; readonly fd: string }[];
  /** Since which depth it has them, and the step that installed them: `qemu BIND.16`; undefined if since the start. */
  readonly since: { readonly depth: number; readonly by: string } | undefined;
}

/** Every file with the given fops, in program order. */
export function fopsUsers(
  snapshot: Snapshot,
  path: readonly TraceNode[],
  fops: 'parked' | 'normal',
): readonly FopsUser[] {
  const { program, state } = snapshot;
  return program.files.flatMap(({ name }, index): FopsUser[] => {
    if (fopsOfFile(snapshot, name) !== fops) return [];
    const openers = program.fds
      .filter(({ file, installed }) => file === index && state[installed] === 1)
      .map(({ process, name: fd }) => ({ process, fd }));
    const first = firstWithFops(snapshot, path, name, fops);
    const { depth } = first.node;
    const by = [first.program.tasks[first.task ?? -1]?.name, first.step?.id]
      .filter(Boolean)
      .join(' ');
    return [{ file: name, openers, since: depth === 0 ? undefined : { depth, by } }];
  });
}

/** The earliest snapshot since which the file has had these fops without a break. */
function firstWithFops(
  snapshot: Snapshot,
  path: readonly TraceNode[],
  file: string,
  fops: 'parked' | 'normal',
): Snapshot {
  let first = snapshot;
  for (const node of path.slice(0, snapshot.node.depth).toReversed()) {
    const before = snapshotAt(node);
    if (fopsOfFile(before, file) !== fops) break;
    first = before;
  }
  return first;
}

/** The fops of a file; undefined if the file does not exist now or never reaches the driver. */
function fopsOfFile({ program, state }: Snapshot, name: string): 'parked' | 'normal' | undefined {
  const file = program.files.find((each) => each.name === name);
  const lifetime = program.objects[file?.object ?? -1]?.lifetime;
  if (!file?.normalAccess || lifetime === undefined || state[lifetime] !== 1) return undefined;
  return evaluate(file.normalAccess, state) === 0 ? 'parked' : 'normal';
}
