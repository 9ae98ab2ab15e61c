import { modifiedDesignText, type Design } from '../../kernel/language/design';
import type { CSSProperties } from 'react';
import { changeText } from '../../session/queries/changeText';
import { currentCaption, earlierCaption, narration } from '../../session/queries/captions';
import { currentSnapshot, type Snapshot } from '../../session/trace/replay';
import { enabledTasks } from '../../session/trace/scheduler';
import { taskStatuses, waitSentence } from '../../session/queries/taskStatus';
import { CommandButton } from '../controls/CommandButton';
import { processColour } from '../controls/processColour';
import buttons from '../controls/controls.module.css';
import { useSession, useSessionStore } from '../useSession';
import styles from './CaptionBar.module.css';
import { dispatch } from '../../session/actions/dispatch';
import { currentBranch, FIRST_BRANCH_ID } from '../../session/trace/run';
import { eventText, stepSentence, violationSentence } from '../../session/trace/snapshotText';
import { unreachedFaultsAt } from '../../session/trace/unreachedFaultsAt';

/** `Modified design`, or `Own design`. */
function designNote(design: Design): string {
  const note = modifiedDesignText(design) ?? '';
  return note.charAt(0).toUpperCase() + note.slice(1);
}

/** The caption of the current step, what the step did, and the next actions. */
export function CaptionBar() {
  const run = useSession((state) => state.run);
  const playing = useSession((state) => state.settings.playing);
  const snapshot = useSession(currentSnapshot);
  const isNewCaption = useSession((state) => currentCaption(state) !== undefined);
  const text = useSession(narration);
  const earlier = useSession(earlierCaption);
  const session = useSessionStore();
  const { scenario, libraryId, mutations, plannedCalls, isEdited } = run.setup;
  const isOwnRun = plannedCalls !== undefined;
  const isEmpty = snapshot.program.calls.length === 0;
  const atEnd = run.cursor === currentBranch(run).tip.depth && enabledTasks(snapshot).length === 0;
  const violation = snapshot.violations[0];
  const [faultError] = unreachedFaultsAt(snapshot);
  const refusal = refusalText(snapshot);
  const task = snapshot.program.tasks[snapshot.task ?? -1]?.name;
  return (
    <section
      className={styles.bar}
      aria-label="Caption"
      data-over={atEnd ? '' : undefined}
      data-tone={
        violation || faultError
          ? 'violation'
          : !atEnd && refusal !== undefined
            ? 'refused'
            : undefined
      }
    >
      <div className={styles.text}>
        <p
          className={styles.caption}
          data-fresh={isNewCaption ? '' : undefined}
          data-step={earlier === undefined ? undefined : ''}
        >
          {violation
            ? violationSentence(violation)
            : faultError
              ? `Error: ${faultError.path}: ${faultError.message}`
              : earlier === undefined
                ? (text ?? firstSentence(scenario.about))
                : stepSentence(snapshot)}
        </p>
        <p
          className={styles.step}
          style={
            {
              '--process-colour':
                task === undefined ? 'var(--ink-2)' : processColour(snapshot.program.world, task),
            } as CSSProperties
          }
        >
          {mutations && (
            <em>
              {designNote(run.setup.design)}: {mutations.map(changeText).join('; ')}
            </em>
          )}
          {mutations?.every((change) => change.kind !== 'text' || !change.own) && (
            <button
              type="button"
              className={styles.discard}
              onClick={() => dispatch(session, 'discard-mutations')}
            >
              Discard changes
            </button>
          )}
          {snapshot.step && <code>{snapshot.step.id}</code>}
          {isEmpty
            ? 'No call yet. Add processes, devices and calls in the Scenario panel.'
            : atEnd
              ? finalStateText(snapshot)
              : run.cursor === 0
                ? 'No step has run yet.'
                : violation || faultError
                  ? eventText(snapshot)
                  : earlier === undefined
                    ? (refusal ?? eventText(snapshot))
                    : ''}
          {earlier !== undefined && !atEnd && <small>Earlier: {earlier}</small>}
        </p>
      </div>
      <div className={styles.actions}>
        {atEnd ? (
          <>
            {isOwnRun && (
              <CommandButton command="keep-run" text="Keep as a scenario" variant="plain" />
            )}
            {isOwnRun ? (
              <button
                type="button"
                className={buttons.button}
                onClick={() => dispatch(session, 'switch-branch', { id: FIRST_BRANCH_ID })}
              >
                Return to walkthrough
              </button>
            ) : isEdited || libraryId === undefined ? undefined : (
              <CommandButton
                command="next-scenario"
                icon="forward"
                text="Next scenario"
                variant="primary"
              />
            )}
            {!isEmpty && (
              <CommandButton
                command="check"
                icon="shield"
                text="Check"
                title="Check interleavings"
                variant={isEdited ? 'primary' : 'plain'}
              />
            )}
            <CommandButton command="share" icon="share" title="Share this run" variant="plain" />
            <CommandButton command="reset" icon="reset" title="Start over" variant="plain" />
          </>
        ) : (
          <PlayButton
            playing={playing}
            atStart={run.cursor === 0}
            what={isOwnRun ? '' : ' walkthrough'}
          />
        )}
        {!atEnd && run.cursor === 0 && (
          <CommandButton command="tour" text="Guided tour" variant="plain" />
        )}
      </div>
    </section>
  );
}

function PlayButton({
  playing,
  atStart,
  what,
}: {
  readonly playing: boolean;
  readonly atStart: boolean;
  readonly what: string;
}) {
  const verb = atStart ? 'Play' : 'Continue';
  return (
    <CommandButton
      command="play-pause"
      icon={playing ? 'pause' : 'play'}
      text={playing ? 'Pause' : atStart ? `Play${what}` : 'Continue'}
      title={`${playing ? 'Pause' : verb}${what}`}
      variant="primary"
    />
  );
}

function firstSentence(text: string): string {
  return /^.*?[.?!](?= |$)/.exec(text)?.[0] ?? text;
}

/** How a call fails in the last step, without what the step read and changed before: that can be many lines. */
function refusalText({ events, eventTexts }: Snapshot): string | undefined {
  const texts = eventTexts.filter((_, i) => events[i]?.template.kind === 'fail');
  return texts.length > 0 ? texts.join('; ') : undefined;
}

/** Why no task can step. */
function finalStateText(snapshot: Snapshot): string {
  const waits = taskStatuses(snapshot).flatMap(({ name, wait }) =>
    wait ? `${name} ${waitSentence(wait)}` : [],
  );
  if (waits.length === 0) return 'Every call has returned.';
  return `No task can step: ${waits.join('; ')}.`;
}
