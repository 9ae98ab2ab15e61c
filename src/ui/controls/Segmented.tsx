import { useId } from 'react';
import { Icon, type IconName } from './Icon';
import styles from './Segmented.module.css';

interface Segment<T extends string> {
  readonly value: T;
  readonly text: string;
  /** Accessible name, if longer than the text. */
  readonly accessibleName?: string | undefined;
  readonly tooltip?: string | undefined;
  /** Replaces the text in narrow places. */
  readonly icon?: IconName;
}

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly segments: readonly Segment<T>[];
  readonly value: T;
  readonly onSelect: (value: T) => void;
  readonly className?: string | undefined;
}

/** Radio buttons in one row. */
export function Segmented<T extends string>({
  label,
  segments,
  value,
  onSelect,
  className = '',
}: SegmentedProps<T>) {
  const name = useId();
  return (
    <fieldset className={`${styles.segmented} ${className}`}>
      <legend className={styles.legend}>{label}</legend>
      {segments.map((segment) => (
        <label key={segment.value} className={styles.segment} data-tooltip={segment.tooltip}>
          <input
            type="radio"
            name={name}
            value={segment.value}
            checked={segment.value === value}
            aria-label={segment.accessibleName}
            onChange={() => onSelect(segment.value)}
          />
          <span>
            {segment.icon && <Icon name={segment.icon} />}
            <span>{segment.text}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
