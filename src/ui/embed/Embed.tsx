import { useCallback, useEffect, useRef, useState } from 'react';
import type { EmbedParameters } from '../../host/parseEmbedParameters';
import type { PortAdapter } from '../../host/portAdapter';
import { currentCaption } from '../../session/queries/captions';
import { currentSnapshot } from '../../session/trace/replay';
import { permalinkOf } from '../../session/url/permalink';
import { type Session, type SessionState } from '../../session/store/session';
import type { CreateWorker } from '../../check-worker/workerFactories';
import { CheckWorkerContext } from '../panels/check/CheckWorkerContext';
import { handleHotkey } from '../controls/hotkeys';
import { Icon, type IconName } from '../controls/Icon';
import { TooltipLayer } from '../controls/TooltipLayer';
import { Notifications } from '../panels/Notifications';
import { Stage } from '../stage/Stage';
import { useIdleSignal } from '../useIdleSignal';
import { SessionContext, useSession, useSessionStore } from '../useSession';
import { lazyEmbedPart } from './lazyEmbedPart';
import styles from './Embed.module.css';
import { currentBranch } from '../../session/trace/run';
import { snapshotText } from '../../session/trace/snapshotText';
import {
  dispatch,
  EMBED_COMMANDS,
  isEnabledCommand,
  type EmbedCommandId,
  type MenuCommandId,
} from '../../session/actions/dispatch';

interface EmbedProps {
  readonly session: Session;
  readonly parameters: EmbedParameters;
  readonly port: PortAdapter;
  readonly createWorker: CreateWorker;
  /** Address of the playground itself, without hash. */
  readonly playgroundUrl: string;
}

/** The playground in somebody else's page: what is to be seen, a transport, and a way to the whole. */
export function Embed(props: EmbedProps) {
  return (
    <SessionContext value={props.session}>
      <CheckWorkerContext value={props.createWorker}>
        <EmbedLayout {...props} />
      </CheckWorkerContext>
    </SessionContext>
  );
}

const ProcessesPanel = lazyEmbedPart(
  'The list of actors',
  async () => (await import('../panels/ProcessesPanel')).ProcessesPanel,
);
const EmbedCompare = lazyEmbedPart(
  'The comparison',
  async () => (await import('./EmbedCompare')).EmbedCompare,
);
const EmbedCheck = lazyEmbedPart(
  'The checker',
  async () => (await import('./EmbedCheck')).EmbedCheck,
);
const Timeline = lazyEmbedPart(
  'The timeline',
  async () => (await import('../panels/Timeline')).Timeline,
);

/** What stands beside the views when it is asked for. */
type SidePanelId = 'processes' | 'check';

/** Below this width what stands beside the views lies over them. px */
const NARROW_WIDTH_PX = 560;

function EmbedLayout({
  session,
  parameters,
  port,
  playgroundUrl: home,
}: Omit<EmbedProps, 'createWorker'>) {
  const { view, readOnly } = parameters;
  const [aside, setAside] = useState<SidePanelId>();
  const comparing = useSession((state) => state.layout.view === 'compare');
  const theme = useSession((state) => state.settings.theme);
  const announcement = useSession((state) => state.announcement);
  const root = useRef<HTMLDivElement>(null);
  // What is watched out of the comparison is watched on the graph.
  const shown = comparing ? 'compare' : view === 'compare' ? 'graph' : view;
  const timed = shown === 'timeline' || shown === 'both';
  useIdleSignal(session);
  useReportedHeight(root, port, shown);
  useEmbedHotkeys(session, port);
  useCloseSidePanelOnPlay(session, setAside);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  useEffect(() => {
    if (parameters.play) dispatch(session, 'play', {});
  }, [session, parameters]);
  const tall = useCallback((height: number) => port.resize(Math.max(260, 80 + height)), [port]);
  return (
    <div className={styles.embed} ref={root} data-view={shown}>
      <header className={styles.head}>
        <EmbedTitle />
        {view === 'compare' && !comparing && (
          <button
            type="button"
            className={styles.button}
            onClick={() => dispatch(session, 'set-layout', { view: 'compare' })}
          >
            Compare
          </button>
        )}
        {!readOnly && !comparing && (
          <SidePanelToggle name="Run calls" of="processes" aside={aside} onPick={setAside} />
        )}
        {!comparing && <SidePanelToggle name="Check" of="check" aside={aside} onPick={setAside} />}
        <PlaygroundLink home={home} />
      </header>
      <div className={styles.body}>
        {!comparing && aside === 'processes' && (
          <aside className={styles.aside} aria-label="Processes">
            <ProcessesPanel />
          </aside>
        )}
        {!comparing && aside === 'check' && (
          <aside className={styles.aside} data-wide="" aria-label="Check of every interleaving">
            <EmbedCheck />
          </aside>
        )}
        <main className={styles.views}>
          {comparing && <EmbedCompare onHeightChange={tall} />}
          {(shown === 'graph' || shown === 'both') && (
            <section className={styles.stage} aria-label="Stage">
              <Stage wheel="host" />
            </section>
          )}
          {timed && (
            <div className={styles.timeline}>
              <Timeline />
            </div>
          )}
        </main>
      </div>
      {!comparing && <EmbedCaption />}
      {!comparing && <EmbedPlaybackBar slider={!timed} />}
      <Notifications />
      <TooltipLayer />
      <div className={styles.hidden} aria-live="polite" aria-atomic="true">
        {announcement}
      </div>
    </div>
  );
}

function EmbedTitle() {
  const title = useSession((state) => state.run.setup.scenario.title);
  const design = useSession((state) => state.run.setup.design.title);
  return (
    <>
      <h1>{title}</h1>
      <span className={styles.design}>{design}</span>
    </>
  );
}

function PlaygroundLink({ home }: { readonly home: string }) {
  const link = useSession(permalinkOf);
  return (
    <a className={styles.home} href={home + link} target="_blank" rel="noopener">
      Open in the playground
    </a>
  );
}

function SidePanelToggle({
  name,
  of,
  aside,
  onPick,
}: {
  readonly name: string;
  readonly of: SidePanelId;
  readonly aside: SidePanelId | undefined;
  readonly onPick: (aside: SidePanelId | undefined) => void;
}) {
  return (
    <button
      type="button"
      className={styles.button}
      aria-pressed={aside === of}
      onClick={() => onPick(aside === of ? undefined : of)}
    >
      {name}
    </button>
  );
}

/** What the narration, or the last move, says. */
function EmbedCaption() {
  const about = useSession((state) => state.run.setup.scenario.about);
  const cursor = useSession((state) => state.run.cursor);
  const beat = useSession(currentCaption);
  const text = useSession((state) => snapshotText(currentSnapshot(state)));
  const violation = useSession((state) => currentSnapshot(state).violations[0]);
  return (
    <section className={styles.told} aria-label="Story">
      {cursor === 0 ? about : (beat?.say ?? text)}
      {violation && (
        <strong>
          {' '}
          {violation.property}: {violation.text}
        </strong>
      )}
    </section>
  );
}

function EmbedPlaybackBar({ slider }: { readonly slider: boolean }) {
  const session = useSessionStore();
  const run = useSession((state) => state.run);
  const playing = useSession((state) => state.settings.playing);
  const story = useSession(
    (state) => state.undo.length === 0 || currentBranch(state.run).name === 'main',
  );
  const end = currentBranch(run).tip.depth;
  return (
    <footer className={styles.foot}>
      <EmbedCommandButton command="start" icon="start" title="To the beginning" />
      <EmbedCommandButton command="back" icon="back" title="Back one step" />
      <EmbedCommandButton
        command="play-pause"
        icon={playing ? 'pause' : 'play'}
        title={playing ? 'Pause' : 'Play'}
      />
      <EmbedCommandButton command="forward" icon="forward" title="Forward one step" />
      {slider && (
        <input
          type="range"
          aria-label="Step position"
          aria-valuetext={`step ${run.cursor} of ${end}`}
          min={0}
          max={end}
          value={run.cursor}
          disabled={end === 0}
          onChange={(event) => dispatch(session, 'seek', { depth: event.target.valueAsNumber })}
        />
      )}
      {!story && (
        <button
          type="button"
          className={styles.button}
          onClick={() => returnToWalkthrough(session)}
        >
          <Icon name="undo" />
          Back to the story
        </button>
      )}
      <output>
        {run.cursor} / {end}
      </output>
    </footer>
  );
}

/** Undoes until another branch is on screen than that of a witness or of the reader's own acts. */
function returnToWalkthrough(session: Session): void {
  const { run: left } = session.getState();
  const there = ({ run }: SessionState): boolean =>
    run.setup === left.setup && run.branchId === left.branchId;
  while (there(session.getState()) && isEnabledCommand(session.getState(), 'undo'))
    dispatch(session, 'undo');
}

function EmbedCommandButton({
  command,
  icon,
  title,
}: {
  readonly command: EmbedCommandId & MenuCommandId;
  readonly icon: IconName;
  readonly title: string;
}) {
  const session = useSessionStore();
  const enabled = useSession((state) => isEnabledCommand(state, command));
  return (
    <button
      type="button"
      className={styles.button}
      title={title}
      aria-label={title}
      aria-disabled={!enabled}
      onClick={() => dispatch(session, command)}
    >
      <Icon name={icon} />
    </button>
  );
}

/** Keys act while the frame has the focus; Escape gives it back to the page around. */
function useEmbedHotkeys(session: Session, port: PortAdapter): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) {
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        port.focusExit();
      } else handleHotkey(session, event, EMBED_COMMANDS);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [session, port]);
}

/** On a narrow frame the panel makes room when something begins to play: a witness is to be seen. */
function useCloseSidePanelOnPlay(
  session: Session,
  setAside: (aside: SidePanelId | undefined) => void,
): void {
  useEffect(
    () =>
      session.subscribe(({ settings }, before) => {
        if (
          settings.playing &&
          !before.settings.playing &&
          document.documentElement.clientWidth < NARROW_WIDTH_PX
        )
          setAside(undefined);
      }),
    [session, setAside],
  );
}

/** Tells the page around how high the frame had best be; depends on the width alone, so that the answer changes nothing. */
function useReportedHeight(
  root: React.RefObject<HTMLDivElement | null>,
  port: PortAdapter,
  view: EmbedParameters['view'],
): void {
  useEffect(() => {
    const element = root.current;
    // What is compared tells its own height.
    if (!element || view === 'compare') return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) port.resize(preferredHeight(entry.contentRect.width, view));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [root, port, view]);
}

/** Head, told and foot take about 150 px; a graph likes 5:3, a timeline some 260 px. */
function preferredHeight(width: number, view: EmbedParameters['view']): number {
  const graph = Math.max(260, Math.min(560, Math.round(width * 0.6)));
  return 150 + (view === 'timeline' ? 260 : view === 'both' ? graph + 220 : graph);
}
