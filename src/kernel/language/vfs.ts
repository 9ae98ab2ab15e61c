import type { ObjectType, Routine, StepSpec } from './design';
import {
  branch,
  enumValues,
  eq,
  fail,
  fdInstall,
  fdRemove,
  fget,
  forEach,
  fput,
  free,
  goto,
  live,
  ret,
  staticBranch,
} from './primitives';
import type { Op, StatePath } from './primitives';

/** `file.f_op`, by index. */
export const F_OP = enumValues('parked', 'normal');

/** struct file, part of every design. */
export const FILE_TYPE: ObjectType = {
  type: 'file',
  role: 'file',
  per: 'file',
  name: '{file}',
  lifetime: {},
  about: 'An open file description: what dup, fork and SCM_RIGHTS share.',
  fields: {
    f_count: { kind: 'refcount', hi: 31 },
    f_op: { kind: 'enum', values: Object.keys(F_OP), init: F_OP.normal.enumValue },
  },
};

export const FD_TYPE: ObjectType = {
  type: 'fd',
  role: 'fd',
  per: 'fd',
  name: '{process}:{fd}',
  about: 'An entry in the fd table of a process.',
  fields: { installed: { kind: 'bool' } },
};

/** A mapping of a file in a process. Its reference on the file outlives the fd. */
export const VMA_TYPE: ObjectType = {
  type: 'vm_area_struct',
  role: 'vma',
  per: 'mapping',
  name: '{mapping}',
  lifetime: {},
  about: 'A mapping of a file. It holds a reference on the file until munmap or exit.',
  fields: { vm_file: { kind: 'link', type: 'file', edge: 'reference' } },
};

/** close(2): removes the fd, then drops the file reference; the release callback runs at return to user. */
export const CLOSE_ROUTINE: Routine = {
  name: 'close',
  cite: 'fs/open.c and fs/file_table.c, v6.6',
  steps: [
    {
      id: 'FILE.1',
      title: 'remove the fd from the table and drop its file reference',
      ops: [fdRemove('fd/fd'), fput('fd/file'), ret()],
      confidence: 'MEM',
    },
  ],
};

/** close(2) of an fd that may already be closed: lookup and removal in one step, as under files->file_lock. */
export const CLOSE_CHECKED_ROUTINE: Routine = {
  ...CLOSE_ROUTINE,
  steps: CLOSE_ROUTINE.steps.map((step) => ({
    ...step,
    ops: [branch(eq('fd/fd.installed', 0), [fail('EBADF', 'the fd is not open')]), ...step.ops],
  })),
};

/** dup, fork or SCM_RIGHTS: a second fd for the same struct file. */
export const PASS_FD_ROUTINE: Routine = {
  name: 'receive_fd',
  cite: 'fs/file.c and net/core/scm.c, v6.6',
  steps: [
    {
      id: 'FILE.2',
      title: 'take a file reference and install the fd in the receiver',
      ops: [fget('fd/file'), fdInstall(), ret()],
      confidence: 'MEM',
    },
  ],
};

/** Removes every mapping of the fd, or of the process. */
const unmap = (matchOn: 'fd' | 'process'): Op =>
  forEach('vma', matchOn, 'vma', [branch(live('vma'), [fput('vma.vm_file'), free('vma')])]);

/** munmap(2) of all that an fd was mapped for. It takes an address, so the fd may be closed. */
export const MUNMAP_ROUTINE: Routine = {
  name: 'munmap',
  cite: 'mm/mmap.c, v6.6, remove_vma',
  steps: [
    {
      id: 'MUNMAP.1',
      title: 'remove the mapping and drop its file reference',
      ops: [unmap('fd'), ret()],
      confidence: 'MEM',
    },
  ],
};

/**
 * The exit of a process, after its threads have ended: the address space goes first, then the fds in ascending order. Each
 * only drops a reference; the release callbacks run in exit_task_work. `ofDesign`: what else the process leaves.
 */
export function processExitRoutine(ofDesign: readonly StepSpec[] = []): Routine {
  return {
    name: 'do_exit',
    cite: 'kernel/exit.c, v6.6, do_exit',
    steps: [
      {
        id: 'EXIT.1',
        title: 'tear down the address space: each mapping drops its file reference',
        cite: 'kernel/exit.c and mm/mmap.c, v6.6, exit_mm and exit_mmap',
        ops: [unmap('process')],
      },
      {
        id: 'EXIT.2',
        title: 'close the lowest fd that is open, until none is',
        cite: 'fs/file.c, v6.6, exit_files and close_files',
        ops: [
          forEach('fd', 'process', 'fd', [
            branch(eq('fd.installed', 1), [fdRemove('fd'), fput('fd.file'), goto('EXIT.2')]),
          ]),
        ],
      },
      ...ofDesign,
      {
        id: 'EXIT.3',
        title: 'run the release callbacks that were queued',
        cite: 'kernel/exit.c and kernel/task_work.c, v6.6, exit_task_work',
        ops: [ret()],
      },
    ],
  };
}

/** A kind of file without f_op->release. */
export const EMPTY_RELEASE_ROUTINE: Routine = {
  name: '__fput',
  cite: 'fs/file_table.c, v6.6',
  steps: [{ id: 'FILE.3', title: 'free the struct file', ops: [ret()], confidence: 'MEM' }],
};

/** Path lookup of a device node, which `node` says exists. It is one step with what follows, so a node cannot go in between. */
export function findDeviceNode(node: StatePath): readonly Op[] {
  return [staticBranch('stale-node', [], [branch(eq(node, 0), [failWithoutNode])])];
}

export const failWithoutNode: Op = fail('ENOENT', 'there is no such node in /dev');
