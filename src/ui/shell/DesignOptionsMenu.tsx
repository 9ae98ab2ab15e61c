import { useId } from 'react';
import { effectiveOptions } from '../../session/queries/effectiveOptions';
import { useSession, useSessionStore } from '../useSession';
import { Icon } from '../controls/Icon';
import { Popover } from '../controls/Popover';
import buttons from '../controls/controls.module.css';
import styles from './DesignOptionsMenu.module.css';
import { dispatch } from '../../session/actions/dispatch';

/** The choices within the design on screen. */
export function DesignOptionsMenu() {
  const session = useSessionStore();
  const setup = useSession((state) => state.run.setup);
  const id = useId();
  const { design } = setup;
  const options = effectiveOptions(setup);
  const changed = design.options.filter((option) => options[option.id] !== option.values[0]).length;
  return (
    <>
      <button
        type="button"
        className={`${buttons.button} ${buttons.quiet}`}
        popoverTarget={id}
        aria-label="About this design, and its options"
        data-tip="About this design, and its options"
      >
        <Icon name="sliders" />
        {changed > 0 && <span className={styles.count}>{changed}</span>}
      </button>
      <Popover id={id} label="Design options">
        <h2 className={styles.title}>{design.title}</h2>
        <p className={styles.about}>{design.about}</p>
        {design.options.map((option) => (
          <label key={option.id} className={styles.option}>
            <span>
              {option.title}
              <code>{option.id}</code>
            </span>
            <select
              className={buttons.select}
              value={options[option.id]}
              onChange={({ target: { value } }) =>
                dispatch(session, 'set-option', { option: option.id, value })
              }
            >
              {option.values.map((value) => (
                <option key={value}>{value}</option>
              ))}
            </select>
          </label>
        ))}
        {design.options.length === 0 && <p className={styles.about}>This design has no options.</p>}
      </Popover>
    </>
  );
}
