import type { CheckClient, RunningCheck } from '../../check-worker/checkClient';
import { currentCheckSubject, verdictText } from '../queries/checkSubject';
import { editedText } from '../queries/designDraft';
import type { Session } from '../store/session';
import type { Setup } from '../trace/traceTree';
import { editDesign } from './editDesign';

/** The stage follows the text after this pause in typing. */
const STAGE_DELAY_MS = 150;
/** After the stage; then the gutter follows. */
const REMOVALS_DELAY_MS = 600;

interface LiveWork {
  readonly running: RunningCheck;
  /** What was on screen when the check began: the text is an edit of it. */
  readonly setup: Setup;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const workBySession = new WeakMap<Session, LiveWork>();

/** Checks the text in the editor with the calls on screen; a newer text cancels it. When typing pauses, the stage shows the text. */
export async function checkWhileTyping(
  session: Session,
  client: CheckClient,
  text: string,
): Promise<void> {
  const begin = performance.now();
  const { scenario } = currentCheckSubject(session.getState());
  const request = { scenario, text, outcomes: false } as const;
  const work: LiveWork = {
    running: client.check(request, () => undefined),
    setup: session.getState().run.setup,
    timer: undefined,
  };
  clearTimeout(workBySession.get(session)?.timer);
  workBySession.set(session, work);
  session.setState(({ live }) => ({
    live: { answer: live?.answer, milliseconds: live?.milliseconds ?? 0, text, pending: true },
  }));
  const answer = await work.running.answer;
  if (workBySession.get(session) !== work) return;
  const milliseconds = performance.now() - begin;
  session.setState({
    live: { text, pending: false, answer, milliseconds },
    announcement: answer.ok ? verdictText(answer.result) : '',
  });
  work.timer = setTimeout(() => {
    showCheckedText(session);
    work.timer = setTimeout(() => void findUnnoticedRemovals(session, client), REMOVALS_DELAY_MS);
  }, STAGE_DELAY_MS);
}

/** How often versions of the text on screen are checked before the first key, so that the first key is as fast as later ones. */
const REHEARSALS = 12;
const REHEARSED_STATES = 2000;

/** The text with a comment before every third closing brace, so that it is read and compiled again. */
function rehearsedText(text: string, round: number): string {
  let braces = 0;
  return text.replaceAll(/^\}$/gm, (end) =>
    braces++ % 3 === round % 3 ? `\t// ${round}\n${end}` : end,
  );
}

/** Gets the checker ready for the next version of the text on screen, then finds what the gutter shows. The next key or check ends it. */
export async function prepareChecks(session: Session, client: CheckClient): Promise<void> {
  const state = session.getState();
  const { scenario } = currentCheckSubject(state);
  const text = editedText(state);
  for (let round = 0; round < REHEARSALS; round++) {
    const { live, check } = session.getState();
    if (check.kind === 'running') return;
    if (live) break;
    // The last one is the text on screen: the next key is a small change of it.
    const version = round === REHEARSALS - 1 ? text : rehearsedText(text, round);
    const limits = { maxStates: REHEARSED_STATES };
    await client.check({ scenario, text: version, outcomes: false, limits }, () => undefined)
      .answer;
    // On this thread it would only be in the way.
    if (client.thread() === 'main') break;
  }
  await findUnnoticedRemovals(session, client);
}

/** Finds the steps on screen that no property would miss. The next key, check or explanation ends it. */
export async function findUnnoticedRemovals(session: Session, client: CheckClient): Promise<void> {
  const state = session.getState();
  const text = editedText(state);
  if (state.live?.pending || state.explanation?.working || state.removals?.text === text) return;
  const { scenario } = currentCheckSubject(state);
  const answer = await client.unnoticedRemovals({ scenario, text });
  if (answer.ok) session.setState({ removals: { text, unnoticed: new Set(answer.result) } });
}

/** Shows the checked text on the stage now, and its result in the check panel. A text that was discarded meanwhile stays away. */
export function showCheckedText(session: Session): void {
  clearTimeout(workBySession.get(session)?.timer);
  const state = session.getState();
  const { live } = state;
  if (!live || live.pending) return;
  const isShown = !state.draft && editedText(state) === live.text;
  if (!isShown && workBySession.get(session)?.setup !== state.run.setup) return;
  const problem = isShown ? undefined : editDesign(session, live.text);
  const { answer } = live;
  if (problem !== undefined || !answer?.ok) return;
  const { modified: _, ...result } = answer.result;
  const subject = currentCheckSubject(session.getState());
  session.setState({
    check: {
      kind: 'done',
      subject,
      result: subject.mutations.length > 0 ? { ...result, modified: true } : result,
    },
  });
}
