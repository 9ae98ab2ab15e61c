import { currentDifference, comparisonPosition } from '../../../session/queries/comparison';
import type { SharedTimeline } from '../../../session/queries/sharedTimeline';
import { CommandButton } from '../../controls/CommandButton';
import { useSession } from '../../useSession';
import styles from './CompareView.module.css';

/** Where results differ, and the button that plays to it. */
export function DifferenceHeadline({ timeline }: { readonly timeline: SharedTimeline }) {
  const difference = useSession(currentDifference);
  const tick = useSession((state) => comparisonPosition(state).tick);
  const playing = useSession((state) => state.settings.playing);
  const { differences, end } = timeline;
  const [first] = differences;
  const differing = differences.find(({ byFault }) => !byFault);
  const isLeft = differences.some((each) => each.tick > tick);
  return (
    <div className={styles.headline}>
      <h2 aria-live="off">
        {difference ? (
          <>
            {difference.byFault
              ? 'Different errors are injected'
              : tick > difference.tick
                ? 'Results differed'
                : 'Results differ'}
            {difference === differing ? ' first' : ''} in {difference.subject}
            {differences.length > 1 && (
              <span>
                {differences.indexOf(difference) + 1} of {differences.length}
              </span>
            )}
          </>
        ) : first ? (
          <>
            Results are the same until step {first.tick} of {end}
          </>
        ) : (
          'All calls do the same in these columns'
        )}
      </h2>
      <CommandButton
        command="compare-play"
        icon={playing ? 'pause' : 'play'}
        text={
          playing
            ? 'Pause'
            : isLeft
              ? tick === 0
                ? first?.byFault
                  ? 'Play until the injected errors differ'
                  : 'Play until results differ'
                : 'Play to the next difference'
              : tick === end
                ? 'Play again'
                : 'Play to the end'
        }
        variant="primary"
        tooltipSide="below"
      />
    </div>
  );
}
