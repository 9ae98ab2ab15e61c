import { cpuUsage } from 'node:process';
import { describe, expect, it } from 'vitest';
import { branchPath, currentSnapshot } from '../trace/replay';
import { makeStoredBranches, openStoredBranches } from './storedBranches';
import { runCall, seekTo, stepTask } from '../actions/stepping';
import { openPermalink, permalinkOf } from './permalink';
import type { Session } from '../store/session';
import { pathTo } from '../trace/traceTree';
import { currentBranch, type Run } from '../trace/run';
import { renameBranch, switchBranch } from '../actions/branches';
import { showCounterexample } from '../actions/showCounterexample';
import { fuzzRounds, InputTimes } from '../../scenario/testing/fuzzRounds';
import { seededRandom } from '../../scenario/run/seededRandom';
import { sessionOf } from '../testing/sessionOf';

/** Four branches: the recorded one, a fork of it, one with the user's own call, and a fork of that one. */
function branchedSession(): Session {
  const session = sessionOf('bind-race');
  seekTo(session, 20);
  stepTask(session, 'dpdk');
  renameBranch(session, 2, 'dpdk cuts in');
  runCall(session, { by: 'driver', call: 'unregister_device', device: 'vfio0' });
  seekTo(session, 21);
  stepTask(session, 'qemu');
  return session;
}

/** The session that a reload of an address restores. */
function reloadedRun(
  session: Session,
  change: (text: string) => string = (text) => text,
  hash = permalinkOf(session.getState()),
): Run {
  const opened =
    openStoredBranches(hash, change(makeStoredBranches(session.getState(), URL_BEFORE))) ??
    openPermalink(hash);
  if (!opened.ok) throw new Error(opened.message);
  return opened.run;
}

/** The hash before the address was updated. */
const URL_BEFORE = permalinkOf(sessionOf('bind-race').getState());

const runShape = (run: Run): unknown => ({
  branch: run.branchId,
  cursor: run.cursor,
  branches: run.branches.map(({ id, name, forkedFrom: from, tip }) => ({
    id,
    name,
    from,
    state: [...currentSnapshot({ run: { ...run, branchId: id, cursor: tip.depth } }).state],
  })),
});

describe('stored branches', () => {
  it('are restored after a reload, with their names, in their trees, whichever is current', () => {
    const session = branchedSession();
    for (const { id } of session.getState().run.branches) {
      switchBranch(session, id);
      const run = reloadedRun(session);
      expect(run.branches.map(({ name }) => name)).toEqual([
        'main',
        'dpdk cuts in',
        'branch 3',
        'branch 4',
      ]);
      expect(runShape(run)).toEqual(runShape(session.getState().run));
      // They share the nodes before the fork, so that a switch finds it.
      const [first, second, own, fork] = run.branches.map(({ tip }) => pathTo(tip));
      expect(second?.[20]).toBe(first?.[20]);
      expect(fork?.[21]).toBe(own?.[21]);
      expect(fork?.[22]).not.toBe(own?.[22]);
    }
  });

  it('are not stored if the address holds the only branch', () => {
    expect(makeStoredBranches(sessionOf('bind-race').getState(), '')).toBe('');
  });

  it('keep the name of a single branch', () => {
    const session = sessionOf('bind-race');
    renameBranch(session, 1, 'as told');
    expect(currentBranch(reloadedRun(session)).name).toBe('as told');
  });

  it('are ignored under another link', () => {
    const other = sessionOf('bind-race');
    seekTo(other, 3);
    const run = reloadedRun(branchedSession(), undefined, permalinkOf(other.getState()));
    expect(run.branches).toHaveLength(1);
    expect(run.cursor).toBe(3);
  });

  it('are restored if the reload came before the address was updated', () => {
    const session = branchedSession();
    expect(runShape(reloadedRun(session, undefined, URL_BEFORE))).toEqual(
      runShape(session.getState().run),
    );
  });

  it('are dropped one by one if they cannot be replayed', () => {
    const session = branchedSession();
    const run = reloadedRun(session, (text) => {
      const kept = JSON.parse(text) as { branches: { link: string }[] };
      kept.branches[1]!.link = permalinkOf(sessionOf('hot-unplug').getState());
      return JSON.stringify(kept);
    });
    expect(run.branches.map(({ name }) => name)).toEqual(['main', 'branch 3', 'branch 4']);
    expect(branchPath({ run })).toHaveLength(branchPath(session.getState()).length);
  });

  it('drop the oldest if there are too many', () => {
    const session = sessionOf('bind-race');
    const { scenario } = session.getState().run.setup;
    for (let made = 0; made < 90; made += 1)
      showCounterexample(session, { scenario, mutations: [] }, `try ${made}`, [
        `qemu*${1 + (made % 5)}`,
      ]);
    const text = makeStoredBranches(session.getState(), '');
    expect(text.length).toBeLessThan(200_000);
    const { branches, branchId: branch } = reloadedRun(session);
    expect(branches).toHaveLength(64);
    expect(branches.at(-1)?.name).toBe('try 89');
    expect(branches.some(({ id }) => id === branch)).toBe(true);
  });

  it('throw nothing and leave the run intact if the text is damaged', async () => {
    const times = new InputTimes(cpuUsage);
    const session = branchedSession();
    const random = seededRandom(5);
    const pieces = ['', '"', '{', '}', '[', ',', 'null', '-1', '1e999', '__proto__', '\u0000'];
    let kept = 0;
    const rounds = fuzzRounds(20, 2_000);
    const sound = makeStoredBranches(session.getState(), URL_BEFORE);
    for (let round = 0; round < rounds; round += 1) {
      const at = random(sound.length);
      const damaged =
        sound.slice(0, at) + (pieces[random(pieces.length)] ?? '') + sound.slice(at + random(9));
      const run = times.run(() => reloadedRun(session, () => damaged));
      expect(run.branches.filter(({ id }) => id === run.branchId)).toHaveLength(1);
      expect(currentSnapshot({ run }).node.depth).toBe(run.cursor);
      for (const { tip } of run.branches)
        expect(
          currentSnapshot({
            run: {
              ...run,
              branchId: run.branches.find((each) => each.tip === tip)?.id ?? 0,
              cursor: tip.depth,
            },
          }).node,
        ).toBe(tip);
      if (run.branches.length > 1) kept += 1;
    }
    expect(kept).toBeGreaterThan(0);
    const line = await times.report('stored texts of four branches');
    if (line !== '') console.log(line);
    for (const text of [
      '',
      'null',
      '[]',
      '{"hash":1}',
      '{"hash":"","branch":1,"branches":[]}',
      'x'.repeat(1_000_000),
    ])
      expect(reloadedRun(session, () => text).branches).toHaveLength(1);
  });
});
