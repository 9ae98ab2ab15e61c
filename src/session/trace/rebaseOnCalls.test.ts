import { expect, it } from 'vitest';
import { currentWait, nextStep } from '../../kernel/machine/machine';
import type { Call } from '../../kernel/language/world';
import { runCall, seekTo, startCall, stepTask } from '../actions/stepping';
import type { Session } from '../store/session';
import { sessionOf } from '../testing/sessionOf';
import { leavePendingCalls } from './pendingCalls';
import { branchPath, currentSnapshot, snapshotAt, taskByName } from './replay';
import type { Run } from './run';

const open = (by: string, fd: string, ictx: string): readonly Call[] => [
  { by, call: 'open_cdev', device: 'vfio0', as: fd },
  { by, call: 'open_iommufd', as: ictx },
];
const bindQemu: Call = { by: 'qemu', call: 'bind_iommufd', fd: 'fd1', iommufd: 'ictx1' };
const bindDpdk: Call = { by: 'dpdk', call: 'bind_iommufd', fd: 'fd2', iommufd: 'ictx2' };

/** qemu is in its bind and holds the lock of the device set, dpdk waits for it in its own bind. */
function contended(): Session {
  const session = sessionOf('bind-race');
  for (const call of open('qemu', 'fd1', 'ictx1')) runCall(session, call);
  startCall(session, bindQemu);
  for (let i = 0; i < 8; i++) stepTask(session, 'qemu');
  for (const call of [...open('dpdk', 'fd2', 'ictx2'), bindDpdk]) runCall(session, call);
  return session;
}

function waitOf(session: Session, task: string): string | undefined {
  const { program, state } = currentSnapshot(session.getState());
  const wait = currentWait(program, state, taskByName(program, task).index);
  return wait && JSON.stringify(wait);
}

const stepNames = (session: Session): readonly string[] =>
  branchPath(session.getState()).flatMap((node) => snapshotAt(node).step?.name ?? []);

it('keeps a task at its step if the new call gives an earlier call more steps', () => {
  const session = contended();
  const before = { wait: waitOf(session, 'dpdk'), steps: stepNames(session) };
  expect(before.wait).toContain('mutex');
  // A second thread closes the fd: the bind looks it up with a file reference, which is one step more.
  runCall(session, { by: 'dpdk', call: 'close', fd: 'fd2' });
  expect(waitOf(session, 'dpdk')).toBe(before.wait);
  const after = stepNames(session);
  const added = after.filter((name) => name.endsWith('/FILE.0'));
  expect(added).toEqual(['upstream/bind_iommufd/FILE.0']);
  expect(after.filter((name) => !added.includes(name)).slice(0, before.steps.length)).toEqual(
    before.steps,
  );
});

it('keeps a task at its step if the calls that are left gave it more steps', () => {
  const session = sessionOf('container-dropped');
  const isLookup = (name: string): boolean => name.endsWith('/FILE.0');
  const lookup = branchPath(session.getState()).find((node) =>
    isLookup(snapshotAt(node).step?.name ?? ''),
  );
  if (!lookup) throw new Error('no step looks up an fd that can be closed');
  seekTo(session, lookup.depth);
  const nextName = (run: Run): string | undefined => {
    const { program, state } = currentSnapshot({ run });
    return nextStep(program, state, taskByName(program, 'legacy/2').index)?.name;
  };
  const { run } = session.getState();
  const left = leavePendingCalls(run);
  // Without the pending close of the fd, the lookup takes no reference and is no step.
  expect(left.cursor).toBe(run.cursor - 1);
  expect(nextName(left)).toBe(nextName(run));
});
