import type { FocusEvent, KeyboardEvent } from 'react';
import styles from './ScenarioPanel.module.css';

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  /** Called with the new text when the field is left or Enter is pressed. If it refuses the text, the field shows `value` again. */
  readonly onCommit: (text: string) => void;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly rows?: number;
  /** For identifiers. */
  readonly monospace?: boolean;
}

/** A text field whose text counts when it is left; Escape takes the typing back. */
export function TextField({
  label,
  value,
  onCommit,
  placeholder,
  maxLength = 32,
  rows,
  monospace = false,
}: TextFieldProps) {
  const Field = rows === undefined ? 'input' : 'textarea';
  type FieldElement = HTMLInputElement & HTMLTextAreaElement;
  return (
    <Field
      key={value}
      className={styles.field}
      data-monospace={monospace ? '' : undefined}
      aria-label={label}
      defaultValue={value}
      placeholder={placeholder}
      maxLength={maxLength}
      rows={rows}
      spellCheck={!monospace}
      autoComplete="off"
      onBlur={({ target }: FocusEvent<FieldElement>) => {
        const text = target.value.trim();
        target.value = value;
        if (text !== value) onCommit(text);
      }}
      onKeyDown={(event: KeyboardEvent<FieldElement>) => {
        if (event.key === 'Escape') event.currentTarget.value = value;
        else if (event.key !== 'Enter' || event.shiftKey) return;
        event.preventDefault();
        event.currentTarget.blur();
      }}
    />
  );
}
