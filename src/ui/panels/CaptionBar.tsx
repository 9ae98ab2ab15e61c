import type { CSSProperties } from 'react';
import { makeMutation } from '../../kernel/language/mutation';
import { currentCaption, latestCaption } from '../../session/queries/captions';
import { currentSnapshot, type Snapshot } from '../../session/trace/replay';
import { enabledTasks } from '../../session/trace/scheduler';
import { taskStatuses, waitSentence } from '../../session/queries/taskStatus';
import { CommandButton } from '../controls/CommandButton';
import { processColour } from '../processColour';
import { useSession } from '../useSession';
import styles from './CaptionBar.module.css';
import { currentBranch } from '../../session/trace/run';
import { snapshotText } from '../../session/trace/snapshotText';

const WELCOME =
  'How does a program get hold of a device? Watch the kernel let one in, step by step.';

export function CaptionBar() {
  const run = useSession((state) => state.run);
  const playing = useSession((state) => state.settings.playing);
  const frame = useSession(currentSnapshot);
  const opening = useSession((state) => state.layout.autoplayIntro);
  const beat = useSession(currentCaption);
  const told = useSession(latestCaption);
  const { scenario } = run.setup;
  const atEnd = run.cursor === currentBranch(run).tip.depth && enabledTasks(frame).length === 0;
  const violation = frame.violations[0];
  const by = frame.program.tasks[frame.task ?? -1]?.name;
  return (
    <section
      className={styles.story}
      aria-label="Story"
      data-over={atEnd ? '' : undefined}
      data-tone={
        violation
          ? 'violation'
          : atEnd || refusedCallText(frame) === undefined
            ? undefined
            : 'refused'
      }
    >
      <div className={styles.text}>
        <p className={styles.say} data-fresh={beat ? '' : undefined}>
          {violation
            ? `Rule broken, ${violation.property}: ${violation.text}`
            : opening
              ? WELCOME
              : (told?.say ?? firstSentence(scenario.about))}
        </p>
        <p
          className={styles.now}
          style={
            {
              '--who': by === undefined ? 'var(--ink-2)' : processColour(frame.program.world, by),
            } as CSSProperties
          }
        >
          {run.setup.mutations && (
            <em>not the design itself: {run.setup.mutations.map(makeMutation).join(' ')}</em>
          )}
          {frame.step && <code>{frame.step.id}</code>}
          {atEnd
            ? finalStateText(frame)
            : run.cursor === 0
              ? 'Nothing has happened yet.'
              : snapshotText(frame)}
        </p>
      </div>
      <div className={styles.next}>
        {atEnd ? (
          <>
            <CommandButton
              command="next-scenario"
              icon="forward"
              text="Next scenario"
              variant="primary"
            />
            <CommandButton command="check" icon="shield" text="Can it go wrong?" variant="plain" />
            <CommandButton command="share" icon="share" title="Share this run" variant="plain" />
            <CommandButton command="reset" icon="reset" title="Start again" variant="plain" />
          </>
        ) : (
          <CommandButton
            command="play-pause"
            icon={playing && !opening ? 'pause' : 'play'}
            text={
              opening
                ? 'Play the story'
                : playing
                  ? 'Pause'
                  : run.cursor === 0
                    ? 'Play the story'
                    : 'Play on'
            }
            title={playing && !opening ? 'Pause the story' : 'Play the story'}
            variant="primary"
          />
        )}
        {!atEnd && (opening || run.cursor === 0) && (
          <CommandButton command="tour" text="90-second tour" variant="plain" />
        )}
      </div>
    </section>
  );
}

function firstSentence(text: string): string {
  return /^.*?[.?!](?= |$)/.exec(text)?.[0] ?? text;
}

function refusedCallText(frame: Snapshot): string | undefined {
  return frame.events.some(({ template: note }) => note.kind === 'fail')
    ? snapshotText(frame)
    : undefined;
}

/** Why nothing moves any more. */
function finalStateText(frame: Snapshot): string {
  const stuck = taskStatuses(frame).filter((task) => task.wait);
  if (stuck.length === 0) return 'Every call has returned.';
  return `Nothing can move: ${stuck.map((task) => `${task.name} ${task.wait ? waitSentence(task.wait) : ''}`).join('; ')}.`;
}
