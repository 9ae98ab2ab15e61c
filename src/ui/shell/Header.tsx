import { useEffect, useRef } from 'react';
import { DESIGN_METAS, designLabel } from '../../designs/catalog';
import { unmodifiedTitle } from '../../kernel/language/design';
import { useSession, useSessionStore } from '../useSession';
import { CommandButton } from '../controls/CommandButton';
import { Icon } from '../controls/Icon';
import { DesignOptionsMenu } from './DesignOptionsMenu';
import { PopoverButton } from '../controls/PopoverButton';
import { Segmented } from '../controls/Segmented';
import buttons from '../controls/controls.module.css';
import styles from './Header.module.css';
import { showsWelcome } from '../../session/queries/welcome';
import { dispatch } from '../../session/actions/dispatch';

/** Scenario, design, views and dialogs. */
export function Header() {
  const session = useSessionStore();
  const setup = useSession((state) => state.run.setup);
  const isWelcome = useSession(showsWelcome);
  return (
    <header className={styles.header}>
      <h1>VFIO playground</h1>
      <button
        type="button"
        className={`${buttons.button} ${styles.scenario}`}
        aria-haspopup="dialog"
        aria-label={`Scenario: ${setup.scenario.title}`}
        onClick={() => dispatch(session, 'library')}
      >
        <span>{setup.scenario.title}</span>
        <Icon name="chevron" />
      </button>
      {!isWelcome && (
        <>
          <Segmented
            label="Design"
            value={setup.design.id}
            className={styles.designs ?? ''}
            onSelect={(id) => dispatch(session, 'switch-design', { design: id })}
            segments={DESIGN_METAS.map((meta) => {
              const { design, scenario } = setup;
              const title =
                meta.id === design.id ? unmodifiedTitle(design, scenario.options) : meta.title;
              const text = meta.shortTitle ?? title;
              const label = designLabel(text, { title, name: meta.id });
              return { value: meta.id, text, accessibleName: label, tooltip: label };
            })}
          />
          <DesignOptionsMenu />
        </>
      )}
      <div className={styles.tools}>
        <Tools />
      </div>
      <PopoverButton
        label="Menu"
        className={`${buttons.button} ${styles.menuButton}`}
        popoverClassName={styles.menu}
        content={<Menu />}
      >
        <Icon name="menu" />
        Menu
      </PopoverButton>
    </header>
  );
}

/** The views and the dialogs. In the menu of a narrow page each has its text; in the header the last three are icons. */
function Tools({ inMenu = false }: { readonly inMenu?: boolean }) {
  const view = useSession((state) => state.layout.view);
  const theme = useSession((state) => state.settings.theme);
  const inFull = (text: string): { readonly text?: string } => (inMenu ? { text } : {});
  return (
    <>
      <CommandButton command="compare" icon="columns" text="Compare" pressed={view === 'compare'} />
      <CommandButton
        command="verdicts"
        icon="shield"
        text="Verdicts"
        pressed={view === 'verdicts'}
      />
      <CommandButton command="predict" icon="question" text="Quiz" />
      <CommandButton command="present" icon="screen" text="Present" />
      <CommandButton command="share" icon="share" text="Share" />
      <CommandButton command="palette" icon="search" {...inFull('Find')} />
      <CommandButton
        command="theme"
        icon={theme === 'dark' ? 'moon' : theme === 'light' ? 'sun' : 'system'}
        title={`Switch the theme (now ${theme})`}
        {...inFull(`Theme: ${theme}`)}
      />
      <CommandButton command="help" icon="help" {...inFull('Help')} />
    </>
  );
}

/** The tools with their text; each press closes the menu. */
function Menu() {
  const items = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = items.current;
    const close = (): void => box?.closest<HTMLElement>('[popover]')?.hidePopover();
    box?.addEventListener('click', close);
    return () => box?.removeEventListener('click', close);
  }, []);
  return (
    <div ref={items} className={styles.menuItems}>
      <Tools inMenu />
    </div>
  );
}
