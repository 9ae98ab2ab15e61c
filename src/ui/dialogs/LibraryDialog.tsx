import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { variantToOpen } from '../../scenario/library/builtInScenario';
import { LIBRARY, LIBRARY_GROUPS } from '../../scenario/library/library';
import { Icon } from '../controls/Icon';
import { Modal } from '../controls/Modal';
import buttons from '../controls/controls.module.css';
import { downloadText } from './download';
import { useSession, useSessionStore } from '../useSession';
import styles from './dialogs.module.css';
import { makeSessionScenario } from '../../session/queries/sessionScenario';
import { dispatch } from '../../session/actions/dispatch';

/** The built-in scenarios, and scenario files. */
export function LibraryDialog() {
  const session = useSessionStore();
  const setup = useSession((state) => state.run.setup);
  const [query, setQuery] = useState('');
  const file = useRef<HTMLInputElement>(null);
  const { id: designId } = setup.design;
  const scenarios = useMemo(
    () => LIBRARY.map((entry) => ({ entry, scenario: variantToOpen(entry, designId) })),
    [designId],
  );
  const matches = scenarios.filter(({ entry: { id }, scenario: { title, about } }) =>
    `${id} ${title} ${about}`.toLowerCase().includes(query.trim().toLowerCase()),
  );
  const open = (id: string): void => {
    dispatch(session, 'close-dialog');
    dispatch(session, 'open-scenario', { id });
  };
  return (
    <Modal title="Scenarios" placement="sheet">
      <div className={styles.search}>
        <input
          type="search"
          className={buttons.field}
          aria-label="Search scenarios"
          placeholder="Search scenarios"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={moveFocusToList}
        />
        <button
          type="button"
          className={buttons.button}
          onClick={() => {
            dispatch(session, 'close-dialog');
            dispatch(session, 'new-scenario');
          }}
        >
          <Icon name="plus" />
          New scenario
        </button>
      </div>
      <div
        className={styles.list}
        role="region"
        aria-label="Built-in scenarios"
        tabIndex={0}
        onKeyDown={moveFocusInList}
      >
        {matches.length === 0 && <p className={styles.empty}>No scenario matches “{query}”.</p>}
        {LIBRARY_GROUPS.map((group) => {
          const entries = matches.filter(({ entry }) => entry.group === group.id);
          return (
            entries.length > 0 && (
              <section key={group.id} aria-labelledby={`group-${group.id}`}>
                <h3 id={`group-${group.id}`}>{group.title}</h3>
                {entries.map(({ entry, scenario }) => (
                  <button
                    key={entry.id}
                    type="button"
                    className={styles.entry}
                    aria-label={scenario.title}
                    aria-describedby={`about-${entry.id}`}
                    aria-current={entry.id === setup.libraryId}
                    onClick={() => open(entry.id)}
                  >
                    <b>{scenario.title}</b>
                    <span id={`about-${entry.id}`}>{scenario.about}</span>
                    {!entry.designs.includes(designId) && (
                      <small>opens in {entry.designs[0]}</small>
                    )}
                  </button>
                ))}
              </section>
            )
          );
        })}
      </div>
      <footer className={styles.footer}>
        <input
          ref={file}
          type="file"
          accept=".json,.svg,.design,.txt,.ftrace,application/json,image/svg+xml,text/plain"
          hidden
          aria-label="Scenario file"
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            event.target.value = '';
            if (!chosen) return;
            dispatch(session, 'close-dialog');
            dispatch(session, 'open-file', { file: chosen });
          }}
        />
        <button type="button" className={buttons.button} onClick={() => file.current?.click()}>
          <Icon name="open" />
          Open a scenario or a trace
        </button>
        <button
          type="button"
          className={`${buttons.button} ${buttons.quiet}`}
          onClick={() => downloadText('playground.scenario.json', makeSessionScenario(session))}
        >
          <Icon name="save" />
          Save this run as a scenario
        </button>
        <span>or drop a scenario, an SVG or a kernel trace on the page</span>
      </footer>
    </Modal>
  );
}

function moveFocusToList(event: KeyboardEvent<HTMLInputElement>): void {
  const first = event.currentTarget.closest('dialog')?.querySelector<HTMLElement>('section button');
  if (!first || (event.key !== 'ArrowDown' && event.key !== 'Enter')) return;
  event.preventDefault();
  if (event.key === 'Enter') first.click();
  else first.focus();
}

function moveFocusInList(event: KeyboardEvent<HTMLElement>): void {
  const offset = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (offset === undefined) return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
  const focused = items.findIndex((item) => item === document.activeElement);
  items[Math.max(0, Math.min(items.length - 1, focused + offset))]?.focus();
  event.preventDefault();
}
