import type { CSSProperties } from 'react';
import { callExpression } from '../../../scenario/format/callText';
import { dispatch } from '../../../session/actions/dispatch';
import { comparisonPosition } from '../../../session/queries/comparison';
import type { SharedTimeline } from '../../../session/queries/sharedTimeline';
import { snapshotAt } from '../../../session/trace/replay';
import { CommandButton } from '../../controls/CommandButton';
import { processColour } from '../../controls/processColour';
import { StepSlider } from '../../panels/StepSlider';
import { useSession, useSessionStore } from '../../useSession';
import styles from './SharedTimelineBar.module.css';

/** The one timeline of all stages: the calls, where results differ, and the position. */
export function SharedTimelineBar({ timeline }: { readonly timeline: SharedTimeline }) {
  const session = useSessionStore();
  const tick = useSession((state) => comparisonPosition(state).tick);
  const { spans, differences, end, runs } = timeline;
  const [root] = runs[0]?.path ?? [];
  const place = (from: number, length = 0): CSSProperties => ({
    left: `${(from / Math.max(1, end)) * 100}%`,
    width: `${(length / Math.max(1, end)) * 100}%`,
  });
  return (
    <section className={styles.bar} aria-label="Shared timeline">
      <div className={styles.buttons}>
        <CommandButton command="compare-previous" icon="start" />
        <CommandButton command="compare-back" icon="back" />
        <CommandButton command="compare-forward" icon="forward" />
        <CommandButton command="compare-next" icon="end" />
        <output aria-label="Step">
          {tick} / {end}
        </output>
      </div>
      <div className={styles.track}>
        <ol className={styles.spans} aria-label="Calls">
          {spans.map(({ index, call, start, length }) => (
            <li
              key={start}
              style={
                {
                  ...place(start, length),
                  '--process-colour':
                    root && processColour(snapshotAt(root).program.world, call.by),
                } as CSSProperties
              }
              data-past={tick >= start + length ? '' : undefined}
              data-differs={differences.some((each) => each.call === index) ? '' : undefined}
              data-tooltip={`${call.by}: ${callExpression(call)}`}
            >
              <span>
                {call.by} <i>{call.call}</i>
              </span>
            </li>
          ))}
        </ol>
        {differences.map((difference) => (
          <i
            key={difference.subject + String(difference.tick)}
            className={styles.difference}
            style={place(difference.tick)}
            data-tooltip={`${difference.byFault ? 'Different errors are injected' : 'Results differ'} in ${difference.subject}`}
          />
        ))}
        <i className={styles.playhead} style={place(tick)} />
        <StepSlider
          className={styles.slider}
          cursor={tick}
          end={end}
          onSeek={(depth) => {
            dispatch(session, 'pause');
            dispatch(session, 'seek', { depth });
          }}
        />
      </div>
    </section>
  );
}
