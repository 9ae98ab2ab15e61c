import { designTitle, optionValueName } from '../../kernel/language/design';
import { effectiveOptions } from '../../session/queries/effectiveOptions';
import { useSession, useSessionStore } from '../useSession';
import { Icon } from '../controls/Icon';
import { PopoverButton } from '../controls/PopoverButton';
import buttons from '../controls/controls.module.css';
import styles from './DesignOptionsMenu.module.css';
import { dispatch } from '../../session/actions/dispatch';

/** The description and the options of the current design. */
export function DesignOptionsMenu() {
  const session = useSessionStore();
  const setup = useSession((state) => state.run.setup);
  const { design } = setup;
  const options = effectiveOptions(setup);
  const changed = design.options.filter(({ id, values }) => options[id] !== values[0]).length;
  return (
    <PopoverButton
      label="Design options"
      buttonLabel="Show design options"
      tooltip="Show design options"
      className={`${buttons.button} ${buttons.quiet}`}
      popoverClassName={styles.panel}
      content={
        <>
          <h2 className={styles.title}>{designTitle(design, options)}</h2>
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
                onChange={(event) =>
                  dispatch(session, 'set-option', { option: option.id, value: event.target.value })
                }
              >
                {option.values.map((value) => (
                  <option key={value} value={value}>
                    {optionValueName(value)}
                  </option>
                ))}
              </select>
            </label>
          ))}
          {design.options.length === 0 && (
            <p className={styles.about}>This design has no options.</p>
          )}
        </>
      }
    >
      <Icon name="sliders" />
      Options
      {changed > 0 && <span className={styles.count}>{changed}</span>}
    </PopoverButton>
  );
}
