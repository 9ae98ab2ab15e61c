import { dispatch, isEnabledCommand } from '../../session/actions/dispatch';
import { currentBranch } from '../../session/trace/run';
import type { Session, SessionState } from '../../session/store/session';
import { CommandButton } from '../controls/CommandButton';
import { Icon } from '../controls/Icon';
import buttons from '../controls/controls.module.css';
import { StepSlider } from '../panels/StepSlider';
import { useSession, useSessionStore } from '../useSession';
import styles from './Embed.module.css';

/** Playback and position; `slider` shows the position as a slider, for views without a timeline. */
export function EmbedPlaybackBar({ slider }: { readonly slider: boolean }) {
  const session = useSessionStore();
  const run = useSession((state) => state.run);
  const playing = useSession((state) => state.settings.playing);
  const onWalkthrough = useSession(
    (state) => state.undo.length === 0 || currentBranch(state.run).name === 'main',
  );
  const end = currentBranch(run).tip.depth;
  return (
    <footer className={styles.playback}>
      <CommandButton command="start" icon="start" variant="plain" />
      <CommandButton command="back" icon="back" variant="plain" />
      <CommandButton
        command="play-pause"
        icon={playing ? 'pause' : 'play'}
        title={playing ? 'Pause' : 'Play'}
        variant="plain"
      />
      <CommandButton command="forward" icon="forward" variant="plain" />
      {slider && (
        <StepSlider
          cursor={run.cursor}
          end={end}
          onSeek={(depth) => dispatch(session, 'seek', { depth })}
        />
      )}
      {!onWalkthrough && (
        <button
          type="button"
          className={buttons.button}
          onClick={() => returnToWalkthrough(session)}
        >
          <Icon name="undo" />
          Return to walkthrough
        </button>
      )}
      <output>
        {run.cursor} / {end}
      </output>
    </footer>
  );
}

/** Undoes until the branch of the counterexample, or of the user's own calls, is left. */
function returnToWalkthrough(session: Session): void {
  const { run: start } = session.getState();
  const isOnStartBranch = ({ run }: SessionState): boolean =>
    run.setup === start.setup && run.branchId === start.branchId;
  while (isOnStartBranch(session.getState()) && isEnabledCommand(session.getState(), 'undo'))
    dispatch(session, 'undo');
}
