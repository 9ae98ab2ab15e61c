import { type PageLayout } from '../../session/store/session';
import { SPEEDS } from '../../session/actions/playback';
import { useSession, useSessionStore } from '../useSession';
import { CommandButton } from '../controls/CommandButton';
import { Segmented } from '../controls/Segmented';
import buttons from '../controls/controls.module.css';
import styles from './PlaybackBar.module.css';
import { currentBranch } from '../../session/trace/run';
import { dispatch } from '../../session/actions/dispatch';

/** Playback, position, undo and speed. */
export function PlaybackBar() {
  const session = useSessionStore();
  const run = useSession((state) => state.run);
  const bottomPanel = useSession((state) => state.layout.bottomPanel);
  const { playing, speed, scheduler, seed } = useSession((state) => state.settings);
  const end = currentBranch(run).tip.depth;
  return (
    <section className={styles.bar} aria-label="Playback">
      <div className={styles.group}>
        <span className={styles.jump}>
          <CommandButton command="start" icon="start" />
        </span>
        <CommandButton command="back" icon="back" title="Step back" />
        <CommandButton
          command="play-pause"
          icon={playing ? 'pause' : 'play'}
          title={playing ? 'Pause' : 'Play'}
          variant="plain"
        />
        <CommandButton command="forward" icon="forward" title="Step forward" />
        <span className={styles.jump}>
          <CommandButton command="end" icon="end" />
        </span>
      </div>
      <output className={styles.count} aria-label="Step">
        {run.cursor} / {end}
      </output>
      <div className={`${styles.group} ${styles.history}`}>
        <CommandButton command="undo" icon="undo" />
        <CommandButton command="redo" icon="redo" />
        <CommandButton command="reset" icon="reset" title="Reset" />
      </div>
      <select
        className={buttons.select}
        aria-label="Speed, in steps per second"
        data-tooltip="Steps per second"
        value={speed}
        onChange={(event) =>
          dispatch(session, 'change-settings', { speed: Number(event.target.value) })
        }
      >
        {SPEEDS.map((stepsPerSecond) => (
          <option key={stepsPerSecond} value={stepsPerSecond}>
            {stepsPerSecond}/s
          </option>
        ))}
      </select>
      <select
        className={`${buttons.select} ${styles.scheduler}`}
        aria-label="Scheduler"
        data-tooltip="Which task steps next while playing"
        value={scheduler}
        onChange={(event) =>
          dispatch(session, 'change-settings', {
            scheduler: event.target.value === 'random' ? 'random' : 'sequential',
          })
        }
      >
        <option value="sequential">sequential</option>
        <option value="random">random</option>
      </select>
      {scheduler === 'random' && (
        <input
          className={`${buttons.select} ${styles.seed}`}
          type="number"
          aria-label="Seed"
          min={1}
          max={9999}
          value={seed}
          onChange={(event) =>
            Number.isInteger(event.target.valueAsNumber) &&
            dispatch(session, 'change-settings', { seed: event.target.valueAsNumber })
          }
        />
      )}
      <span className={styles.gap} />
      <Segmented<PageLayout['bottomPanel']>
        className={styles.stepView}
        label="View of the steps"
        value={bottomPanel}
        onSelect={(value) => dispatch(session, 'set-layout', { bottomPanel: value })}
        segments={[
          { value: 'timeline', text: 'Timeline', icon: 'lanes' },
          { value: 'table', text: 'Table', icon: 'table' },
        ]}
      />
    </section>
  );
}
