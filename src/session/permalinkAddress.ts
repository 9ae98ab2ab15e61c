import { builtIn } from '../scenario/builtIn';
import { FIRST, FIRST_ID } from '../scenario/first';
import type { Address } from './address';
import { arrange } from './arrange';
import { tell } from './messages';
import { openScenario, type Opened } from './openScenario';
import {
  applyView,
  type OpenedPermalink,
  openPermalink,
  permalinkOf,
  showPermalink,
} from './permalink';
import { createSession, type Session, type SessionState } from './session';
import type { Setup } from './trail';

/** Milliseconds between two writes: browsers stop pages that write more than about a hundred times in half a minute. */
const PACE = 500;

/** What is kept beside an address, and what comes of that. */
export interface Keeping {
  /** `before` is what the address says still. */
  readonly keep: (state: SessionState, before: string) => void;
  /** Undefined where nothing was kept beside this hash. */
  readonly open: (hash: string) => OpenedPermalink | undefined;
}

/** The session that an address asks for: its link, else `?scenario=`, else the first built-in scenario. The address follows it from then on. */
export function sessionAt(address: Address, keeping?: Keeping): Session {
  const hash = address.hash();
  const linked = hash.length > 1 ? (keeping?.open(hash) ?? openPermalink(hash)) : undefined;
  if (linked?.ok) {
    const session = createSession(linked.run.setup, linked.run);
    applyView(session, linked);
    followSession(session, address, keeping);
    return session;
  }
  const wanted = address.parameter('scenario');
  const entry = wanted === undefined ? undefined : builtIn(wanted);
  const opened = entry ? openScenario(entry.scenario, entry.id) : undefined;
  const run = runOf(opened) ?? runOf(openScenario(FIRST, FIRST_ID));
  if (!run) throw new Error('the first scenario does not open');
  const session = createSession(run.setup, run);
  const instead = `${run.setup.scenario.title} is shown instead.`;
  if (linked)
    tell(
      session,
      'error',
      'The link was not opened.',
      [linked.message, `It may have been cut on its way. ${instead}`],
      'library',
    );
  else if (wanted !== undefined && !entry)
    tell(
      session,
      'error',
      `There is no built-in scenario ${JSON.stringify(wanted.slice(0, 64))}.`,
      [`The address asks for it after ?scenario=. ${instead}`],
      'library',
    );
  if (hash.length <= 1 && wanted === undefined) arrange(session, { opening: true });
  followSession(session, address, keeping);
  return session;
}

function runOf(opened: Opened | undefined) {
  return opened?.ok ? opened.run : undefined;
}

/** Keeps the address at what is on screen: a new scenario is a new entry of the history, everything else replaces the last. What has changed since `seen` is written too. */
export function followSession(
  session: Session,
  address: Address,
  keeping?: Keeping,
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
      keeping?.keep(state, before);
      if (hash !== before) address.write(hash, how);
    } catch (error) {
      refused = true;
      tell(session, 'info', 'The address bar cannot follow here. Share still gives the link.', [
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
    if (isOther(state.run.setup, before.run.setup) && !asked) {
      if (timer !== undefined) write(before, 'replace');
      write(state, 'push');
    } else timer ??= setTimeout(() => write(session.getState(), 'replace'), PACE);
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
function isOther(now: Setup, before: Setup): boolean {
  return (
    now.id !== before.id || (now.id === undefined && now.scenario.world !== before.scenario.world)
  );
}
