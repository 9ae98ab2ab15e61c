import { useCallback, useRef, useState } from 'react';
import { dispatch } from '../../session/actions/dispatch';
import { Combobox } from '../controls/Combobox';
import { focusNodeAfterClosing } from '../controls/focusNode';
import { useSessionStore } from '../useSession';
import styles from './FindList.module.css';
import { stageItems, matchStageItems, type StageItem } from './stageItems';
import { useStageStore } from './stageStore';

/** Finds a node by name and goes to it; opens its folded group if needed. */
export function FindList() {
  const session = useSessionStore();
  const stage = useStageStore();
  const [items] = useState(() => stageItems(session.getState(), stage.getState()));
  const [query, setQuery] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const focusOnMount = useCallback((field: HTMLInputElement | null) => {
    input.current = field;
    field?.focus();
  }, []);
  const matches = matchStageItems(items, query);
  const choose = (item: StageItem): void => {
    input.current?.closest<HTMLElement>('[popover]')?.hidePopover();
    const { selectAs = item.name } = item;
    // Selecting again makes the camera show the node even if it is selected already.
    if (session.getState().selection === selectAs) dispatch(session, 'select', { name: undefined });
    dispatch(session, 'select', { name: selectAs });
    focusNodeAfterClosing(item.id);
  };
  return (
    <Combobox
      className={styles.find}
      inputRef={focusOnMount}
      label="Find an object on the stage"
      placeholder="Name, type or group"
      query={query}
      onQueryChange={setQuery}
      matches={matches.filter(({ present }) => present)}
      keyOf={({ id }) => id}
      onPick={choose}
      renderItem={({ name, kind, foldedGroup }) => (
        <>
          <b>{name}</b>
          <small>{kind}</small>
          {foldedGroup !== undefined && <em>in group {foldedGroup}</em>}
        </>
      )}
      noMatches={<NoMatches query={query} absent={matches[0]} />}
    />
  );
}

/** Why nothing is found, and what can be searched for. */
function NoMatches({
  query,
  absent,
}: {
  readonly query: string;
  readonly absent: StageItem | undefined;
}) {
  return (
    <>
      {absent ? (
        <p>
          <b>{absent.name}</b> does not exist at this step: it has not been created yet, or it has
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
    </>
  );
}
