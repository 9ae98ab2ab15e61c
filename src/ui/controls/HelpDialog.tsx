import { Dialog } from '@base-ui/react/dialog';
import { COMMANDS, type Command } from '../../session/commands';
import { useSession, useSessionStore } from '../useSession';
import { hotkeyText } from './hotkeys';
import buttons from './controls.module.css';
import styles from './HelpDialog.module.css';

const commands: readonly Command[] = Object.values(COMMANDS);

export function HelpDialog() {
  const session = useSessionStore();
  const open = useSession((state) => state.dialog === 'help');
  return (
    <Dialog.Root open={open} onOpenChange={(next) => session.setState({ dialog: next ? 'help' : undefined })}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.popup}>
          <Dialog.Title>Help and keys</Dialog.Title>
          <Dialog.Description>Act for a process or the driver on the left. Run makes the whole call; Step begins it and leaves every step to you. Acting in the past starts a new branch.</Dialog.Description>
          <dl>
            {commands.map(({ id, title, hotkey }) => hotkey !== undefined && <div key={id}><dt>{title}</dt><dd><kbd>{hotkeyText(hotkey)}</kbd></dd></div>)}
          </dl>
          <Dialog.Close className={buttons.button}>Close help</Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
