import { accessLabel, type AccessFlag } from '../../../graph/model/accessText';
import { ACCESS_ICON_PATHS } from './access';
import styles from './node.module.css';

/** A longer label fills the title line beside the name of a file. */
const MAX_LABEL_WITH_ICON = 7;

/** Whether calls through a file reach the driver: by its fops or, if the design uses one, by its access flag. */
export function AccessBadge({
  access,
  accessFlag,
}: {
  readonly access: 'parked' | 'normal';
  readonly accessFlag: AccessFlag | undefined;
}) {
  const label = accessLabel(access, accessFlag);
  return (
    <span
      className={styles.accessBadge}
      data-access={access}
      data-part="access"
      data-long={label.length > MAX_LABEL_WITH_ICON || undefined}
    >
      <svg
        width={11}
        height={11}
        viewBox="0 0 12 12"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
        strokeWidth={1.5}
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d={ACCESS_ICON_PATHS[access]} />
      </svg>
      <span>{label}</span>
    </span>
  );
}
