import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { LIBRARY } from '../../scenario/library/library';
import { makeLink, parseLink } from '../../scenario/link/link';
import { stepNames } from '../../kernel/compiler/mutate';
import type { Mutation } from '../../kernel/language/mutation';
import { makeScenario } from '../../scenario/format/makeScenario';
import { branchPath, currentSnapshot } from '../trace/replay';
import { undo } from '../store/undo';
import { runCall, seekTo, startCall, stepTask } from '../actions/stepping';
import { showScenario } from '../actions/showScenario';
import { openPermalink, permalinkOf } from './permalink';
import type { AddressBar } from './addressBar';
import { sessionFromUrl } from './urlSync';
import { createSession, type Session } from '../store/session';
import { setOption, switchDesign } from '../actions/switchDesign';
import { toggleMutation } from '../actions/mutations';
import { showCounterexample } from '../actions/showCounterexample';
import { showPermalink } from '../actions/showPermalink';
import { sessionOf } from '../testing/sessionOf';

function reopened(session: Session): Session {
  const opened = openPermalink(permalinkOf(session.getState()));
  if (!opened.ok) throw new Error(opened.message);
  expect(opened.dropped).toEqual([]);
  return createSession(opened.run.setup, opened.run);
}

/** All that one sees: the state along the branch, and where one stands. */
const observableState = (session: Session): unknown => {
  const { run } = session.getState();
  const { length } = branchPath(session.getState());
  const depths = [0, 1, Math.floor(length / 3), Math.floor(length / 2), run.cursor, length - 1];
  return {
    cursor: run.cursor,
    id: run.setup.libraryId,
    design: run.setup.design.id,
    scenario: { ...run.setup.scenario, expect: undefined, schedule: undefined },
    states: depths.map((cursor) => [...currentSnapshot({ run: { ...run, cursor } }).state]),
    texts: depths.map((cursor) => currentSnapshot({ run: { ...run, cursor } }).eventTexts),
  };
};

class FakeAddressBar implements AddressBar {
  readonly entries: string[];
  private change: () => void = () => undefined;
  private leave: () => void = () => undefined;
  constructor(
    first = '',
    private readonly query = '',
  ) {
    this.entries = [first];
  }
  readonly hash = (): string => this.entries.at(-1) ?? '';
  readonly parameter = (name: string): string | undefined =>
    new URLSearchParams(this.query).get(name) ?? undefined;
  readonly write = (hash: string, how: 'push' | 'replace'): void =>
    void (how === 'push' ? this.entries.push(hash) : this.entries.splice(-1, 1, hash));
  readonly onChange = (listener: () => void): void => void (this.change = listener);
  readonly onLeave = (listener: () => void): void => void (this.leave = listener);
  back(): void {
    this.entries.pop();
    this.change();
  }
  go(hash: string): void {
    this.entries.push(hash);
    this.change();
  }
  close(): void {
    this.leave();
  }
}

describe.each(LIBRARY.map((entry) => [entry.id] as const))('%s', (id) => {
  it('round-trips through its link at the start, in the middle and at the end', () => {
    const session = sessionOf(id);
    for (const cursor of [0, 7, 1e6]) {
      seekTo(session, cursor);
      expect(observableState(reopened(session))).toEqual(observableState(session));
    }
  });

  it('takes at most 2,000 characters for 100 steps', () => {
    const session = sessionOf(id);
    const steps = branchPath(session.getState()).length - 1;
    expect(permalinkOf(session.getState()).length).toBeLessThanOrEqual(
      2000 * Math.max(1, steps / 100),
    );
  });
});

describe('a permalink', () => {
  it('keeps calls that were issued by hand, and when they were issued', () => {
    const session = sessionOf('cdev-first');
    seekTo(session, 5);
    const { processes } = session.getState().run.setup.scenario.world;
    expect(
      startCall(session, { by: processes[0] ?? '', call: 'open_iommufd', as: 'extra' }),
    ).toBeUndefined();
    expect(
      runCall(session, { by: 'driver', call: 'unregister_device', device: 'vfio0' }),
    ).toBeUndefined();
    stepTask(session, currentSnapshot(session.getState()).program.tasks[0]?.name ?? '');
    expect(observableState(reopened(session))).toEqual(observableState(session));
    seekTo(session, 6);
    expect(observableState(reopened(session))).toEqual(observableState(session));
  });

  it('keeps design, options and selection', () => {
    const session = sessionOf('bind-race');
    for (const design of DESIGNS) {
      switchDesign(session, design.id);
      const options = Object.fromEntries(design.options.map((o) => [o.id, o.values.at(-1) ?? '']));
      for (const [option, value] of Object.entries(options)) setOption(session, option, value);
      session.setState({ selection: 'vfio0' });
      const other = sessionOf('cdev-path');
      showPermalink(other, permalinkOf(session.getState()));
      expect(other.getState().notifications).toEqual([]);
      expect(other.getState().selection).toBe('vfio0');
      expect(other.getState().run.setup.scenario).toMatchObject({ design: design.id, options });
    }
  });

  it.each(['vfio0', 'qemu', 'driver', 'fops:normal'])('keeps the selection of %s', (name) => {
    const session = sessionOf('bind-race');
    session.setState({ selection: name });
    const other = sessionOf('cdev-path');
    showPermalink(other, permalinkOf(session.getState()));
    expect(other.getState().notifications).toEqual([]);
    expect(other.getState().selection).toBe(name);
  });

  it('opens its longest valid part if a step is impossible, and reports what was dropped', () => {
    const session = sessionOf('bind-race');
    const parsed = parseLink(permalinkOf(session.getState()));
    if (!parsed.ok) throw new Error(parsed.message);
    const { link } = parsed;
    const broken = {
      ...link,
      revision: link.revision + 1,
      steps: link.steps.map((s, i) => (i === 9 ? { ...s, at: 'BIND.999' } : s)),
      view: { ...link.view, glow: 'bright' },
      cursor: link.steps.length,
    };
    showPermalink(session, makeLink(broken));
    const { run, notifications } = session.getState();
    expect(run.cursor).toBe(9);
    expect(notifications[0]?.lines).toEqual([
      `The link was made with revision ${link.revision + 1} of ${link.design}; this is revision ${link.revision}.`,
      `Step 10 of the link (${link.steps[9]?.by}, BIND.999) cannot run here. It was dropped, with all steps after it.`,
      'Ignored unknown settings: glow=bright.',
    ]);
    undo(session);
    expect(session.getState().run.cursor).toBe(0);
  });

  it('keeps the mutations of the design, and opens the run that only they allow', () => {
    const session = sessionOf('bind-race');
    const mutations: readonly Mutation[] = [
      { kind: 'swap', a: 'upstream/open_cdev/OPEN.3', b: 'upstream/open_cdev/OPEN.4' },
    ];
    showCounterexample(
      session,
      { scenario: { ...session.getState().run.setup.scenario, about: '' }, mutations },
      'lock-order',
      ['qemu*5', 'dpdk*2'],
    );
    seekTo(session, 6);
    const link = permalinkOf(session.getState());
    const other = sessionOf('hot-unplug');
    showPermalink(other, link);
    expect(other.getState().notifications).toEqual([]);
    expect(other.getState()).toMatchObject({ run: { cursor: 6, setup: { mutations } } });
    expect(observableState(other)).toEqual(observableState(session));
    const itself = parseLink(link);
    const without = itself.ok
      ? openPermalink(makeLink({ ...itself.link, mutations: undefined }))
      : itself;
    expect(without.ok && without.dropped[0]).toMatch(
      /^Step 4 of the link \(qemu, OPEN.4\) cannot run here/,
    );
  });

  it('has room for the maximum number of mutations', () => {
    const session = sessionOf('bind-race');
    const { design, scenario } = session.getState().run.setup;
    for (const step of stepNames(design, scenario.options))
      if (session.getState().notifications.length === 0)
        toggleMutation(session, { kind: 'without', step });
    expect(session.getState().notifications).toMatchObject([
      { lines: ['At most 16 steps can be changed at once.'] },
    ]);
    const parsed = parseLink(permalinkOf(session.getState()));
    if (!parsed.ok) throw new Error(parsed.message);
    const { mutations } = session.getState().run.setup;
    expect(parseLink(makeLink({ ...parsed.link, mutations }))).toMatchObject({
      ok: true,
      link: { mutations },
    });
  });

  it('reports mutations that a later design does not allow, and opens the unmodified design', () => {
    const parsed = parseLink(permalinkOf(sessionOf('bind-race').getState()));
    if (!parsed.ok) throw new Error(parsed.message);
    const opened = openPermalink(
      makeLink({
        ...parsed.link,
        mutations: [{ kind: 'without', step: 'upstream/bind_iommufd/BIND.999' }],
      }),
    );
    if (!opened.ok) throw new Error(opened.message);
    expect(opened.run.setup.mutations).toBeUndefined();
    expect(opened.dropped).toEqual([
      expect.stringMatching(
        /^The link changes upstream \(--without upstream\/bind_iommufd\/BIND\.999\), which is not possible here: unknown step .* The unmodified design is shown\.$/,
      ),
    ]);
  });

  it('drops calls issued after the last possible step', () => {
    const session = sessionOf('cdev-first');
    seekTo(session, 5);
    expect(
      runCall(session, { by: 'driver', call: 'unregister_device', device: 'vfio0' }),
    ).toBeUndefined();
    const parsed = parseLink(permalinkOf(session.getState()));
    if (!parsed.ok) throw new Error(parsed.message);
    const opened = openPermalink(
      makeLink({ ...parsed.link, steps: parsed.link.steps.slice(0, 3) }),
    );
    if (!opened.ok) throw new Error(opened.message);
    expect(opened.run.branches[0]?.tip.depth).toBe(3);
    expect(opened.run.setup.scenario.calls.some((call) => call.call === 'unregister_device')).toBe(
      false,
    );
  });
});

describe('old links', () => {
  const links = JSON.parse(readFileSync('src/session/testing/oldLinks.json', 'utf8')) as readonly {
    readonly about: string;
    readonly link: string;
    readonly scenario: string;
    readonly steps: number;
  }[];
  it.each(links)('open: $about', ({ link, scenario, steps }) => {
    const opened = openPermalink(link);
    if (!opened.ok) throw new Error(opened.message);
    expect(makeScenario({ ...opened.run.setup.scenario, about: '', beats: [] })).toBe(scenario);
    // A later revision may stop earlier, but then it says so.
    const depth = opened.run.branches[0]?.tip.depth ?? 0;
    if (depth < steps) expect(opened.dropped).not.toEqual([]);
    else expect(depth).toBe(steps);
  });
});

describe('the address bar', () => {
  it('is throttled, and gets a history entry only for a new scenario', () => {
    vi.useFakeTimers();
    const address = new FakeAddressBar();
    const session = sessionFromUrl(address);
    const first = session.getState().run.setup.libraryId;
    for (let cursor = 1; cursor <= 5; cursor++) seekTo(session, cursor);
    expect(address.entries).toEqual(['']);
    vi.advanceTimersByTime(500);
    expect(address.entries).toEqual([permalinkOf(session.getState())]);
    switchDesign(session, 'parked-split');
    vi.advanceTimersByTime(500);
    expect(address.entries).toHaveLength(1);
    seekTo(session, 3);
    const left = permalinkOf(session.getState());
    const race = LIBRARY.find((entry) => entry.id === 'hot-unplug');
    if (!race) throw new Error('no hot-unplug');
    showScenario(session, race.scenario, race.id);
    expect(address.entries).toEqual([left, permalinkOf(session.getState())]);
    address.back();
    vi.advanceTimersByTime(500);
    expect(session.getState().run.setup.libraryId).toBe(first);
    expect(address.entries).toEqual([left]);
    seekTo(session, 1);
    address.close();
    expect(address.entries).toEqual([permalinkOf(session.getState())]);
    vi.useRealTimers();
  });

  it('opens the link of its hash; a damaged hash changes nothing and notifies', () => {
    const wanted = sessionOf('shared-group');
    seekTo(wanted, 4);
    const address = new FakeAddressBar(permalinkOf(wanted.getState()));
    const session = sessionFromUrl(address);
    expect(observableState(session)).toEqual(observableState(wanted));
    const { run } = session.getState();
    address.go('#nonsense');
    expect(session.getState().run).toBe(run);
    expect(session.getState().notifications[0]?.lines[0]).toContain('not a link');
  });

  it('opens a built-in scenario by id, and the default one with a notification for an unknown id', () => {
    expect(
      sessionFromUrl(new FakeAddressBar('', '?scenario=hot-unplug')).getState().run.setup.libraryId,
    ).toBe('hot-unplug');
    expect(sessionFromUrl(new FakeAddressBar('#v1.AAAA')).getState().notifications[0]?.title).toBe(
      'The link was not opened.',
    );
    expect(
      sessionFromUrl(new FakeAddressBar('', '?scenario=nope')).getState().notifications[0]?.lines,
    ).toContain('scenario: expected the id of a built-in scenario, got "nope"');
  });

  it('notifies once if the browser refuses', () => {
    vi.useFakeTimers();
    const { hash, parameter, onChange, onLeave } = new FakeAddressBar();
    const session = sessionFromUrl({
      hash,
      parameter,
      onChange,
      onLeave,
      write: () => {
        throw new Error('not here');
      },
    });
    for (const cursor of [1, 2]) {
      seekTo(session, cursor);
      vi.advanceTimersByTime(500);
    }
    expect(session.getState().notifications.map(({ lines }) => lines)).toEqual([['not here']]);
    vi.useRealTimers();
  });
});
