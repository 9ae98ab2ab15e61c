import { useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useSessionStore } from '../useSession';
import styles from './FindList.module.css';
import { focusNode } from './focusNode';
import { stageItems, matchStageItems, type StageItem } from './stageItems';
import { useStageStore } from './stageStore';
import { dispatch } from '../../session/actions/dispatch';

/** Finds a node by name and goes to it; opens its folded group if needed. */
export function FindList() {
  const session = useSessionStore();
  const stage = useStageStore();
  const [items] = useState(() => stageItems(session.getState(), stage.getState()));
  const [query, setQuery] = useState('');
  const [activeIndex, setActiveIndex] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => input.current?.focus(), []);
  useLayoutEffect(() => {
    // Block body: newer browsers return a promise, which React would take for a cleanup function.
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [activeIndex, query]);
  const matches = matchStageItems(items, query);
  const found = matches.filter(({ present }) => present);
  const choose = (item: StageItem | undefined): void => {
    if (!item) return;
    input.current?.closest<HTMLElement>('[popover]')?.hidePopover();
    const { selectAs = item.name } = item;
    // Selecting again makes the camera show the node even if it is selected already.
    if (session.getState().selection === selectAs) dispatch(session, 'select', { name: undefined });
    dispatch(session, 'select', { name: selectAs });
    focusNodeAfterClosing(item.id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = { ArrowDown: activeIndex + 1, ArrowUp: activeIndex - 1 }[event.key];
    if (event.key === 'Enter') choose(found[activeIndex]);
    else if (next === undefined || found.length === 0) return;
    else setActiveIndex((next + found.length) % found.length);
    event.preventDefault();
  };
  return (
    <div className={styles.find}>
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label="Find an object on the stage"
        placeholder="Name, type or group"
        autoComplete="off"
        spellCheck={false}
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={found[activeIndex] ? `${id}-${activeIndex}` : undefined}
        value={query}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setQuery(event.target.value);
          setActiveIndex(0);
        }}
      />
      {found.length === 0 && <NoMatches query={query} absent={matches} />}
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
          choose(
            found[
              Number(event.target.closest<HTMLElement>('[role="option"]')?.dataset['index'] ?? -1)
            ],
          )
        }
      >
        {found.map(({ id: nodeId, name, kind, foldedGroup }, i) => (
          <div
            key={nodeId}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === activeIndex}
            tabIndex={-1}
            data-index={i}
            className={styles.option}
            onPointerMove={() => i !== activeIndex && setActiveIndex(i)}
          >
            <b>{name}</b>
            <small>{kind}</small>
            {foldedGroup !== undefined && <em>in group {foldedGroup}</em>}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Why nothing is found, and what can be searched for. */
function NoMatches({
  query,
  absent,
}: {
  readonly query: string;
  readonly absent: readonly StageItem[];
}) {
  const [first] = absent;
  return (
    <div className={styles.noMatches} role="status">
      {first ? (
        <p>
          <b>{first.name}</b> does not exist at this step: it has not been created yet, or it has
          been freed.
        </p>
      ) : (
        <p>No match for “{query.trim()}”.</p>
      )}
      <p>
        Search for processes, device nodes and kernel objects by name (<code>vfio0</code>,{' '}
        <code>fd1</code>), by type (<code>vfio_device</code>), or by folded group (
        <code>in group 11</code>).
      </p>
    </div>
  );
}

/** Waits two frames: the popup restores focus when it closes, and a folded group may have to open first. */
function focusNodeAfterClosing(id: string): void {
  requestAnimationFrame(() => requestAnimationFrame(() => focusNode(id)));
}
