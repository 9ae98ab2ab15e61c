import { COMMANDS } from '../../session/commands';
import { seek, switchBranch } from '../../session/moves';
import { currentBranch } from '../../session/session';
import { change, SPEEDS } from '../../session/transport';
import { useSession, useSessionStore } from '../useSession';
import { CommandButton } from './CommandButton';
import styles from './Transport.module.css';

export function Transport() {
  const session = useSessionStore();
  const run = useSession((state) => state.run);
  const { playing, speed, order, seed } = useSession((state) => state.settings);
  const end = currentBranch(run).tip.depth;
  return (
    <div className={styles.bar}>
      <CommandButton command={COMMANDS.undo} icon="undo" />
      <CommandButton command={COMMANDS.redo} icon="redo" />
      <CommandButton command={COMMANDS.reset} icon="reset" title="Reset" />
      <i />
      <CommandButton command={COMMANDS.back} icon="back" title="Back one step" />
      <CommandButton command={COMMANDS.playPause} icon={playing ? 'pause' : 'play'} title={playing ? 'Pause' : 'Play'} look="primary" />
      <CommandButton command={COMMANDS.forward} icon="forward" title="Forward one step" />
      <input className={styles.slider} type="range" aria-label="Step position" aria-valuetext={`step ${run.cursor} of ${end}`} min={0} max={end} value={run.cursor} disabled={end === 0} onChange={(event) => seek(session, event.target.valueAsNumber)} />
      <output className={styles.count}>{run.cursor} / {end}</output>
      <select aria-label="Speed" value={speed} onChange={(event) => change(session, { speed: Number(event.target.value) })}>
        {SPEEDS.map((each) => <option key={each} value={each}>{each}/s</option>)}
      </select>
      <select aria-label="Order of play" value={order === 'inTurn' ? 'inTurn' : String(seed)} onChange={(event) => change(session, event.target.value === 'inTurn' ? { order: 'inTurn' } : { order: 'random', seed: Number(event.target.value) })}>
        <option value="inTurn">in turn</option>
        {[1, 2, 3, 4, 5, 6, 7, 8].map((each) => <option key={each} value={each}>random {each}</option>)}
      </select>
      {run.branches.length > 1 && (
        <select aria-label="Branch" value={run.branch} onChange={(event) => switchBranch(session, Number(event.target.value))}>
          {run.branches.map(({ id, name, from, tip }) => <option key={id} value={id}>{name}{from ? ` (from step ${from.depth})` : ''}, {tip.depth} steps</option>)}
        </select>
      )}
    </div>
  );
}
