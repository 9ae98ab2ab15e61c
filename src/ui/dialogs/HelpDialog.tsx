import { MENU_COMMAND_LIST, type MenuCommand } from '../../session/actions/dispatch';
import { Modal } from '../controls/Modal';
import { hotkeysOf, hotkeyText } from '../controls/hotkeys';
import buttons from '../controls/controls.module.css';
import styles from './dialogs.module.css';

const withKeys = MENU_COMMAND_LIST.filter((command) => hotkeysOf(command).length > 0);
const inMode = (prefix: string): readonly MenuCommand[] =>
  withKeys.filter(({ id, exclusiveWhile }) => exclusiveWhile && id.startsWith(prefix));

/** The keys of a mode replace those of the page. */
const MODES: readonly { readonly title: string; readonly commands: readonly MenuCommand[] }[] = [
  { title: 'Keys of the page', commands: withKeys.filter(({ exclusiveWhile }) => !exclusiveWhile) },
  { title: 'In the comparison', commands: inMode('compare-') },
  {
    title: 'In a presentation',
    commands: [...inMode('present-'), ...withKeys.filter(({ id }) => id === 'focus')],
  },
  { title: 'In the tour', commands: inMode('tour-') },
];

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
        {MODES.map(({ title, commands }) => (
          <table key={title} className={styles.keys}>
            <caption>{title}</caption>
            <tbody>
              {commands.map((command) => (
                <tr key={command.id}>
                  <th scope="row">{command.title}</th>
                  <td>
                    {hotkeysOf(command).map((hotkey) => (
                      <kbd key={hotkey} className={buttons.kbd}>
                        {hotkeyText(hotkey)}
                      </kbd>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
    </Modal>
  );
}
