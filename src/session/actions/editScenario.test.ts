import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { newCall } from '../../scenario/edit/callArguments';
import type { ScenarioEdit } from '../../scenario/edit/editScenario';
import { makeScenario } from '../../scenario/format/makeScenario';
import type { Scenario } from '../../scenario/format/scenario';
import { availableCalls } from '../queries/availableCalls';
import { branchCaptions, currentCaption } from '../queries/captions';
import { editedScenario } from '../queries/editedScenario';
import type { Session } from '../store/session';
import { undo } from '../store/undo';
import { sessionOf } from '../testing/sessionOf';
import { currentSnapshot } from '../trace/replay';
import { currentBranch } from '../trace/run';
import { openPermalink, permalinkOf } from '../url/permalink';
import {
  editScenario,
  editScenarioText,
  keepRun,
  newScenario,
  removeSelected,
  writeCaption,
} from './editScenario';
import { toggleMutation } from './mutations';
import { runCall, seekTo, stepTask } from './stepping';

registerDesigns(DESIGNS);

const edit = (session: Session, ...edits: readonly ScenarioEdit[]): void =>
  edits.forEach((each) => editScenario(session, each));

function addCalls(session: Session, by: string, ...names: readonly string[]): void {
  for (const name of names) {
    const call = newCall(editedScenario(session.getState()), by, name);
    if (typeof call === 'string') throw new Error(call);
    editScenario(session, { kind: 'add-call', call });
  }
}

function makeCall(session: Session, by: string, title: string): void {
  const choice = availableCalls(currentSnapshot(session.getState()))
    .filter(({ name }) => name === by)
    .flatMap(({ calls }) => calls.flatMap(({ choices }) => choices))
    .find((each) => each.title === title);
  if (!choice) throw new Error(`${by} cannot ${title}`);
  expect(runCall(session, choice.call)).toBeUndefined();
}

const textOnScreen = (session: Session): string => makeScenario(editedScenario(session.getState()));

describe('a new scenario', () => {
  it('is empty, grows by edits of one undo each, and shows where its calls lead', () => {
    const session = sessionOf('bind-race');
    const before = session.getState().run;
    newScenario(session);
    expect(currentSnapshot(session.getState()).program.tasks).toEqual([]);
    edit(session, { kind: 'add-device' }, { kind: 'add-process' }, { kind: 'add-process' });
    for (const by of ['qemu', 'dpdk'])
      addCalls(session, by, 'open_cdev', 'open_iommufd', 'bind_iommufd');
    const { run, notifications } = session.getState();
    expect(notifications).toEqual([]);
    expect(run.cursor).toBe(currentBranch(run).tip.depth);
    expect(run.cursor).toBeGreaterThan(20);
    const texts: string[] = [];
    for (let i = 0; i < 9; i += 1) {
      texts.push(textOnScreen(session));
      undo(session);
    }
    expect(new Set(texts).size).toBe(9);
    undo(session);
    expect(session.getState().run).toEqual(before);
  });

  it('refuses an edit that makes it invalid, and says why', () => {
    const session = sessionOf('bind-race');
    newScenario(session);
    edit(session, { kind: 'add-process' }, { kind: 'add-process' });
    const before = session.getState().run;
    edit(session, { kind: 'rename-process', from: 'dpdk', to: 'qemu' });
    expect(session.getState().run).toBe(before);
    expect(session.getState().notifications[0]?.lines).toEqual([
      'expected a name that no other process has, got "qemu"',
    ]);
  });
});

describe('an edit of a scenario on screen', () => {
  it('keeps the step, the modified design and, if it can, the schedule', () => {
    const session = sessionOf('bind-race');
    toggleMutation(session, { kind: 'without', step: 'upstream/bind_iommufd/BIND.9' });
    seekTo(session, 7);
    const schedule = editedScenario(session.getState()).schedule;
    edit(session, { kind: 'add-process' });
    expect(session.getState().run.cursor).toBe(7);
    expect(editedScenario(session.getState()).schedule).toEqual(schedule);
    expect(session.getState().run.setup.mutations).toHaveLength(1);
    expect(session.getState().run.setup.libraryId).toBeUndefined();
  });

  it('drops a schedule that the calls cannot follow any more', () => {
    const session = sessionOf('bind-race');
    for (const title of ['Open vfio0', 'Open /dev/iommu']) makeCall(session, 'qemu', title);
    keepRun(session);
    edit(session, { kind: 'remove-call', index: 1 });
    expect(editedScenario(session.getState()).schedule).toBe('sequential');
    expect(session.getState().notifications[0]?.title).toContain('schedule does not fit');
  });

  it('changes what was run by hand, too', () => {
    const session = sessionOf('bind-race');
    makeCall(session, 'qemu', 'Open vfio0');
    makeCall(session, 'qemu', 'Open /dev/iommu');
    const { cursor } = session.getState().run;
    edit(session, { kind: 'rename-process', from: 'qemu', to: 'vmm' });
    expect(editedScenario(session.getState()).calls.map(({ by, call }) => [by, call])).toEqual([
      ['vmm', 'open_cdev'],
      ['vmm', 'open_iommufd'],
    ]);
    expect(session.getState().run.cursor).toBe(cursor - 2);
  });
});

describe('a run by hand', () => {
  it('is kept with only what was done, the names on screen and no caption of another scenario', () => {
    const session = sessionOf('bind-race');
    makeCall(session, 'dpdk', 'Open vfio0');
    makeCall(session, 'dpdk', 'Open /dev/iommu');
    makeCall(session, 'dpdk', 'Bind fd2 to iommufd2');
    keepRun(session);
    const kept = editedScenario(session.getState());
    expect(kept.title).toBe('Run of dpdk');
    expect(kept.beats).toEqual([]);
    expect(kept.about).toBe('');
    expect(kept.calls).toEqual([
      { by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
      { by: 'dpdk', call: 'open_iommufd', as: 'iommufd2' },
      { by: 'dpdk', call: 'bind_iommufd', fd: 'fd2', iommufd: 'iommufd2' },
    ]);
    const { run } = session.getState();
    expect(run.cursor).toBe(currentBranch(run).tip.depth);
  });

  it('is kept without the calls that it has not begun, also if it only steps', () => {
    const session = sessionOf('bind-race');
    stepTask(session, 'dpdk');
    stepTask(session, 'qemu');
    keepRun(session);
    const kept = editedScenario(session.getState());
    expect(kept.title).toBe('Run of dpdk and qemu');
    expect(kept.schedule).toEqual(['dpdk', 'qemu']);
    expect(kept.calls.map(({ call }) => call)).toEqual(['open_cdev', 'open_cdev']);
    expect(kept.beats).toEqual([]);
    expect(session.getState().run.cursor).toBe(2);
  });

  it('takes captions, which show at their step, change and go', () => {
    const session = sessionOf('bind-race');
    makeCall(session, 'dpdk', 'Open vfio0');
    for (const title of ['Open vfio0', 'Open /dev/iommu', 'Bind fd1 to iommufd1'])
      makeCall(session, 'qemu', title);
    makeCall(session, 'dpdk', 'Open /dev/iommu');
    keepRun(session);
    const shown = (): readonly (string | undefined)[] =>
      branchCaptions(session.getState()).flatMap((caption) => caption?.say ?? []);
    seekTo(session, 12);
    writeCaption(session, 'Second.');
    seekTo(session, 3);
    writeCaption(session, 'First.');
    expect(currentCaption(session.getState())?.say).toBe('First.');
    expect(shown()).toEqual(['First.', 'Second.']);
    writeCaption(session, 'Changed.');
    expect(shown()).toEqual(['Changed.', 'Second.']);
    writeCaption(session, '');
    expect(shown()).toEqual(['Second.']);
    undo(session);
    expect(shown()).toEqual(['Changed.', 'Second.']);
    const opened = openPermalink(permalinkOf(session.getState()));
    if (!opened.ok) throw new Error(opened.message);
    expect(branchCaptions(opened).flatMap((caption) => caption?.say ?? [])).toEqual(shown());
    expect(opened.dropped).toEqual([]);
    seekTo(session, 0);
    writeCaption(session, 'Nowhere.');
    expect(session.getState().notifications[0]?.title).toBe('Only a step can have a caption.');
  });

  it('says which step cannot have a caption', () => {
    const session = sessionOf('bind-race');
    for (let i = 0; i < 2; i += 1) makeCall(session, 'qemu', 'Open /dev/iommu');
    keepRun(session);
    seekTo(session, Number.MAX_SAFE_INTEGER);
    writeCaption(session, 'The second time.');
    expect(session.getState().notifications[0]?.title).toContain('cannot have a caption yet');
    expect(editedScenario(session.getState()).beats).toEqual([]);
  });
});

describe('removing what is selected', () => {
  it.each([
    ['dpdk', 'process', ({ world }: Scenario) => world.processes.includes('dpdk')],
    ['fd1', 'file', ({ calls }: Scenario) => calls.some(({ as }) => as === 'fd1')],
    ['vfio0', 'device', ({ world }: Scenario) => world.devices.length > 0],
    ['group 12', 'group', ({ world }: Scenario) => world.devices.length > 0],
  ])('removes %s, a %s', (selection, _kind, isThere) => {
    const session = sessionOf('bind-race');
    seekTo(session, Number.MAX_SAFE_INTEGER);
    expect(isThere(editedScenario(session.getState()))).toBe(true);
    session.setState({ selection });
    removeSelected(session);
    // The schedule of the race need not fit what is left; then a message says so.
    expect(session.getState().notifications.filter(({ severity }) => severity === 'error')).toEqual(
      [],
    );
    expect(isThere(editedScenario(session.getState()))).toBe(false);
  });

  it.each([
    ['qemu/2', 'double-bind', ({ calls }: Scenario) => calls.some(({ by }) => by === 'qemu/2')],
    ['devset bus1', 'devset-shared', ({ world }: Scenario) => world.devices[0]?.devset === 'bus1'],
  ])('removes %s of %s', (selection, id, isThere) => {
    const session = sessionOf(id);
    const before = editedScenario(session.getState());
    expect(isThere(before)).toBe(true);
    session.setState({ selection });
    removeSelected(session);
    expect(session.getState().notifications).toEqual([]);
    expect(isThere(editedScenario(session.getState()))).toBe(false);
    undo(session);
    expect(editedScenario(session.getState())).toEqual(before);
  });

  it('says what can be removed', () => {
    const session = sessionOf('bind-race');
    const before = session.getState().run;
    session.setState({ selection: 'vfio' });
    removeSelected(session);
    expect(session.getState().run).toBe(before);
    expect(session.getState().notifications[0]?.title).toBe('Nothing was removed.');
  });
});

describe('the text of a scenario', () => {
  it('changes the scenario once it is valid; keys in a row are one change', () => {
    const session = sessionOf('bind-race');
    const text = textOnScreen(session);
    const { undo: undoBefore, run } = session.getState();
    editScenarioText(session, text.slice(1));
    expect(session.getState().run).toBe(run);
    expect(session.getState().scenarioDraft?.text).toBe(text.slice(1));
    editScenarioText(session, text.replaceAll('qemu', 'vm'));
    editScenarioText(session, text.replaceAll('qemu', 'vmm'));
    expect(editedScenario(session.getState()).world.processes).toEqual(['vmm', 'dpdk']);
    expect(session.getState().undo).toHaveLength(undoBefore.length + 1);
    undo(session);
    expect(textOnScreen(session)).toBe(text);
  });
});
