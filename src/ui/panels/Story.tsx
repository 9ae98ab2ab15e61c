import { COMMANDS } from '../../session/commands';
import { currentBeat, currentFrame } from '../../session/frame';
import { frameText } from '../../session/moves';
import { enabledTasks } from '../../session/turns';
import { currentBranch } from '../../session/session';
import { CommandButton } from '../controls/CommandButton';
import { useSession } from '../useSession';
import styles from './panels.module.css';

export function Story() {
  const run = useSession((state) => state.run);
  const playing = useSession((state) => state.settings.playing);
  const frame = useSession(currentFrame);
  const { scenario } = run.setup;
  const beat = useSession(currentBeat);
  const atEnd = run.cursor === currentBranch(run).tip.depth && enabledTasks(frame).length === 0;
  const text = beat?.say ?? (run.cursor === 0 ? scenario.about : atEnd ? `${frameText(frame)}. Nothing more can move: act for a process on the left, or reset.` : frameText(frame));
  return (
    <section className={styles.story} aria-label="Story">
      <div><h2>{scenario.title}</h2><p>{text}</p></div>
      {atEnd
        ? <CommandButton command={COMMANDS.reset} icon="reset" text="Start again" title="Start again" look="primary" />
        : <CommandButton command={COMMANDS.playPause} icon={playing ? 'pause' : 'play'} text={playing ? 'Pause the story' : 'Play the story'} title={playing ? 'Pause the story' : 'Play the story'} look="primary" />}
    </section>
  );
}
