import {
  adjacentDifference,
  comparisonOf,
  comparisonPosition,
  currentDifference,
  MAX_COMPARED,
  MIN_COMPARED,
} from '../queries/comparison';
import type { ComparisonState, Session } from '../store/session';
import { pause, playSteps } from './playback';

/** Moves along the shared timeline; `tick` is clamped to its ends. Announces a difference when it is reached. */
export function seekComparison(session: Session, tick: number): void {
  const before = comparisonPosition(session.getState());
  const next = Math.max(0, Math.min(tick, before.end));
  if (next === before.tick) return;
  session.setState(({ comparison }) => ({ comparison: { ...comparison, tick: next } }));
  const state = session.getState();
  const difference = currentDifference(state);
  const runs = comparisonOf(state).timeline?.runs ?? [];
  session.setState({
    announcement:
      difference?.tick === next
        ? `${difference.byFault ? 'Different errors are injected' : 'Results differ'} in ${difference.subject}. ${difference.sides
            .map(({ text }, index) => `${runs[index]?.name} ${text}`)
            .join(' ')}`
        : `Step ${next} of ${before.end}`,
  });
}

/** Moves by a number of ticks. */
export function stepComparison(session: Session, count: number): void {
  pause(session);
  seekComparison(session, comparisonPosition(session.getState()).tick + count);
}

/** Plays until results differ next, or to the end; at the end it plays from the start. */
export function playComparison(session: Session): void {
  const { tick, end } = comparisonPosition(session.getState());
  if (end === 0) return;
  if (tick === end) seekComparison(session, 0);
  const target = adjacentDifference(session.getState(), 1);
  playSteps(session, () => {
    seekComparison(session, comparisonPosition(session.getState()).tick + 1);
    const state = session.getState();
    return state.layout.view === 'compare' && comparisonPosition(state).tick < target;
  });
}

/** Jumps to the next or previous difference. */
export function seekDifference(session: Session, direction: 1 | -1): void {
  pause(session);
  seekComparison(session, adjacentDifference(session.getState(), direction));
}

/** Compares the values of an option, or with undefined all designs. */
export function compareOption(session: Session, option: string | undefined): void {
  pause(session);
  changeComparison(session, { option, hidden: [], tick: 0 });
}

/** Shows or hides a column. Two to four stay. */
export function toggleColumn(session: Session, name: string): void {
  pause(session);
  const { columns, shown } = comparisonOf(session.getState());
  const isShown = shown.some((column) => column.name === name);
  if (isShown ? shown.length <= MIN_COMPARED : shown.length >= MAX_COMPARED) return;
  const names = new Set(shown.map((column) => column.name));
  if (isShown) names.delete(name);
  else names.add(name);
  changeComparison(session, {
    hidden: columns.flatMap((column) => (names.has(column.name) ? [] : column.name)),
  });
}

function changeComparison(session: Session, change: Partial<ComparisonState>): void {
  session.setState(({ comparison }) => ({ comparison: { ...comparison, ...change } }));
}
