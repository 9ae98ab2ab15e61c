import { useEffect, type ComponentType, type CSSProperties } from 'react';
import type { CreateWorker } from '../../check-worker/workerFactories';
import type { PageLayout, Session } from '../../session/store/session';
import { CheckWorkerContext } from '../panels/check/CheckWorkerContext';
import { DropZone } from './DropZone';
import { Header } from './Header';
import { Announcement } from '../controls/Announcement';
import { handleHotkey } from '../controls/hotkeys';
import { TooltipLayer } from '../controls/TooltipLayer';
import { Splitter, usePanelSize } from '../controls/Splitter';
import { PlaybackBar } from './PlaybackBar';
import { DialogHost } from '../dialogs/DialogHost';
import { ProcessesPanel } from '../panels/ProcessesPanel';
import { DetailsPanel } from '../panels/DetailsPanel';
import { BottomPanel } from '../panels/BottomPanel';
import { Notifications } from '../panels/Notifications';
import { SelectionLabel } from '../panels/SelectionLabel';
import { SidePanel } from '../panels/SidePanel';
import { CaptionBar } from '../panels/CaptionBar';
import { lazyPart } from '../controls/lazyPart';
import { WelcomeCard } from './WelcomeCard';
import { useThemeAttribute } from '../theme';
import { useDocumentTitle } from '../useDocumentTitle';
import { useIdleSignal } from '../idleSignal';
import { SessionContext, useSession, useSessionStore } from '../useSession';
import styles from './App.module.css';
import { dispatch } from '../../session/actions/dispatch';
import { showsWelcome } from '../../session/queries/welcome';
import '../tokens.css';

const LOADING = <p className={styles.loading}>Loading…</p>;

const VIEWS: Readonly<Record<PageLayout['view'], ComponentType>> = {
  stage: lazyPart({
    name: 'The stage',
    load: async () => (await import('../stage/EditableStage')).EditableStage,
    placeholder: LOADING,
  }),
  compare: lazyPart({
    name: 'The comparison',
    load: async () => (await import('../views/compare/CompareView')).CompareView,
    placeholder: LOADING,
  }),
  verdicts: lazyPart({
    name: 'The table of verdicts',
    load: async () => (await import('../views/verdicts/VerdictsView')).VerdictsView,
    placeholder: LOADING,
  }),
};

// The placeholders of these three keep their row of the grid.
const QuizCard = lazyPart({
  name: 'The quiz',
  load: async () => (await import('../views/quiz/QuizCard')).QuizCard,
  placeholder: <span />,
});
const TourCard = lazyPart({
  name: 'The tour',
  load: async () => (await import('../views/tour/TourCard')).TourCard,
  placeholder: <span />,
});
const PresenterBar = lazyPart({
  name: 'The captions',
  load: async () => (await import('../views/present/PresenterBar')).PresenterBar,
  placeholder: <div className={styles.captionSpace} />,
});

interface NarrowTab {
  readonly text: string;
  readonly panel: PageLayout['narrowPanel'];
  /** What the side panel shows under this tab; the first when the tab is pressed. */
  readonly sidePanels?: readonly PageLayout['sidePanel'][];
}

const NARROW_TABS: readonly NarrowTab[] = [
  { text: 'Stage', panel: 'stage' },
  { text: 'Calls', panel: 'processes' },
  { text: 'Steps', panel: 'steps' },
  { text: 'Scenario', panel: 'source', sidePanels: ['scenario'] },
  { text: 'Source', panel: 'source', sidePanels: ['source', 'edit'] },
  { text: 'Check', panel: 'source', sidePanels: ['check'] },
  { text: 'Details', panel: 'details' },
];

/** The panels of a narrow page, each one tap away. */
function PanelTabs() {
  const session = useSessionStore();
  const { narrowPanel, sidePanel } = useSession((state) => state.layout);
  return (
    <nav className={styles.panelTabs} aria-label="Panels">
      {NARROW_TABS.map(({ text, panel, sidePanels }) => (
        <button
          key={text}
          type="button"
          aria-pressed={narrowPanel === panel && (sidePanels?.includes(sidePanel) ?? true)}
          onClick={() =>
            dispatch(session, 'set-layout', {
              narrowPanel: panel,
              ...(sidePanels?.[0] && { sidePanel: sidePanels[0] }),
            })
          }
        >
          {text}
          {panel === 'details' && <SelectionLabel />}
        </button>
      ))}
    </nav>
  );
}

interface AppProps {
  readonly session: Session;
  readonly createWorker: CreateWorker;
}

export function App({ session, createWorker }: AppProps) {
  return (
    <SessionContext value={session}>
      <CheckWorkerContext value={createWorker}>
        <AppLayout session={session} />
      </CheckWorkerContext>
    </SessionContext>
  );
}

function AppLayout({ session }: { readonly session: Session }) {
  const { narrowPanel, presenting, view, sidePanel, scenarioView } = useSession(
    (state) => state.layout,
  );
  const isWelcome = useSession(showsWelcome);
  const inQuiz = useSession((state) => state.dialog === 'quiz');
  const touring = useSession((state) => state.layout.tourStop !== undefined);
  const loading = useSession((state) => state.pendingLoads > 0);
  const left = usePanelSize({ storageKey: 'left', initial: 252, min: 220, max: 480 });
  const source = usePanelSize({ storageKey: 'right', initial: 344, min: 260, max: 720 });
  // Lines of text are longer than what the other panels show.
  const text = usePanelSize({ storageKey: 'text', initial: 500, min: 260, max: 900 });
  const isText = sidePanel === 'edit' || (sidePanel === 'scenario' && scenarioView === 'text');
  const right = isText ? text : source;
  const bottom = usePanelSize({ storageKey: 'foot', initial: 276, min: 96, max: 560 });
  const details = usePanelSize({ storageKey: 'details', initial: 260, min: 80, max: 620 });
  const View = VIEWS[view];
  useIdleSignal(session);
  useThemeAttribute();
  useDocumentTitle();
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => handleHotkey(session, event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [session]);
  const sizes = {
    '--left': `${left.value}px`,
    '--right': `${right.value}px`,
    '--bottom': bottom.isUserSet
      ? `minmax(64px, ${bottom.value}px)`
      : `fit-content(${bottom.value}px)`,
    '--details': `${details.value}px`,
  };
  return (
    <div
      className={styles.app}
      data-narrow-panel={narrowPanel}
      data-presenting={presenting ? '' : undefined}
      style={sizes as CSSProperties}
    >
      <Header />
      {view !== 'stage' || isWelcome ? (
        <main className={styles.wide}>
          {isWelcome && <WelcomeCard />}
          <section className={styles.stage} aria-label={isWelcome ? 'Stage' : 'Table'}>
            <View />
          </section>
          {isWelcome && <PanelTabs />}
        </main>
      ) : (
        <>
          <aside id="left" className={styles.left} aria-label="Processes">
            <ProcessesPanel />
          </aside>
          <main className={styles.main}>
            <Splitter
              size={left}
              label="Width of the processes panel"
              panelId="left"
              panelSide="left"
            />
            <Splitter
              size={right}
              label="Width of the source panel"
              panelId="right"
              panelSide="right"
            />
            {inQuiz ? <QuizCard /> : touring ? <TourCard /> : !presenting && <CaptionBar />}
            <section className={styles.stage} aria-label="Stage">
              <View key={presenting ? 'presenting' : 'page'} />
            </section>
            <Splitter
              size={bottom}
              label="Height of the timeline panel"
              panelId="bottom"
              panelSide="below"
            />
            <PlaybackBar />
            <div id="bottom" className={styles.bottom}>
              <BottomPanel />
            </div>
            {presenting && !touring && !inQuiz && <PresenterBar />}
          </main>
          <aside id="right" className={styles.right} aria-label="Source and details">
            <SidePanel />
            <Splitter
              size={details}
              label="Height of the details panel"
              panelId="details"
              panelSide="below"
            />
            <DetailsPanel />
          </aside>
          <PanelTabs />
        </>
      )}
      <Notifications />
      <DropZone session={session} />
      <TooltipLayer />
      <DialogHost />
      {loading && <span data-loading="" hidden />}
      <Announcement />
    </div>
  );
}
