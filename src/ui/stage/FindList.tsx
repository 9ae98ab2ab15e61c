import { useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useSessionStore } from '../useSession';
import styles from './FindList.module.css';
import { stageItems, matchStageItems, type StageItem } from './stageItems';
import { useStageStore } from './stageStore';
import { dispatch } from '../../session/actions/dispatch';

/** Goes to an object by its name, also into a folded group. */
export function FindList() {
  const session = useSessionStore();
  const stage = useStageStore();
  const [all] = useState(() => stageItems(session.getState(), stage.getState()));
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => input.current?.focus(), []);
  useLayoutEffect(() => {
    // Newer browsers return a promise here, which is no clean-up.
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at, query]);
  const named = matchStageItems(all, query);
  const found = named.filter(({ present: there }) => there);
  const pick = (each: StageItem | undefined): void => {
    if (!each) return;
    input.current?.closest<HTMLElement>('[popover]')?.hidePopover();
    const { selectAs: selects = each.name } = each;
    if (session.getState().selection === selects) dispatch(session, 'select', { name: undefined });
    dispatch(session, 'select', { name: selects });
    focusNode(each.id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (event.key === 'Enter') pick(found[at]);
    else if (to === undefined || found.length === 0) return;
    else setAt((to + found.length) % found.length);
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
        aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
        value={query}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
      />
      {found.length === 0 && <NoMatches query={query} absent={named} />}
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
        {found.map(({ id: node, name, kind, foldedGroup: inside }, i) => (
          <div
            key={node}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            tabIndex={-1}
            data-at={i}
            className={styles.option}
            onPointerMove={() => i !== at && setAt(i)}
          >
            <b>{name}</b>
            <small>{kind}</small>
            {inside !== undefined && <em>in group {inside}</em>}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Why nothing is found, and what can be. */
function NoMatches({
  query,
  absent,
}: {
  readonly query: string;
  readonly absent: readonly StageItem[];
}) {
  const [first] = absent;
  return (
    <div className={styles.nothing} role="status">
      {first ? (
        <p>
          <b>{first.name}</b> is not there at this step: it has not come yet, or it is gone.
        </p>
      ) : (
        <p>Nothing here is named “{query.trim()}”.</p>
      )}
      <p>
        Processes, nodes in /dev and kernel objects are found by name (<code>vfio0</code>,{' '}
        <code>fd1</code>), by type (<code>vfio_device</code>), and folded ones by their group (
        <code>in group 11</code>).
      </p>
    </div>
  );
}

/** Gives the focus to a node once the popup has given it back and the fold has opened. */
function focusNode(node: string): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() =>
      document
        .querySelector<HTMLElement>(`[data-node="${CSS.escape(node)}"]`)
        ?.focus({ preventScroll: true }),
    ),
  );
}
