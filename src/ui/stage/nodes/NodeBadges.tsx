import { hasBadgesAbove } from '../../../graph/layout/badgeRect';
import type { NodeView } from '../../../graph/model/graph';
import styles from './node.module.css';

/** Refusals and violations of a node, in the gap below it, or above it if there is a node right below. */
export function NodeBadges({ view }: { readonly view: NodeView }) {
  const { badges, badgeExtends, maxBadgeWidth } = view;
  if (badges.length === 0) return undefined;
  return (
    <ul
      className={styles.badges}
      data-above={hasBadgesAbove(view) || undefined}
      data-align-right={badgeExtends === 'left' || undefined}
      style={{ maxWidth: `max(${maxBadgeWidth}px, 100%)` }}
    >
      {badges.map((badge, i) => (
        <li
          key={`${badge.title} ${badge.text}`}
          data-badge={badge.kind}
          data-more={i === 0 && badges.length > 1 ? `+${badges.length - 1}` : undefined}
          data-tooltip={badge.text}
        >
          <svg width={12} height={12} viewBox="0 0 12 12" aria-hidden="true">
            {badge.kind === 'errno' ? (
              <path
                d="M6 .8A5.2 5.2 0 1 0 6 11.2 5.2 5.2 0 0 0 6 .8zM2.6 5.2h6.8v1.6H2.6z"
                fill="currentColor"
                fillRule="evenodd"
              />
            ) : (
              <path
                d="M3.6.6h4.8l3 3v4.8l-3 3H3.6l-3-3V3.6zM5.2 2.8l.2 4h1.2l.2-4zM5.2 7.8h1.6v1.5H5.2z"
                fill="currentColor"
                fillRule="evenodd"
              />
            )}
          </svg>
          <span>
            <b>
              {badge.kind === 'violation' && (
                <span className={styles.visuallyHidden}>violation of </span>
              )}
              {badge.title}
            </b>{' '}
            <span className={styles.badgeText}>{badge.text}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
