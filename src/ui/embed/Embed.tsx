import { useEffect, useRef, useState } from 'react';
import { COMMANDS, runCommand, type Command } from '../../session/commands';
import type { EmbedParameters } from '../../session/embedParameters';
import type { EmbedPort } from '../../session/embedPort';
import { currentBeat } from '../../session/beats';
import { currentFrame } from '../../session/frame';
import { frameText, seek } from '../../session/moves';
import { permalinkOf } from '../../session/permalink';
import { currentBranch, type Session } from '../../session/session';
import { play } from '../../session/transport';
import { onHotkey } from '../controls/hotkeys';
import { Icon, type IconName } from '../controls/Icon';
import { Actors } from '../panels/Actors';
import { Messages } from '../panels/Messages';
import { Stage } from '../stage/Stage';
import { useIdleSignal } from '../useIdleSignal';
import { SessionContext, useSession, useSessionStore } from '../useSession';
import { TimelinePicture } from './TimelinePicture';
import styles from './Embed.module.css';

interface EmbedProps {
  readonly session: Session;
  readonly parameters: EmbedParameters;
  readonly port: EmbedPort;
  /** Address of the playground itself, without hash. */
  readonly home: string;
}

/** The playground in somebody else's page: what is to be seen, a transport, and a way to the whole. */
export function Embed(props: EmbedProps) {
  return (
    <SessionContext value={props.session}>
      <Frame {...props} />
    </SessionContext>
  );
}

function Frame({ session, parameters, port, home }: EmbedProps) {
  const { view, readOnly } = parameters;
  const [acting, setActing] = useState(false);
  const theme = useSession((state) => state.settings.theme);
  const announcement = useSession((state) => state.announcement);
  const root = useRef<HTMLDivElement>(null);
  useIdleSignal(session);
  useHeight(root, port, view);
  useKeys(session, port);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  useEffect(() => {
    if (parameters.play) play(session);
  }, [session, parameters]);
  return (
    <div className={styles.embed} ref={root} data-view={view}>
      <Head home={home} acting={acting} onAct={readOnly ? undefined : () => setActing(!acting)} />
      <div className={styles.body}>
        {acting && <aside className={styles.actors} aria-label="Actors"><Actors /></aside>}
        <main className={styles.views}>
          {view !== 'timeline' && <section className={styles.stage} aria-label="Stage"><Stage wheel="host" /></section>}
          {(view === 'timeline' || view === 'both') && <section className={styles.timeline} aria-label="Timeline"><TimelinePicture /></section>}
        </main>
      </div>
      <Told />
      <Foot />
      <Messages />
      <div className={styles.hidden} aria-live="polite" aria-atomic="true">{announcement}</div>
    </div>
  );
}

function Head({ home, acting, onAct }: { readonly home: string; readonly acting: boolean; readonly onAct: (() => void) | undefined }) {
  const title = useSession((state) => state.run.setup.scenario.title);
  const design = useSession((state) => state.run.setup.design.title);
  const link = useSession(permalinkOf);
  return (
    <header className={styles.head}>
      <h1>{title}</h1>
      <span className={styles.design}>{design}</span>
      {onAct && <button type="button" className={styles.button} aria-pressed={acting} onClick={onAct}>Act</button>}
      <a className={styles.home} href={home + link} target="_blank" rel="noopener">Open in the playground</a>
    </header>
  );
}

/** What the narration, or the last move, says. */
function Told() {
  const about = useSession((state) => state.run.setup.scenario.about);
  const cursor = useSession((state) => state.run.cursor);
  const beat = useSession(currentBeat);
  const text = useSession((state) => frameText(currentFrame(state)));
  const violation = useSession((state) => currentFrame(state).violations[0]);
  return (
    <p className={styles.told}>
      {cursor === 0 ? about : beat?.say ?? text}
      {violation && <strong> {violation.property}: {violation.text}</strong>}
    </p>
  );
}

function Foot() {
  const session = useSessionStore();
  const run = useSession((state) => state.run);
  const playing = useSession((state) => state.settings.playing);
  const end = currentBranch(run).tip.depth;
  return (
    <footer className={styles.foot}>
      <Press command={COMMANDS.start} icon="start" title="To the beginning" />
      <Press command={COMMANDS.back} icon="back" title="Back one step" />
      <Press command={COMMANDS.playPause} icon={playing ? 'pause' : 'play'} title={playing ? 'Pause' : 'Play'} />
      <Press command={COMMANDS.forward} icon="forward" title="Forward one step" />
      <input type="range" aria-label="Step position" aria-valuetext={`step ${run.cursor} of ${end}`} min={0} max={end} value={run.cursor} disabled={end === 0} onChange={(event) => seek(session, event.target.valueAsNumber)} />
      <output>{run.cursor} / {end}</output>
    </footer>
  );
}

function Press({ command, icon, title }: { readonly command: Command; readonly icon: IconName; readonly title: string }) {
  const session = useSessionStore();
  const enabled = useSession(command.enabled);
  return (
    <button type="button" className={styles.button} title={title} aria-label={title} aria-disabled={!enabled} onClick={() => runCommand(session, command)}>
      <Icon name={icon} />
    </button>
  );
}

/** Keys act while the frame has the focus; Escape gives it back to the page around. */
function useKeys(session: Session, port: EmbedPort): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) {
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        port.focusExit();
      } else onHotkey(session, event, 'embed');
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [session, port]);
}

/** Tells the page around how high the frame had best be; depends on the width alone, so that the answer changes nothing. */
function useHeight(root: React.RefObject<HTMLDivElement | null>, port: EmbedPort, view: EmbedParameters['view']): void {
  useEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) port.resize(heightFor(entry.contentRect.width, view));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [root, port, view]);
}

/** Head, told and foot take about 150 px; a graph likes 5:3, a timeline some 260 px. */
function heightFor(width: number, view: EmbedParameters['view']): number {
  const graph = Math.max(260, Math.min(560, Math.round(width * 0.6)));
  return 150 + (view === 'timeline' ? 260 : view === 'both' ? graph + 220 : graph);
}
