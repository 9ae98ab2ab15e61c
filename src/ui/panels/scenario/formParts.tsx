import type { ReactNode } from 'react';
import type { ScenarioEdit } from '../../../scenario/edit/editScenario';
import type { Scenario } from '../../../scenario/format/scenario';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import styles from './ScenarioPanel.module.css';

/** What the parts of the form share. */
export interface SectionProps {
  readonly scenario: Scenario;
  readonly edit: (edit: ScenarioEdit) => void;
}

/** A titled list with the button that adds to it. */
export function FormSection({
  title,
  count,
  add,
  children,
}: {
  readonly title: string;
  readonly count?: number;
  readonly add?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className={styles.section} aria-label={title}>
      <header>
        <h3>
          {title} {count !== undefined && count > 0 && <small>{count}</small>}
        </h3>
        {add}
      </header>
      {children}
    </section>
  );
}

export function AddButton({
  children,
  label,
  onPress,
}: {
  readonly children: string;
  readonly label?: string;
  readonly onPress: () => void;
}) {
  return (
    <button
      type="button"
      className={`${buttons.button} ${buttons.small}`}
      aria-label={label}
      onClick={onPress}
    >
      <Icon name="plus" size={12} />
      {children}
    </button>
  );
}

export function IconButton({
  icon,
  label,
  disabled = false,
  onPress,
}: {
  readonly icon: 'close' | 'up' | 'chevron';
  readonly label: string;
  readonly disabled?: boolean;
  readonly onPress: () => void;
}) {
  return (
    <button
      type="button"
      className={styles.iconButton}
      aria-label={label}
      data-tooltip={label}
      aria-disabled={disabled}
      data-disabled={disabled ? '' : undefined}
      onClick={() => !disabled && onPress()}
    >
      <Icon name={icon} size={12} />
    </button>
  );
}

export function Select({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly onChange: (value: string) => void;
}) {
  return (
    <select
      className={styles.select}
      aria-label={label}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ))}
    </select>
  );
}
