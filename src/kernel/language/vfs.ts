import type { ObjectType, Routine } from './design';
import {
  branch,
  enumValues,
  eq,
  fail,
  fdInstall,
  fdRemove,
  fget,
  fput,
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

/** close(2): removes the fd, then drops the file reference; the release callback runs at return to user. */
export const CLOSE_ROUTINE: Routine = {
  name: 'close',
  cite: 'fs/open.c and fs/file_table.c, v6.6',
  steps: [
    {
      id: 'FILE.1',
      title: 'remove the fd from the table and drop its file reference',
      ops: [fdRemove(), fput('fd/file'), ret()],
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
