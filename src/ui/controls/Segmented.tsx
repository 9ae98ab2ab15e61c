import { useId } from 'react';
import { Icon, type IconName } from './Icon';
import styles from './Segmented.module.css';

interface Segment<T extends string> {
  readonly value: T;
  readonly text: string;
  /** The accessible name, where the text is short. */
  readonly accessibleName?: string | undefined;
  readonly tooltip?: string | undefined;
  /** Stands for the text where there is little room. */
  readonly icon?: IconName;
}

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly segments: readonly Segment<T>[];
  readonly value: T;
  readonly onSelect: (value: T) => void;
  readonly className?: string | undefined;
  /** Identifiers of the kernel or of our formats. */
  readonly monospace?: boolean;
}

/** A single choice among few, all in sight. */
export function Segmented<T extends string>({
  label,
  segments,
  value,
  onSelect: onPick,
  className = '',
  monospace: mono = false,
}: SegmentedProps<T>) {
  const name = useId();
  return (
    <fieldset className={`${styles.segmented} ${className}`} data-mono={mono ? '' : undefined}>
      <legend className={styles.legend}>{label}</legend>
      {segments.map((each) => (
        <label key={each.value} className={styles.segment} data-tip={each.tooltip}>
          <input
            type="radio"
            name={name}
            value={each.value}
            checked={each.value === value}
            aria-label={each.accessibleName}
            onChange={() => onPick(each.value)}
          />
          <span>
            {each.icon && <Icon name={each.icon} />}
            <span>{each.text}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
