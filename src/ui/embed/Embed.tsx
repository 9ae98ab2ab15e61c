import { designTitle } from '../../kernel/language/design';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { EmbedParameters } from '../../host/parseEmbedParameters';
import type { PortAdapter } from '../../host/portAdapter';
import { dispatch, EMBED_COMMANDS } from '../../session/actions/dispatch';
import { currentCaption } from '../../session/queries/captions';
import { currentSnapshot } from '../../session/trace/replay';
import { eventText, violationSentence } from '../../session/trace/snapshotText';
import { permalinkOf } from '../../session/url/permalink';
import type { Session } from '../../session/store/session';
import type { CreateWorker } from '../../check-worker/workerFactories';
import { CheckWorkerContext } from '../panels/check/CheckWorkerContext';
import { Announcement } from '../controls/Announcement';
import { handleHotkey } from '../controls/hotkeys';
import { lazyPart } from '../controls/lazyPart';
import { TooltipLayer } from '../controls/TooltipLayer';
import buttons from '../controls/controls.module.css';
import { Notifications } from '../panels/Notifications';
import { Stage } from '../stage/Stage';
import { useIdleSignal } from '../idleSignal';
import { useThemeAttribute } from '../theme';
import { useDocumentTitle } from '../useDocumentTitle';
import { requestIdle } from '../schedule';
import { SessionContext, useSession, useSessionStore } from '../useSession';
import { EmbedPlaybackBar } from './EmbedPlaybackBar';
import { useReportedHeight } from './useReportedHeight';
import styles from './Embed.module.css';

interface EmbedProps {
  readonly session: Session;
  readonly parameters: EmbedParameters;
  readonly port: PortAdapter;
  readonly createWorker: CreateWorker;
  /** URL of the playground, without hash. */
  readonly playgroundUrl: string;
}

/** The playground in another page: the chosen view, playback, and a link to the full playground. */
export function Embed({ createWorker, ...props }: EmbedProps) {
  return (
    <SessionContext value={props.session}>
      <CheckWorkerContext value={createWorker}>
        <EmbedLayout {...props} />
      </CheckWorkerContext>
    </SessionContext>
  );
}

const LOADING = <p className={styles.loading}>Loading…</p>;

const ProcessesPanel = lazyPart({
  name: 'The processes panel',
  load: async () => (await import('../panels/ProcessesPanel')).ProcessesPanel,
  placeholder: LOADING,
});
const EmbedTable = lazyPart({
  name: 'The table',
  load: async () => (await import('./EmbedTable')).EmbedTable,
  placeholder: LOADING,
});
const EmbedCheck = lazyPart({
  name: 'The checker',
  load: async () => (await import('./EmbedCheck')).EmbedCheck,
  placeholder: LOADING,
});
const Timeline = lazyPart({
  name: 'The timeline',
  load: async () => (await import('../panels/Timeline')).Timeline,
  placeholder: LOADING,
});

/** The panel beside the view, if one is open. */
type SidePanelId = 'processes' | 'check';

/** Below this width the side panel covers the view. */
const NARROW_WIDTH_PX = 560;

function EmbedLayout({
  session,
  parameters,
  port,
  playgroundUrl,
}: Omit<EmbedProps, 'createWorker'>) {
  const { view, readOnly } = parameters;
  const [sidePanel, setSidePanel] = useState<SidePanelId>();
  const tableView = useSession(({ layout }) => (layout.view === 'stage' ? undefined : layout.view));
  const root = useRef<HTMLDivElement>(null);
  const startTable = view === 'compare' || view === 'verdicts' ? view : undefined;
  // What is opened from a table shows as a graph.
  const shown = tableView ?? (startTable === undefined ? view : 'graph');
  const hasTimeline = shown === 'timeline' || shown === 'both';
  useIdleSignal(session);
  useThemeAttribute();
  useDocumentTitle();
  useReportedHeight(root, port, shown);
  useEmbedHotkeys(session, port);
  useCloseSidePanelOnPlay(session, setSidePanel);
  useEffect(() => {
    if (parameters.play) dispatch(session, 'play', {});
  }, [session, parameters]);
  const resizeToTable = useCallback(
    (height: number) => port.resize(Math.max(260, 80 + height)),
    [port],
  );
  return (
    <div className={styles.embed} ref={root} data-view={shown}>
      <header className={styles.header}>
        <EmbedTitle />
        {startTable && !tableView && (
          <button
            type="button"
            className={`${buttons.button} ${buttons.small}`}
            onClick={() => dispatch(session, 'set-layout', { view: startTable })}
          >
            {startTable === 'compare' ? 'Compare' : 'All verdicts'}
          </button>
        )}
        {!readOnly && !tableView && (
          <SidePanelToggle
            text="Run calls"
            panel="processes"
            open={sidePanel}
            onToggle={setSidePanel}
          />
        )}
        {!tableView && (
          <SidePanelToggle text="Check" panel="check" open={sidePanel} onToggle={setSidePanel} />
        )}
        <PlaygroundLink playgroundUrl={playgroundUrl} />
      </header>
      <div className={styles.body}>
        {!tableView && sidePanel === 'processes' && (
          <aside className={styles.sidePanel} aria-label="Processes">
            <ProcessesPanel />
          </aside>
        )}
        {!tableView && sidePanel === 'check' && (
          <aside className={styles.sidePanel} data-wide="" aria-label="Check">
            <EmbedCheck />
          </aside>
        )}
        <main className={styles.views}>
          {tableView && <EmbedTable view={tableView} onHeightChange={resizeToTable} />}
          {(shown === 'graph' || shown === 'both') && (
            <section className={styles.stage} aria-label="Stage">
              <Stage wheel="host" />
            </section>
          )}
          {hasTimeline && (
            <div className={styles.timeline}>
              <Timeline />
            </div>
          )}
        </main>
      </div>
      {!tableView && <EmbedCaption />}
      {!tableView && <EmbedPlaybackBar slider={!hasTimeline} />}
      <Notifications />
      <TooltipLayer />
      <Announcement />
    </div>
  );
}

function EmbedTitle() {
  const title = useSession((state) => state.run.setup.scenario.title);
  const design = useSession(({ run: { setup } }) =>
    designTitle(setup.design, setup.scenario.options),
  );
  const view = useSession((state) => state.layout.view);
  if (view === 'verdicts') return <h1>Verdicts of all designs</h1>;
  return (
    <>
      <h1>{title}</h1>
      <span className={styles.design}>{design}</span>
    </>
  );
}

function PlaygroundLink({ playgroundUrl }: { readonly playgroundUrl: string }) {
  const session = useSessionStore();
  const [link, setLink] = useState('');
  // A permalink replays the run, so it is made in idle time: not before the first paint, not between two steps of a playback.
  useEffect(() => {
    let cancel = requestIdle(() => setLink(permalinkOf(session.getState())));
    const unsubscribe = session.subscribe((state) => {
      cancel();
      cancel = requestIdle(() => setLink(permalinkOf(state)));
    });
    return () => {
      cancel();
      unsubscribe();
    };
  }, [session]);
  return (
    <a className={styles.link} href={playgroundUrl + link} target="_blank" rel="noopener">
      Open in the playground
    </a>
  );
}

function SidePanelToggle({
  text,
  panel,
  open,
  onToggle,
}: {
  readonly text: string;
  readonly panel: SidePanelId;
  /** The open panel. */
  readonly open: SidePanelId | undefined;
  readonly onToggle: (open: SidePanelId | undefined) => void;
}) {
  return (
    <button
      type="button"
      className={`${buttons.button} ${buttons.small}`}
      aria-pressed={open === panel}
      onClick={() => onToggle(open === panel ? undefined : panel)}
    >
      {text}
    </button>
  );
}

/** The caption of the step, or what the step did. */
function EmbedCaption() {
  const about = useSession((state) => state.run.setup.scenario.about);
  const cursor = useSession((state) => state.run.cursor);
  const caption = useSession(currentCaption);
  const text = useSession((state) => eventText(currentSnapshot(state)));
  const violation = useSession((state) => currentSnapshot(state).violations[0]);
  return (
    <section className={styles.caption} aria-label="Caption">
      {cursor === 0 ? about : (caption?.say ?? text)}
      {violation && <strong> {violationSentence(violation)}</strong>}
    </section>
  );
}

/** Handles keys while the frame has the focus; Escape returns the focus to the host page. */
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

/** In a narrow frame, closes the side panel when playback starts: it would cover the stage. */
function useCloseSidePanelOnPlay(
  session: Session,
  setSidePanel: (open: SidePanelId | undefined) => void,
): void {
  useEffect(
    () =>
      session.subscribe(({ settings }, before) => {
        if (
          settings.playing &&
          !before.settings.playing &&
          document.documentElement.clientWidth < NARROW_WIDTH_PX
        )
          setSidePanel(undefined);
      }),
    [session, setSidePanel],
  );
}
