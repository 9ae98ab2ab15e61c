import { memo } from 'react';
import { branchCaptions } from '../../session/queries/captions';
import { useSession } from '../useSession';
import styles from './Timeline.module.css';

/** Step numbers, with marks at captions and at forks of branches. */
export const TimelineRuler = memo(function TimelineRuler({ steps }: { readonly steps: number }) {
  const captions = useSession(branchCaptions);
  const branches = useSession((state) => state.run.branches);
  const currentBranchId = useSession((state) => state.run.branchId);
  const interval = steps > 120 ? 20 : steps > 50 ? 10 : 5;
  const left = (depth: number): string => `${(depth / steps) * 100}%`;
  return (
    <div className={styles.ruler} aria-hidden="true">
      {Array.from({ length: Math.floor(steps / interval) }, (_, i) => (i + 1) * interval).map(
        (depth) => (
          <span key={depth} style={{ left: left(depth) }}>
            {depth}
          </span>
        ),
      )}
      {captions.map(
        (caption, depth) =>
          caption && <i key={depth} className={styles.captionMark} style={{ left: left(depth) }} />,
      )}
      {branches.map(
        ({ id, forkedFrom }) =>
          forkedFrom &&
          (forkedFrom.branch === currentBranchId || id === currentBranchId) &&
          forkedFrom.depth <= steps && (
            <i
              key={`fork${id}`}
              className={styles.forkMark}
              style={{ left: left(forkedFrom.depth) }}
            />
          ),
      )}
    </div>
  );
});
