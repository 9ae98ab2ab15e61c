import { useEffect, useRef, useState } from 'react';
import { Tooltip } from '@base-ui/react/tooltip';
import { openFile } from '../session/open';
import type { Session } from '../session/session';
import { Header } from './controls/Header';
import { HelpDialog } from './controls/HelpDialog';
import { onHotkey } from './controls/hotkeys';
import { Transport } from './controls/Transport';
import { Actors } from './panels/Actors';
import { Details } from './panels/Details';
import { Listing } from './panels/Listing';
import { Messages } from './panels/Messages';
import { Steps } from './panels/Steps';
import { Story } from './panels/Story';
import { Tasks } from './panels/Tasks';
import { Stage } from './stage/Stage';
import { useIdleSignal } from './useIdleSignal';
import { SessionContext, useSession } from './useSession';
import styles from './App.module.css';
import './tokens.css';

const views = ['Stage', 'Actors', 'Steps', 'Listing'] as const;

export function App({ session }: { readonly session: Session }) {
  return (
    <SessionContext value={session}>
      <Tooltip.Provider delay={500}>
        <Page session={session} />
      </Tooltip.Provider>
    </SessionContext>
  );
}

function Page({ session }: { readonly session: Session }) {
  const [view, setView] = useState<(typeof views)[number]>('Stage');
  const theme = useSession((state) => state.settings.theme);
  const announcement = useSession((state) => state.announcement);
  const root = useRef<HTMLDivElement>(null);
  useIdleSignal(session);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => onHotkey(session, event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [session]);
  useFileDrop(session);
  return (
    <div className={styles.app} data-view={view} ref={root}>
      <Header />
      <nav className={styles.views} aria-label="Panels">
        {views.map((name) => (
          <button key={name} type="button" aria-pressed={view === name} onClick={() => setView(name)}>{name}</button>
        ))}
      </nav>
      <aside className={styles.left} data-panel="Actors" aria-label="Actors"><Actors /></aside>
      <main className={styles.main}>
        <Story />
        <section className={styles.stage} data-panel="Stage" aria-label="Stage"><Stage /></section>
        <section className={styles.foot} aria-label="Transport">
          <Transport />
          <div className={styles.lists} data-panel="Steps"><Tasks /><Steps /></div>
        </section>
      </main>
      <aside className={styles.right} data-panel="Listing" aria-label="Listing and details"><Listing /><Details /></aside>
      <Messages />
      <HelpDialog />
      <div className={styles.hidden} aria-live="polite" aria-atomic="true">{announcement}</div>
    </div>
  );
}

function useFileDrop(session: Session): void {
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      void openFile(session, file);
    };
    document.addEventListener('dragover', over);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('drop', drop);
    };
  }, [session]);
}
