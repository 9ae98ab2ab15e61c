import { useCallback, useState } from 'react';
import { paletteItems, filterPalette, type PaletteItem } from '../../session/actions/paletteItems';
import { currentSnapshot } from '../../session/trace/replay';
import { Combobox } from '../controls/Combobox';
import { focusNodeAfterClosing } from '../controls/focusNode';
import { Modal } from '../controls/Modal';
import { hotkeyText } from '../controls/hotkeys';
import buttons from '../controls/controls.module.css';
import { useSessionStore } from '../useSession';
import { stageSearchItems } from './searchItems';
import { takeTypeAhead } from './typeAhead';
import styles from './PaletteDialog.module.css';
import { dispatch } from '../../session/actions/dispatch';

/** Finds commands, calls, objects and scenarios by name. */
export function PaletteDialog() {
  const session = useSessionStore();
  const [items] = useState(() =>
    paletteItems(session.getState(), stageSearchItems(currentSnapshot(session.getState()))),
  );
  const [query, setQuery] = useState('');
  const pick = useCallback(
    (item: PaletteItem): void => {
      dispatch(session, 'close-dialog');
      item.run(session);
      if (item.node !== undefined) focusNodeAfterClosing(item.node);
    },
    [session],
  );
  // A ref callback runs when the field is added to the page, so that no key is lost between render and mount.
  const takeKeysTypedSoFar = useCallback(
    (field: HTMLInputElement | null): void => {
      if (!field) return;
      const { text, submitted } = takeTypeAhead();
      setQuery(text);
      const [best] = filterPalette(items, text);
      if (submitted && best) pick(best);
    },
    [items, pick],
  );
  return (
    <Modal title="Find" placement="sheet">
      <Combobox
        className={styles.palette}
        inputRef={takeKeysTypedSoFar}
        label="Find a command, call or object"
        placeholder="Command, call, object or scenario"
        query={query}
        onQueryChange={setQuery}
        matches={filterPalette(items, query)}
        keyOf={({ id }) => id}
        groupOf={({ group }) => group}
        onPick={pick}
        renderItem={({ title, detail, hotkey }) => (
          <>
            <span>{title}</span>
            <small>{detail}</small>
            {hotkey !== undefined && <kbd className={buttons.kbd}>{hotkeyText(hotkey)}</kbd>}
          </>
        )}
        noMatches={<p>No match for “{query}”.</p>}
      />
    </Modal>
  );
}
