import { expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { seekTo } from '../actions/stepping';
import { sessionOf } from '../testing/sessionOf';
import { branchPath, snapshotAt } from '../trace/replay';
import { speakerNotes } from './speakerNotes';

registerDesigns(DESIGNS);

it('has ready what the step changes, who holds and waits, the errno and what comes next', () => {
  const session = sessionOf('first-race');
  const depthOf = (task: string, step: string): number =>
    branchPath(session.getState()).findIndex((node) => {
      const { program, step: made, task: index } = snapshotAt(node);
      return made?.id === step && program.tasks[index ?? -1]?.name === task;
    });
  seekTo(session, depthOf('qemu', 'BIND.10'));
  expect(speakerNotes(session.getState()).pointAt).toEqual(['vfio0.open_count: 0 → 1']);

  seekTo(session, depthOf('dpdk', 'BIND.5'));
  const waits = speakerNotes(session.getState());
  expect(waits.facts).toEqual([
    'qemu holds devset vfio0.lock',
    'dpdk waits for devset vfio0.lock, held by qemu',
  ]);
  expect(waits.next).toEqual([expect.stringMatching(/^qemu: .+ \(BIND\.\d+.*\)$/)]);

  seekTo(session, depthOf('dpdk', 'BIND.9'));
  expect(speakerNotes(session.getState()).facts).toContain('-EINVAL: the device is already open');

  seekTo(session, 0);
  expect(speakerNotes(session.getState()).next).toContain('qemu: open_cdev(vfio0)');
});
