import { adjacentCaptionDepth, branchCaptions, isAboutLocks } from '../queries/captions';
import type { PresentationState, Session, SessionState } from '../store/session';
import { branchPath, snapshotAt, type Snapshot } from '../trace/replay';
import { setPageLayout } from './pageLayout';
import { pause, playSteps } from './playback';
import { prefersReducedMotion } from './reducedMotion';
import { seekTo } from './stepping';

/** Begins or ends the presentation of the stage. Its end shows the layout that it was started from. */
export function present(session: Session, presenting: boolean): void {
  const { layout, presentation } = session.getState();
  changePresentation(session, {
    screen: 'stage',
    pointer: false,
    link: false,
    startedFrom: presenting ? layout : undefined,
  });
  setPageLayout(
    session,
    presenting
      ? { presenting, view: 'stage', narrowPanel: 'stage' }
      : { ...presentation.startedFrom, presenting },
  );
  session.setState({ hover: undefined });
}

/** One step forward or back; after the last step the end card. */
export function presentStep(session: Session, by: 1 | -1): void {
  pause(session);
  const state = session.getState();
  const { screen } = state.presentation;
  const end = branchPath(state).length - 1;
  if (by > 0 && state.run.cursor === end) changePresentation(session, { screen: 'end' });
  else {
    changePresentation(session, { screen: 'stage' });
    // From the end card back to the last step.
    if (screen !== 'end') seekTo(session, state.run.cursor + by);
  }
}

/**
 * Goes to the next or previous caption; after the last one to the end of the run, then to the end card. If the next caption
 * speaks of a lock, the step that takes it is shown under the caption first. While steps play, jumps to their caption.
 */
export function presentCaption(session: Session, by: 1 | -1): void {
  const { presentation, settings } = session.getState();
  pause(session);
  const playing = settings.playing && presentation.captionDepth !== undefined;
  const state = session.getState();
  const { cursor } = state.run;
  if (by > 0 && playing) return seekTo(session, presentation.captionDepth ?? cursor);
  const end = branchPath(state).length - 1;
  if (by < 0 || cursor === end || presentation.screen === 'end') return presentJump(session, by);
  const depth = adjacentCaptionDepth(state, 1);
  const shown = prefersReducedMotion() ? [] : lockSteps(state, depth);
  changePresentation(session, { screen: 'stage', captionDepth: depth });
  // Through the step before it, so that the stage animates the step.
  const showStep = (at: number): void => {
    if (at - session.getState().run.cursor > 1) seekTo(session, at - 1);
    seekTo(session, at);
  };
  const left = [...shown, depth];
  showStep(left.shift() ?? depth);
  if (left.length === 0) return;
  playSteps(session, () => {
    const next = left.shift();
    if (next !== undefined) showStep(next);
    return left.length > 0;
  });
}

function presentJump(session: Session, by: 1 | -1): void {
  const state = session.getState();
  if (by > 0) return changePresentation(session, { screen: 'end' });
  const isEnd = state.presentation.screen === 'end';
  changePresentation(session, { screen: 'stage', captionDepth: undefined });
  if (!isEnd) seekTo(session, adjacentCaptionDepth(state, -1));
}

/** The depths at which the locks are taken that a captioned step holds, if its caption speaks of a lock; at most the last two. */
export function lockSteps(state: SessionState, depth: number): readonly number[] {
  const path = branchPath(state);
  const [before, captioned] = path.slice(depth - 1, depth + 1).map(snapshotAt);
  const caption = branchCaptions(state)[depth];
  if (!before || !captioned || !caption || !isAboutLocks(caption.say)) return [];
  const { task } = captioned;
  const taken = (snapshot: Snapshot): readonly number[] =>
    snapshot.events.flatMap(({ template }) =>
      template.kind === 'lock' || template.kind === 'trylock' ? [template.field] : [],
    );
  if (task === undefined || taken(captioned).length > 0) return [];
  return path
    .slice(state.run.cursor + 1, depth)
    .map(snapshotAt)
    .filter(
      (snapshot) =>
        snapshot.task === task && taken(snapshot).some((field) => before.state[field] === task + 1),
    )
    .map(({ node }) => node.depth)
    .slice(-2);
}

/** Blacks the screen out, or shows the stage again. */
export function toggleBlackScreen(session: Session): void {
  const { screen } = session.getState().presentation;
  changePresentation(session, { screen: screen === 'black' ? 'stage' : 'black' });
}

/** Shows or hides the pointer. What the mouse is on is highlighted only with it. */
export function togglePointer(session: Session): void {
  changePresentation(session, { pointer: !session.getState().presentation.pointer });
  session.setState({ hover: undefined });
}

/** Changes some parts of what the presentation shows. */
export function changePresentation(session: Session, change: Partial<PresentationState>): void {
  session.setState(({ presentation }) => ({ presentation: { ...presentation, ...change } }));
}
