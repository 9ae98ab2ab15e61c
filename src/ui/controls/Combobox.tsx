import {
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
} from 'react';
import styles from './Combobox.module.css';

interface ComboboxProps<Item> {
  readonly label: string;
  readonly placeholder: string;
  readonly query: string;
  readonly onQueryChange: (query: string) => void;
  /** The items that match the query, best first; items of one group are adjacent. */
  readonly matches: readonly Item[];
  readonly keyOf: (item: Item) => string;
  readonly groupOf?: (item: Item) => string;
  readonly onPick: (item: Item) => void;
  readonly renderItem: (item: Item) => ReactNode;
  /** Shown if nothing matches. */
  readonly noMatches: ReactNode;
  readonly inputRef?: Ref<HTMLInputElement>;
  readonly className?: string | undefined;
}

/** A search field over a list of matches; the arrow keys move the active option, Enter picks it. */
export function Combobox<Item>({
  label,
  placeholder,
  query,
  onQueryChange,
  matches,
  keyOf,
  groupOf,
  onPick,
  renderItem,
  noMatches,
  inputRef,
  className = '',
}: ComboboxProps<Item>) {
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    // In braces: newer browsers return a promise here, which React would take for a clean-up.
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active, query]);
  const pick = (index: number): void => {
    const item = matches[index];
    if (item !== undefined) onPick(item);
  };
  const onClick = ({ target }: MouseEvent): void => {
    const option = target instanceof Element && target.closest<HTMLElement>('[role="option"]');
    if (option) pick(Number(option.dataset['index']));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const offset = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (event.key === 'Enter') pick(active);
    else if (offset === undefined || matches.length === 0) return;
    else setActive(nextActive(active, offset, matches.length));
    event.preventDefault();
  };
  const options = matches.map((item, i) => (
    <div
      key={keyOf(item)}
      id={`${id}-${i}`}
      role="option"
      aria-selected={i === active}
      tabIndex={-1}
      data-index={i}
      className={styles.option}
      onPointerMove={() => i !== active && setActive(i)}
    >
      {renderItem(item)}
    </div>
  ));
  const groups = groupOf && [...new Set(matches.map(groupOf))];
  return (
    <div className={`${styles.combobox} ${className}`}>
      <input
        ref={inputRef}
        type="text"
        className={styles.input}
        role="combobox"
        aria-label={label}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        aria-expanded={matches.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={active < matches.length ? `${id}-${active}` : undefined}
        value={query}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          onQueryChange(event.target.value);
          setActive(0);
        }}
      />
      {matches.length === 0 && (
        <div className={styles.noMatches} role="status">
          {noMatches}
        </div>
      )}
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label="Matches"
        className={styles.list}
        tabIndex={-1}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        {groupOf && groups
          ? groups.map((group) => (
              <div key={group} role="group" aria-label={group}>
                <p className={styles.group} aria-hidden="true">
                  {group}
                </p>
                {options.filter((_, i) => groupOf(matches[i] as Item) === group)}
              </div>
            ))
          : options}
      </div>
    </div>
  );
}

/** One step wraps around at the ends; a page stops there. */
function nextActive(active: number, offset: number, count: number): number {
  return Math.abs(offset) === 1
    ? (active + offset + count) % count
    : Math.max(0, Math.min(count - 1, active + offset));
}
