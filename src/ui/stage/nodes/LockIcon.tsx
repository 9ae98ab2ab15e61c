import styles from './node.module.css';

export function LockIcon({ open }: { readonly open: boolean }) {
  return (
    <svg
      className={styles.lockIcon}
      data-part="lock"
      width={10}
      height={12}
      viewBox="0 0 10 12"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
    >
      <path d={open ? 'M2.8 5.4V3a2.2 2.2 0 0 1 4.3-.7' : 'M2.8 5.4V3.2a2.2 2.2 0 0 1 4.4 0v2.2'} />
      <rect x={1} y={5.4} width={8} height={5.8} rx={1} fill={open ? 'none' : 'currentColor'} />
    </svg>
  );
}
