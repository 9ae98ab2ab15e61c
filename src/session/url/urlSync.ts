import { DEFAULT_SCENARIO, DEFAULT_SCENARIO_ID } from '../../scenario/library/defaultScenario';
import { setPageLayout } from '../actions/pageLayout';
import { showPermalink } from '../actions/showPermalink';
import { applyLinkView } from '../actions/showRun';
import { notify } from '../store/notifications';
import { createSession, type Session, type SessionState } from '../store/session';
import { openScenario } from '../trace/openScenario';
import type { Run } from '../trace/run';
import type { Setup } from '../trace/traceTree';
import { requestedTable, type AddressBar } from './addressBar';
import { requestedScenario } from './shortLink';
import { openPermalink, permalinkOf, type OpenedPermalink } from './permalink';

/** Browsers block pages that write the address more than about 100 times in 30 seconds. */
const WRITE_INTERVAL_MS = 500;

/** Keeps the branches that an address cannot hold. */
export interface BranchStorage {
  /** `hashBefore` is the hash before this write: a reload at this moment still has that one. */
  readonly save: (state: SessionState, hashBefore: string) => void;
  /** Undefined if nothing was saved for this hash. */
  readonly restore: (hash: string) => OpenedPermalink | undefined;
}

/** The session for an address: its link, else `?scenario=`, else the default scenario. The address then follows the session. */
export function sessionFromUrl(address: AddressBar, storage?: BranchStorage): Session {
  const hash = address.hash();
  const linked = hash.length > 1 ? (storage?.restore(hash) ?? openPermalink(hash)) : undefined;
  const session = linked?.ok
    ? createSession(linked.run.setup, linked.run)
    : sessionWithoutLink(address, linked?.message);
  if (linked?.ok) applyLinkView(session, linked);
  syncUrl(session, address, storage);
  return session;
}

function sessionWithoutLink(address: AddressBar, linkError: string | undefined): Session {
  const { run: requested, errors } = requestedScenario(address);
  const run = requested ?? defaultRun();
  const session = createSession(run.setup, run);
  const table = requestedTable(address);
  if (table) setPageLayout(session, { view: table });
  const instead = `${run.setup.scenario.title} is shown instead.`;
  if (linkError !== undefined)
    notify(
      session,
      'error',
      'The link was not opened.',
      [linkError, `The link may be truncated. ${instead}`],
      { commandId: 'library', lasting: true },
    );
  else if (errors.length > 0)
    notify(
      session,
      'error',
      requested ? 'Some parameters of the address were ignored.' : 'The address names no scenario.',
      requested ? errors : [...errors, instead],
      { commandId: 'library', lasting: true },
    );
  if (linkError === undefined && address.parameter('scenario') === undefined && !table)
    setPageLayout(session, { welcome: true });
  return session;
}

function defaultRun(): Run {
  const opened = openScenario(DEFAULT_SCENARIO, DEFAULT_SCENARIO_ID);
  if (!opened.ok) throw new Error('the default scenario does not open');
  return opened.run;
}

/** Keeps the address in sync with the session, changes since `seen` included. A new scenario pushes a history entry; all else replaces the last one. */
export function syncUrl(
  session: Session,
  address: AddressBar,
  storage?: BranchStorage,
  seen = session.getState(),
): void {
  let lastSeen = seen;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let fromAddress = false;
  let refused = false;
  const write = (state: SessionState, how: 'push' | 'replace'): void => {
    clearTimeout(timer);
    timer = undefined;
    const hash = permalinkOf(state);
    if (refused) return;
    try {
      const hashBefore = address.hash();
      storage?.save(state, hashBefore);
      if (hash !== hashBefore) address.write(hash, how);
    } catch (error) {
      refused = true;
      notify(
        session,
        'info',
        'The address bar cannot be updated here. Share still gives the link.',
        [error instanceof Error ? error.message : String(error)],
        { lasting: true },
      );
    }
  };
  const follow = (state: SessionState): void => {
    const before = lastSeen;
    lastSeen = state;
    if (
      state.run === before.run &&
      state.selection === before.selection &&
      state.settings === before.settings &&
      state.comparison === before.comparison &&
      state.layout.view === before.layout.view
    )
      return;
    if (isOtherScenario(state.run.setup, before.run.setup) && !fromAddress) {
      // The old entry must hold the last state before the new scenario.
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
    // The history already has an entry for it.
    fromAddress = true;
    showPermalink(session, hash);
    fromAddress = false;
  });
}

/** The same calls under another design or option are the same scenario, and so is one that is being written. */
function isOtherScenario(now: Setup, before: Setup): boolean {
  if (now.isEdited && before.isEdited) return false;
  return (
    now.libraryId !== before.libraryId ||
    (now.libraryId === undefined && now.scenario.world !== before.scenario.world)
  );
}
