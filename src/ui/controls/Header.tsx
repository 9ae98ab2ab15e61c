import { useRef } from 'react';
import { DESIGNS } from '../../designs/index';
import { COMMANDS } from '../../session/commands';
import { exportScenario, openFile, optionsOf, setOption, showScenario, switchDesign } from '../../session/open';
import { LIBRARY, LIBRARY_GROUPS, libraryEntry } from '../../scenario/library';
import { useSession, useSessionStore } from '../useSession';
import { CommandButton } from './CommandButton';
import { Icon } from './Icon';
import { Picker } from './Picker';
import buttons from './controls.module.css';
import styles from './Header.module.css';

export function Header() {
  const session = useSessionStore();
  const setup = useSession((state) => state.run.setup);
  const theme = useSession((state) => state.settings.theme);
  const file = useRef<HTMLInputElement>(null);
  const options = optionsOf(setup);
  return (
    <header className={styles.header}>
      <h1>VFIO playground</h1>
      <Picker
        label="Scenario" value={setup.id} placeholder={setup.scenario.title} className={styles.scenario ?? ''}
        groups={LIBRARY_GROUPS.map((group) => ({ label: group.title, items: LIBRARY.filter((each) => each.group === group.id).map((each) => ({ value: each.id, label: each.scenario.title })) })).filter((group) => group.items.length > 0)}
        onPick={(id) => {
          const entry = libraryEntry(id);
          if (entry) showScenario(session, entry.scenario, id);
        }}
      />
      <Picker label="Design" value={setup.design.id} placeholder={setup.design.title} className={styles.design ?? ''} groups={[{ label: undefined, items: DESIGNS.map((each) => ({ value: each.id, label: each.title, about: each.about })) }]} onPick={(id) => switchDesign(session, id)} />
      {setup.design.options.length > 0 && (
        <details className={styles.options}>
          <summary className={buttons.button}><Icon name="sliders" />Options</summary>
          <div className={buttons.popup}>
            {setup.design.options.map((option) => (
              <label key={option.id}>
                {option.title}
                <select value={options[option.id]} onChange={(event) => setOption(session, option.id, event.target.value)}>
                  {option.values.map((value) => <option key={value}>{value}</option>)}
                </select>
              </label>
            ))}
          </div>
        </details>
      )}
      <span className={styles.gap} />
      <input ref={file} type="file" accept=".json" hidden aria-label="Scenario file" onChange={(event) => {
        const picked = event.target.files?.[0];
        if (picked) void openFile(session, picked);
        event.target.value = '';
      }} />
      <button type="button" className={`${buttons.button} ${buttons.quiet}`} onClick={() => file.current?.click()}><Icon name="open" /><span>Open file</span></button>
      <button type="button" className={`${buttons.button} ${buttons.quiet}`} onClick={() => save(exportScenario(session))}><Icon name="save" /><span>Export</span></button>
      <CommandButton command={COMMANDS.theme} icon={theme === 'dark' ? 'moon' : theme === 'light' ? 'sun' : 'system'} title={`Theme: ${theme}`} />
      <CommandButton command={COMMANDS.help} icon="help" />
    </header>
  );
}

function save(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'playground.scenario.json';
  link.click();
  URL.revokeObjectURL(url);
}
