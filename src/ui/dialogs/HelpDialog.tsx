import { MENU_COMMAND_LIST } from '../../session/actions/dispatch';
import { Modal } from '../controls/Modal';
import { hotkeyText } from '../controls/hotkeys';
import buttons from '../controls/controls.module.css';
import styles from './dialogs.module.css';

export function HelpDialog() {
  return (
    <Modal title="Help and shortcuts">
      <div
        className={styles.body}
        role="region"
        aria-label="How it works, and every key"
        tabIndex={0}
      >
        <p>
          Act for a process or the driver. <b>Run</b> makes the whole call, up to its end or until
          it must wait; <b>Start</b> only begins it, and each Step button then makes one atomic step
          of the kernel. Acting in the past starts a new branch; the old future stays.
        </p>
        <p>
          A file with <b>parked</b> fops cannot reach the driver, one with <b>normal</b> fops can.
          What is marked “found by reading, unconfirmed” is our own reading of the kernel.
        </p>
        <table className={styles.keys}>
          <caption className={buttons.hidden}>Keys</caption>
          <tbody>
            {MENU_COMMAND_LIST.map(
              ({ id, title, hotkey }) =>
                hotkey !== undefined && (
                  <tr key={id}>
                    <th scope="row">{title}</th>
                    <td>
                      <kbd className={buttons.kbd}>{hotkeyText(hotkey)}</kbd>
                    </td>
                  </tr>
                ),
            )}
          </tbody>
        </table>
      </div>
    </Modal>
  );
}
