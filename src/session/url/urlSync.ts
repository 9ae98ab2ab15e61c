import { builtInScenario } from '../../scenario/library/builtInScenario';
import { DEFAULT_SCENARIO, DEFAULT_SCENARIO_ID } from '../../scenario/library/defaultScenario';
import type { AddressBar } from './addressBar';
import { setPageLayout } from '../actions/pageLayout';
import { notify } from '../store/notifications';
import { openScenario, type OpenedScenario } from '../trace/openScenario';
import { type OpenedPermalink, openPermalink, permalinkOf } from './permalink';
import { createSession, type Session, type SessionState } from '../store/session';
import type { Setup } from '../trace/traceTree';
import { showPermalink } from '../actions/showPermalink';
import { applyLinkView } from '../actions/showRun';

/** Milliseconds between two writes: browsers stop pages that write more than about a hundred times in half a minute. */
const WRITE_INTERVAL_MS = 500;

/** What is kept beside an address, and what comes of that. */
export interface BranchStorage {
  /** `before` is what the address says still. */
  readonly save: (state: SessionState, before: string) => void;
  /** Undefined where nothing was kept beside this hash. */
  readonly restore: (hash: string) => OpenedPermalink | undefined;
}

/** The session that an address asks for: its link, else `?scenario=`, else the first built-in scenario. The address follows it from then on. */
export function sessionFromUrl(address: AddressBar, keeping?: BranchStorage): Session {
  const hash = address.hash();
  const linked = hash.length > 1 ? (keeping?.restore(hash) ?? openPermalink(hash)) : undefined;
  if (linked?.ok) {
    const session = createSession(linked.run.setup, linked.run);
    applyLinkView(session, linked);
    syncUrl(session, address, keeping);
    return session;
  }
  const wanted = address.parameter('scenario');
  const entry = wanted === undefined ? undefined : builtInScenario(wanted);
  const opened = entry ? openScenario(entry.scenario, entry.id) : undefined;
  const run =
    runIfOpened(opened) ?? runIfOpened(openScenario(DEFAULT_SCENARIO, DEFAULT_SCENARIO_ID));
  if (!run) throw new Error('the first scenario does not open');
  const session = createSession(run.setup, run);
  const instead = `${run.setup.scenario.title} is shown instead.`;
  if (linked)
    notify(
      session,
      'error',
      'The link was not opened.',
      [linked.message, `It may have been cut on its way. ${instead}`],
      'library',
    );
  else if (wanted !== undefined && !entry)
    notify(
      session,
      'error',
      `There is no built-in scenario ${JSON.stringify(wanted.slice(0, 64))}.`,
      [`The address asks for it after ?scenario=. ${instead}`],
      'library',
    );
  if (hash.length <= 1 && wanted === undefined) setPageLayout(session, { autoplayIntro: true });
  syncUrl(session, address, keeping);
  return session;
}

function runIfOpened(opened: OpenedScenario | undefined) {
  return opened?.ok ? opened.run : undefined;
}

/** Keeps the address at what is on screen: a new scenario is a new entry of the history, everything else replaces the last. What has changed since `seen` is written too. */
export function syncUrl(
  session: Session,
  address: AddressBar,
  keeping?: BranchStorage,
  seen = session.getState(),
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = false;
  let refused = false;
  const write = (state: SessionState, how: 'push' | 'replace'): void => {
    clearTimeout(timer);
    timer = undefined;
    const hash = permalinkOf(state);
    if (refused) return;
    try {
      const before = address.hash();
      keeping?.save(state, before);
      if (hash !== before) address.write(hash, how);
    } catch (error) {
      refused = true;
      notify(session, 'info', 'The address bar cannot follow here. Share still gives the link.', [
        error instanceof Error ? error.message : String(error),
      ]);
    }
  };
  const follow = (state: SessionState): void => {
    const before = seen;
    seen = state;
    if (
      state.run === before.run &&
      state.selection === before.selection &&
      state.settings === before.settings
    )
      return;
    if (isOtherScenario(state.run.setup, before.run.setup) && !asked) {
      if (timer !== undefined) write(before, 'replace');
      write(state, 'push');
    } else timer ??= setTimeout(() => write(session.getState(), 'replace'), WRITE_INTERVAL_MS);
  };
  follow(session.getState());
  session.subscribe(follow);
  address.onLeave(() => {
    if (timer !== undefined) write(session.getState(), 'replace');
  });
  address.onChange(() => {
    const hash = address.hash();
    if (hash.length <= 1 || hash === permalinkOf(session.getState())) return;
    // The address has an entry for it already: nothing to push.
    asked = true;
    showPermalink(session, hash);
    asked = false;
  });
}

/** Whether the scenario is another one; the same calls under another design or option are not. */
function isOtherScenario(now: Setup, before: Setup): boolean {
  return (
    now.libraryId !== before.libraryId ||
    (now.libraryId === undefined && now.scenario.world !== before.scenario.world)
  );
}
