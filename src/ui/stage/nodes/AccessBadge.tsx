import styles from './node.module.css';

/** Whether calls through a file reach the driver: its fops, or where no fops are swapped, its gate. */
export function AccessBadge({
  access,
  gated,
}: {
  readonly access: 'parked' | 'normal';
  readonly gated: boolean;
}) {
  return (
    <span className={styles.chip} data-access={access} data-part="access">
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
        <path d={access === 'parked' ? 'M4 2.6v6.8M8 2.6v6.8' : 'm2 6.4 2.8 2.8L10 3.4'} />
      </svg>
      {gated && <span className={styles.gate}>gate&nbsp;</span>}
      <span>{gated ? (access === 'parked' ? 'closed' : 'open') : access}</span>
    </span>
  );
}

/** `parked`, `normal`, `gate closed` or `gate open`. */
export function accessText(access: 'parked' | 'normal', gated: boolean): string {
  if (gated) return access === 'parked' ? 'gate closed' : 'gate open';
  return access;
}
