import { useCallback, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { paletteItems, filterPalette, type PaletteItem } from '../../session/actions/paletteItems';
import { currentSnapshot } from '../../session/trace/replay';
import { Modal } from '../controls/Modal';
import { hotkeyText } from '../controls/hotkeys';
import buttons from '../controls/controls.module.css';
import { useSessionStore } from '../useSession';
import { stageSearchItems } from './searchItems';
import { takeTypeAhead } from './typeAhead';
import styles from './PaletteDialog.module.css';
import { dispatch } from '../../session/actions/dispatch';

/** Finds whatever can be done or shown by its name. */
export function PaletteDialog() {
  const session = useSessionStore();
  const [all] = useState(() =>
    paletteItems(session.getState(), stageSearchItems(currentSnapshot(session.getState()))),
  );
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const found = filterPalette(all, query);
  const groups = [...new Set(found.map(({ group }) => group))];
  useLayoutEffect(() => {
    // Newer browsers return a promise here, which is no clean-up.
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at, query]);
  const pick = useCallback(
    (each: PaletteItem | undefined): void => {
      if (!each) return;
      dispatch(session, 'close-dialog');
      each.run(session);
      if (each.node !== undefined) focusStageNode(each.node);
    },
    [session],
  );
  // In the moment in which it comes on the page, so that no key falls between: its render may lie some time before.
  const arrive = useCallback(
    (field: HTMLInputElement | null): void => {
      if (!field) return;
      const { text, submitted: entered } = takeTypeAhead();
      setQuery(text);
      if (entered) pick(filterPalette(all, text)[0]);
    },
    [all, pick],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }[event.key];
    if (event.key === 'Enter') pick(found[at]);
    else if (to === undefined || found.length === 0) return;
    else
      setAt(
        Math.abs(to - at) === 1
          ? (to + found.length) % found.length
          : Math.max(0, Math.min(found.length - 1, to)),
      );
    event.preventDefault();
  };
  return (
    <Modal title="Find" placement="sheet">
      <div className={styles.search}>
        <input
          ref={arrive}
          data-focus=""
          className={buttons.field}
          role="combobox"
          aria-label="Find a command, call or object"
          placeholder="A command, an action, an object, a scenario…"
          autoComplete="off"
          spellCheck={false}
          aria-expanded={found.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
          value={query}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
        />
      </div>
      {found.length === 0 && (
        <p className={styles.empty} role="status">
          Nothing here is called “{query}”.
        </p>
      )}
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label="Found"
        className={styles.list}
        tabIndex={-1}
        onKeyDown={onKeyDown}
        onClick={(event) =>
          event.target instanceof Element &&
          pick(
            found[
              Number(event.target.closest<HTMLElement>('[role="option"]')?.dataset['at'] ?? -1)
            ],
          )
        }
      >
        {groups.map((group) => (
          <div key={group} role="group" aria-label={group}>
            <p className={styles.group} aria-hidden="true">
              {group}
            </p>
            {found.map(
              (each, i) =>
                each.group === group && (
                  <div
                    key={each.id}
                    id={`${id}-${i}`}
                    role="option"
                    aria-selected={i === at}
                    tabIndex={-1}
                    data-at={i}
                    className={styles.option}
                    onPointerMove={() => i !== at && setAt(i)}
                  >
                    <span>{each.title}</span>
                    <small>{each.detail}</small>
                    {each.hotkey !== undefined && (
                      <kbd className={buttons.kbd}>{hotkeyText(each.hotkey)}</kbd>
                    )}
                  </div>
                ),
            )}
          </div>
        ))}
      </div>
    </Modal>
  );
}

/** Gives the focus to a node of the stage once the dialog has given it back. */
function focusStageNode(node: string): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() =>
      document
        .querySelector<HTMLElement>(`[data-node="${CSS.escape(node)}"]`)
        ?.focus({ preventScroll: true }),
    ),
  );
}
