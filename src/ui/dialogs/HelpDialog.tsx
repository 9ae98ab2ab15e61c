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
        aria-label="Instructions and keyboard shortcuts"
        tabIndex={0}
      >
        <p>
          Make calls as a process or as the driver. In <b>Run calls</b> mode a call runs until it
          returns or blocks. In <b>Start, then step</b> mode it only starts, and each Step button
          executes one atomic step of the kernel. A call or step in the past starts a new branch;
          the old branch is kept.
        </p>
        <p>
          A file with <b>parked</b> fops cannot reach the driver; a file with <b>normal</b> fops
          can. “Found by reading” marks a conclusion from the kernel source that was not tested on a
          running kernel.
        </p>
        <table className={styles.keys}>
          <caption className={buttons.hidden}>Keyboard shortcuts</caption>
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
