import { lazyPart } from '../controls/lazyPart';
import { PopoverButton } from '../controls/PopoverButton';
import { useSession } from '../useSession';
import { Stage } from './Stage';
import styles from './Stage.module.css';

const AddMenu = lazyPart({
  name: 'The list of additions',
  load: async () => (await import('./EditMenus')).AddMenu,
  preload: true,
});
const ChangeMenu = lazyPart({
  name: 'The list of changes',
  load: async () => (await import('./EditMenus')).ChangeMenu,
  preload: true,
});

/** Add something, and change or remove the selection. */
function EditTools() {
  const isSelected = useSession((state) => state.selection !== undefined);
  return (
    <>
      <PopoverButton
        label="Add to the scenario"
        buttonLabel="Add to the scenario"
        tooltip="Add a process, a thread, a device, a device set or a kernel driver"
        className={styles.addButton}
        popoverClassName={styles.editPopup}
        content={<AddMenu />}
      >
        Add <span>to the scenario</span>
      </PopoverButton>
      {isSelected && (
        <PopoverButton
          label="Change the selection"
          buttonLabel="Change the selection"
          tooltip="Change or remove what is selected"
          popoverClassName={styles.editPopup}
          content={<ChangeMenu />}
        >
          Change
        </PopoverButton>
      )}
    </>
  );
}

const TOOLS = <EditTools />;

/** The stage of the page, with the tools that change the scenario. */
export function EditableStage() {
  return <Stage editTools={TOOLS} />;
}
