import { DESIGN_METAS } from '../../designs/catalog';
import { COMMANDS } from '../../session/actions/commands';
import { libraryPart } from '../../session/actions/lazyParts';
import { useSession, useSessionStore } from '../useSession';
import { CommandButton } from '../controls/CommandButton';
import { Icon } from '../controls/Icon';
import { DesignOptionsMenu } from './DesignOptionsMenu';
import { Segmented } from '../controls/Segmented';
import buttons from '../controls/controls.module.css';
import styles from './Header.module.css';

export function Header() {
  const session = useSessionStore();
  const setup = useSession((state) => state.run.setup);
  const view = useSession((state) => state.layout.view);
  const theme = useSession((state) => state.settings.theme);
  return (
    <header className={styles.header}>
      <h1>VFIO playground</h1>
      <button
        type="button"
        className={`${buttons.button} ${styles.scenario}`}
        aria-haspopup="dialog"
        aria-label={`Scenario: ${setup.scenario.title}`}
        onClick={() => COMMANDS.library.run(session)}
      >
        <span>{setup.scenario.title}</span>
        <Icon name="chevron" />
      </button>
      <Segmented
        label="Design"
        monospace
        value={setup.design.id}
        className={styles.designs ?? ''}
        onSelect={(id) =>
          libraryPart.whenLoaded(session, ({ switchDesign }) => switchDesign(session, id))
        }
        segments={DESIGN_METAS.map(({ id, title }) => ({
          value: id,
          text: id,
          tip: title,
        }))}
      />
      <DesignOptionsMenu />
      <div className={styles.tools}>
        <CommandButton command={COMMANDS.compare} icon="columns" pressed={view === 'compare'} />
        <CommandButton command={COMMANDS.verdicts} icon="shield" pressed={view === 'verdicts'} />
        <span className={styles.wide}>
          <CommandButton command={COMMANDS.predict} icon="question" />
          <CommandButton command={COMMANDS.present} icon="screen" />
        </span>
        <CommandButton command={COMMANDS.share} icon="share" />
        <CommandButton command={COMMANDS.palette} icon="search" />
        <CommandButton
          command={COMMANDS.theme}
          icon={theme === 'dark' ? 'moon' : theme === 'light' ? 'sun' : 'system'}
          title={`Theme: ${theme}`}
        />
        <CommandButton command={COMMANDS.help} icon="help" />
      </div>
    </header>
  );
}
