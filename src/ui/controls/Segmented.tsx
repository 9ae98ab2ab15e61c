import { useId } from 'react';
import { Icon, type IconName } from './Icon';
import styles from './Segmented.module.css';

interface Segment<T extends string> {
  readonly value: T;
  readonly text: string;
  /** The accessible name, where the text is short. */
  readonly title?: string | undefined;
  readonly tip?: string | undefined;
  /** Stands for the text where there is little room. */
  readonly icon?: IconName;
}

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly segments: readonly Segment<T>[];
  readonly value: T;
  readonly onPick: (value: T) => void;
  readonly className?: string | undefined;
  /** Identifiers of the kernel or of our formats. */
  readonly mono?: boolean;
}

/** A single choice among few, all in sight. */
export function Segmented<T extends string>({
  label,
  segments,
  value,
  onPick,
  className = '',
  mono = false,
}: SegmentedProps<T>) {
  const name = useId();
  return (
    <fieldset className={`${styles.segmented} ${className}`} data-mono={mono ? '' : undefined}>
      <legend className={styles.legend}>{label}</legend>
      {segments.map((each) => (
        <label key={each.value} className={styles.segment} data-tip={each.tip}>
          <input
            type="radio"
            name={name}
            value={each.value}
            checked={each.value === value}
            aria-label={each.title}
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
