import { DESIGN_METAS } from '../../designs/catalog';
import { useSession, useSessionStore } from '../useSession';
import { CommandButton } from '../controls/CommandButton';
import { Icon } from '../controls/Icon';
import { DesignOptionsMenu } from './DesignOptionsMenu';
import { Segmented } from '../controls/Segmented';
import buttons from '../controls/controls.module.css';
import styles from './Header.module.css';
import { showsWelcome } from '../../session/queries/welcome';
import { dispatch } from '../../session/actions/dispatch';

/** Scenario, design, views and dialogs. */
export function Header() {
  const session = useSessionStore();
  const setup = useSession((state) => state.run.setup);
  const view = useSession((state) => state.layout.view);
  const isWelcome = useSession(showsWelcome);
  const theme = useSession((state) => state.settings.theme);
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
            monospace
            value={setup.design.id}
            className={styles.designs ?? ''}
            onSelect={(id) => dispatch(session, 'switch-design', { design: id })}
            segments={DESIGN_METAS.map(({ id, title }) => ({
              value: id,
              text: id,
              tooltip: title,
            }))}
          />
          <DesignOptionsMenu />
        </>
      )}
      <div className={styles.tools}>
        <CommandButton
          command="compare"
          icon="columns"
          text="Compare"
          pressed={view === 'compare'}
        />
        <CommandButton
          command="verdicts"
          icon="shield"
          text="Verdicts"
          pressed={view === 'verdicts'}
        />
        <CommandButton command="predict" icon="question" text="Quiz" />
        <CommandButton command="present" icon="screen" text="Present" />
        <CommandButton command="share" icon="share" text="Share" />
        <CommandButton command="palette" icon="search" />
        <CommandButton
          command="theme"
          icon={theme === 'dark' ? 'moon' : theme === 'light' ? 'sun' : 'system'}
          title={`Switch the theme (now ${theme})`}
        />
        <CommandButton command="help" icon="help" />
      </div>
    </header>
  );
}
