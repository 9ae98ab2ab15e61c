import { describe, expect, it } from 'vitest';
import { makeScenario } from '../../scenario/format/makeScenario';
import { beginCheck } from '../../explore/checkRequest';
import type { CheckResult } from '../../explore/checkResult';
import { libraryEntry } from '../../scenario/library/library';
import { currentCheckSubject } from '../queries/checkSubject';
import { availableCalls } from '../queries/availableCalls';
import { compareDesigns } from '../queries/compareDesigns';
import { changedLineCount, editedText, originalText } from '../queries/designDraft';
import type { Session } from '../store/session';
import { redo, undo } from '../store/undo';
import { sessionOf } from '../testing/sessionOf';
import { currentSnapshot } from '../trace/replay';
import { openPermalink, permalinkOf } from '../url/permalink';
import { editDesign } from './editDesign';
import { discardMutations, toggleMutation } from './mutations';
import { openScenarioText } from './openScenarioFile';
import { showLibraryScenario } from './showScenario';
import { showRun } from './showRun';
import { seekTo } from './stepping';

const COUNTER = `design counter "A counter under a mutex";

struct stats: per global, name "stats" {
	mutex lock;
	int inside: max 1;
};

call add() = stats_add;

int stats_add()
{
LOCK:	mutex_lock(&stats->lock);
ENTER:	stats->inside++;
LEAVE:	stats->inside--;
UNLOCK:	mutex_unlock(&stats->lock);
	return ret;
}
`;

function check(session: Session): CheckResult {
  const running = beginCheck(currentCheckSubject(session.getState()));
  while (running.advance(100_000) === 'more');
  return running.result(0);
}

/** The text on screen with the body of one step replaced. */
function withStep(session: Session, label: string, body: string): string {
  const text = editedText(session.getState());
  const at = text.indexOf(`\n${label}:`);
  const end = at + 1 + text.slice(at + 1).search(/\n(?=\w|\})/);
  if (at < 0) throw new Error(`no ${label}`);
  return `${text.slice(0, at)}\n${label}:\t${body}${text.slice(end)}`;
}

describe('an edited design', () => {
  it('runs on the stage, in the check and in the comparison, and its link opens it', () => {
    const session = sessionOf('bind-race');
    seekTo(session, 5);
    expect(check(session).verdict).toBe('holds');
    const text = withStep(session, 'BIND.10', 'model_only { }');
    expect(editDesign(session, text)).toBeUndefined();
    const state = session.getState();
    expect(currentSnapshot(state).program.design.modified).toHaveLength(1);
    expect(state.run.cursor).toBe(5);
    expect(editedText(state)).toBe(text);
    const result = check(session);
    expect(result).toMatchObject({ verdict: 'violated', modified: true });
    expect(compareDesigns(state)[0]?.name).toBe('upstream (modified design)');
    const link = permalinkOf(state);
    const opened = openPermalink(link);
    if (!opened.ok) throw new Error(opened.message);
    expect(opened.dropped).toEqual([]);
    const other = sessionOf('hot-unplug');
    showRun(other, { run: opened.run, link: opened });
    expect(editedText(other.getState())).toBe(text);
    expect(check(other)).toEqual(result);
    expect(permalinkOf(other.getState())).toBe(link);
  });

  it('keeps a text with an error as a draft and the design as it was', () => {
    const session = sessionOf('bind-race');
    const { run } = session.getState();
    const text = withStep(session, 'BIND.10', 'mutex_lok(&df);');
    expect(editDesign(session, text)).toMatch(/^\d+:\d+: .*did you mean "mutex_lock"/);
    expect(session.getState().run).toBe(run);
    expect(editedText(session.getState())).toBe(text);
    showLibraryScenario(session, 'hot-unplug');
    expect(editedText(session.getState())).toBe(text);
  });

  it('is undone as one change, and discarded', () => {
    const session = sessionOf('bind-race');
    const original = originalText(session.getState().run.setup);
    editDesign(session, withStep(session, 'BIND.10', 'model_only { }'));
    const edited = withStep(session, 'BIND.11', 'model_only { }');
    editDesign(session, edited);
    undo(session);
    expect(session.getState().run.setup.mutations).toBeUndefined();
    expect(editedText(session.getState())).toBe(original);
    redo(session);
    expect(editedText(session.getState())).toBe(edited);
    discardMutations(session);
    expect(session.getState().run.setup.design.modified).toBeUndefined();
    expect(session.getState().run.setup.scenario.beats).toEqual(
      libraryEntry('bind-race')?.scenario.beats,
    );
  });

  it('is a disabled or swapped step, which plays at once, shows as changed lines and is discarded', () => {
    const session = sessionOf('bind-race');
    seekTo(session, 5);
    const original = editedText(session.getState());
    const bind = 'upstream/bind_iommufd';
    toggleMutation(session, { kind: 'without', step: `${bind}/BIND.10` });
    expect(currentSnapshot(session.getState()).program.design.modified).toHaveLength(1);
    expect(session.getState().run.cursor).toBe(5);
    expect(changedLineCount(session.getState())).toEqual({ inserted: 1, removed: 4 });
    toggleMutation(session, { kind: 'swap', a: `${bind}/BIND.8`, b: `${bind}/BIND.9` });
    expect(session.getState().run.setup.mutations).toHaveLength(2);
    toggleMutation(session, { kind: 'without', step: `${bind}/BIND.10` });
    expect(session.getState().run.setup.mutations).toMatchObject([{ kind: 'swap' }]);
    expect(editedText(session.getState())).not.toBe(original);
    discardMutations(session);
    expect(session.getState().run.setup.mutations).toBeUndefined();
    expect(changedLineCount(session.getState())).toBeUndefined();
    expect(editedText(session.getState())).toBe(original);
    undo(session);
    expect(session.getState().run.setup.mutations).toMatchObject([{ kind: 'swap' }]);
  });

  it('leaves the cursor in the middle of a call', () => {
    const session = sessionOf('bind-race');
    seekTo(session, 20);
    const { step } = currentSnapshot(session.getState());
    toggleMutation(session, { kind: 'without', step: 'upstream/bind_iommufd/BIND.9' });
    expect(session.getState().run.cursor).toBe(20);
    expect(currentSnapshot(session.getState()).step?.name).toBe(step?.name);
  });

  it('starts from disabled steps and stays in other scenarios of the design', () => {
    const session = sessionOf('bind-race');
    toggleMutation(session, { kind: 'without', step: 'upstream/bind_iommufd/BIND.10' });
    const text = editedText(session.getState());
    expect(text).toContain('/* disabled: ');
    editDesign(session, text);
    expect(session.getState().run.setup.mutations).toMatchObject([{ kind: 'text' }]);
    expect(check(session).verdict).toBe('violated');
    showLibraryScenario(session, 'double-bind');
    expect(editedText(session.getState())).toBe(text);
  });
});

describe('an own design', () => {
  it('opens from a file with the calls that it declares, is edited, checked and linked', () => {
    const session = sessionOf('bind-race');
    openScenarioText(session, 'counter.design', COUNTER);
    const { scenario, design } = session.getState().run.setup;
    expect(session.getState().notifications).toEqual([]);
    expect(scenario.calls.map(({ by, call }) => `${by} ${call}`)).toEqual(['app add', 'app/2 add']);
    expect(design.id).toBe('counter');
    expect(check(session).verdict).toBe('holds');
    const callers = availableCalls(currentSnapshot(session.getState()));
    expect(callers[0]?.calls.map(({ title }) => title)).toContain('add');
    expect(callers[0]?.calls.map(({ title }) => title)).not.toContain('Open device');
    const raced = COUNTER.replace('mutex_lock(&stats->lock);', 'model_only { }').replace(
      'mutex_unlock(&stats->lock);\n',
      'model_only { }\n',
    );
    expect(editDesign(session, raced)).toBeUndefined();
    expect(check(session).verdict).toBe('violated');
    const link = permalinkOf(session.getState());
    const opened = openPermalink(link);
    if (!opened.ok) throw new Error(opened.message);
    expect(opened.run.setup.scenario.calls).toEqual(scenario.calls);
    expect(opened.run.setup.mutations).toMatchObject([{ own: true }]);
    // A scenario file that names it opens with the latest text.
    openScenarioText(session, 's.json', makeScenario({ ...scenario, title: 'Again' }));
    expect(check(session).verdict).toBe('violated');
  });

  it('whose text lacks a call of the scenario is a draft', () => {
    const session = sessionOf('bind-race');
    openScenarioText(session, 'counter.design', COUNTER);
    expect(editDesign(session, COUNTER.replace('call add()', 'call sum()'))).toMatch(/add/);
  });
});
