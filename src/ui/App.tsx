import { Fragment, lazy, Suspense, useEffect, type CSSProperties, type ReactNode } from 'react';
import { arrange } from '../session/arrange';
import type { OwnSearch } from '../session/checkStarters';
import type { Layout, Session } from '../session/session';
import { SearchContext } from './check/SearchContext';
import { Header } from './controls/Header';
import { onHotkey } from './controls/hotkeys';
import { Splitter, usePanelSize } from './controls/Splitter';
import { Transport } from './controls/Transport';
import { Dialogs } from './dialogs/Dialogs';
import { Actors } from './panels/Actors';
import { Details } from './panels/Details';
import { Foot } from './panels/Foot';
import { Messages } from './panels/Messages';
import { SelectedName } from './panels/SelectedName';
import { Side } from './panels/Side';
import { Story } from './panels/Story';
import { LoadGuard } from './LoadGuard';
import { useFileDrop } from './useFileDrop';
import { useOpening } from './tour/useOpening';
import { useIdleSignal } from './useIdleSignal';
import { SessionContext, useSession } from './useSession';
import buttons from './controls/controls.module.css';
import styles from './App.module.css';
import './tokens.css';

const Compare = lazy(async () => ({ default: (await import('./compare/Compare')).Compare }));
const Verdicts = lazy(async () => ({ default: (await import('./verdicts/Verdicts')).Verdicts }));
const Present = lazy(async () => ({ default: (await import('./present/Present')).Present }));
const TourCard = lazy(async () => ({ default: (await import('./tour/TourCard')).TourCard }));
const PredictCard = lazy(async () => ({
  default: (await import('./predict/PredictCard')).PredictCard,
}));
const Stage = lazy(async () => ({ default: (await import('./stage/Stage')).Stage }));

const panes: readonly { readonly id: Layout['pane']; readonly text: string }[] = [
  { id: 'stage', text: 'Stage' },
  { id: 'actors', text: 'Actors' },
  { id: 'steps', text: 'Steps' },
  { id: 'listing', text: 'Listing' },
  { id: 'details', text: 'Details' },
];

interface AppProps {
  readonly session: Session;
  readonly search: OwnSearch;
}

const middle: Readonly<Record<Layout['view'], ReactNode>> = {
  stage: <Stage />,
  compare: <Compare />,
  verdicts: <Verdicts />,
};

const names: Readonly<Record<Layout['view'], string>> = {
  stage: 'The stage',
  compare: 'The comparison',
  verdicts: 'The table of verdicts',
};

export function App({ session, search }: AppProps) {
  return (
    <SessionContext value={session}>
      <SearchContext value={search}>
        <Page session={session} />
      </SearchContext>
    </SessionContext>
  );
}

function Page({ session }: { readonly session: Session }) {
  const { pane, present, view } = useSession((state) => state.layout);
  const predicting = useSession((state) => state.dialog === 'predict');
  const touring = useSession((state) => state.layout.tour !== undefined);
  const theme = useSession((state) => state.settings.theme);
  const announcement = useSession((state) => state.announcement);
  const loading = useSession((state) => state.loading > 0);
  const left = usePanelSize({ id: 'left', initial: 256, min: 220, max: 480 });
  const right = usePanelSize({ id: 'right', initial: 348, min: 260, max: 720 });
  const foot = usePanelSize({ id: 'foot', initial: 190, min: 96, max: 560 });
  const details = usePanelSize({ id: 'details', initial: 260, min: 80, max: 620 });
  useIdleSignal(session);
  useFileDrop(session);
  useOpening(session);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => onHotkey(session, event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [session]);
  const sizes = {
    '--left': `${left.value}px`,
    '--right': `${right.value}px`,
    '--foot': foot.chosen ? `minmax(64px, ${foot.value}px)` : `fit-content(${foot.value}px)`,
    '--details': `${details.value}px`,
  };
  return (
    <div
      className={styles.app}
      data-pane={pane}
      data-present={present ? '' : undefined}
      style={sizes as CSSProperties}
    >
      <Header />
      <aside id="left" className={styles.left} aria-label="Actors">
        <Actors />
      </aside>
      <main className={styles.main}>
        <Splitter size={left} label="Width of the actors" controls="left" panel="left" />
        <Splitter size={right} label="Width of the listing" controls="right" panel="right" />
        {predicting ? (
          <LoadGuard what="The questions" key="predict">
            <Suspense fallback={<span data-loading="" />}>
              <PredictCard />
            </Suspense>
          </LoadGuard>
        ) : touring ? (
          <LoadGuard what="The tour" key="tour">
            <Suspense fallback={<span data-loading="" />}>
              <TourCard />
            </Suspense>
          </LoadGuard>
        ) : (
          !present && <Story />
        )}
        <section className={styles.stage} aria-label="Stage">
          <LoadGuard key={view} what={names[view]}>
            <Suspense
              fallback={
                <p className={styles.loading} data-loading="">
                  {view === 'stage'
                    ? 'Setting the stage…'
                    : view === 'compare'
                      ? 'Playing the calls in four designs…'
                      : 'Laying out the table of verdicts…'}
                </p>
              }
            >
              <Fragment key={present ? 'presented' : 'page'}>{middle[view]}</Fragment>
            </Suspense>
          </LoadGuard>
        </section>
        <Splitter size={foot} label="Height of the timeline" controls="foot" panel="below" />
        <Transport />
        <div id="foot" className={styles.foot}>
          <Foot />
        </div>
        {present && !touring && !predicting && (
          <LoadGuard what="The captions">
            <Suspense fallback={<div className={styles.captionSpace} data-loading="" />}>
              <Present />
            </Suspense>
          </LoadGuard>
        )}
      </main>
      <aside id="right" className={styles.right} aria-label="Listing and details">
        <Side />
        <Splitter size={details} label="Height of the details" controls="details" panel="below" />
        <Details />
      </aside>
      <nav className={styles.panes} aria-label="Panels">
        {panes.map(({ id, text }) => (
          <button
            key={id}
            type="button"
            aria-pressed={pane === id}
            onClick={() => arrange(session, { pane: id })}
          >
            {text}
            {id === 'details' && <SelectedName />}
          </button>
        ))}
      </nav>
      <Messages />
      <Dialogs />
      {loading && <span data-loading="" hidden />}
      <div className={buttons.hidden} aria-live="polite" aria-atomic="true">
        {announcement}
      </div>
    </div>
  );
}
