import type { SessionState } from '../store/session';
import { currentSnapshot } from '../trace/replay';
import { resolveSelection } from './selectedItem';

/** One setting of the view that links carry as a word. */
interface ViewParameter {
  readonly key: string;
  readonly read: (state: SessionState) => string | undefined;
  /** Undefined if the word has no meaning for this run. */
  readonly parse: (state: SessionState, word: string) => Partial<SessionState> | undefined;
}

/** Theme and speed are left out: they belong to the reader, not to the link. */
const VIEW_PARAMETERS: readonly ViewParameter[] = [
  {
    key: 'select',
    read: (state) => state.selection,
    parse: (state, name) =>
      resolveSelection(currentSnapshot(state), name) ? { selection: name } : undefined,
  },
  {
    key: 'compare',
    read: ({ layout, comparison }) =>
      layout.view === 'compare' ? String(comparison.tick) : undefined,
    parse: ({ layout, comparison }, word) =>
      /^\d{1,6}$/.test(word)
        ? {
            layout: { ...layout, view: 'compare', welcome: false },
            comparison: { ...comparison, tick: Number(word) },
          }
        : undefined,
  },
  {
    key: 'order',
    read: ({ settings }) => (settings.scheduler === 'random' ? String(settings.seed) : undefined),
    parse: ({ settings }, word) =>
      /^\d{1,9}$/.test(word)
        ? { settings: { ...settings, scheduler: 'random', seed: Number(word) } }
        : undefined,
  },
];

/** The view of a session, as links carry it. */
export function viewParametersOf(state: SessionState): Readonly<Record<string, string>> {
  return Object.fromEntries(
    VIEW_PARAMETERS.flatMap(({ key, read }) => {
      const word = read(state);
      return word === undefined ? [] : [[key, word]];
    }),
  );
}

/** The change of state that a view parameter asks for; undefined if the key or the word is unknown. */
export function parseViewParameter(
  state: SessionState,
  key: string,
  word: string,
): Partial<SessionState> | undefined {
  return VIEW_PARAMETERS.find((each) => each.key === key)?.parse(state, word);
}
