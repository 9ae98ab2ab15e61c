import { LIMITS } from '../../../scenario/format/limits';
import type { Scenario } from '../../../scenario/format/scenario';
import { dispatch } from '../../../session/actions/dispatch';
import { useSessionStore } from '../../useSession';
import type { SectionProps } from './formParts';
import { CallSection } from './CallSection';
import { CaptionSection } from './CaptionSection';
import { DeviceSection, GroupSection } from './DeviceSection';
import { OptionSection } from './OptionSection';
import { ProcessSection } from './ProcessSection';
import { TextField } from './TextField';
import styles from './ScenarioPanel.module.css';

/** The scenario as lists of processes, devices, calls and captions. */
export function ScenarioForm({ scenario }: { readonly scenario: Scenario }) {
  const session = useSessionStore();
  const props: SectionProps = {
    scenario,
    edit: (edit) => dispatch(session, 'edit-scenario', { edit }),
  };
  return (
    <div className={styles.form}>
      <TextField
        label="Title"
        value={scenario.title}
        maxLength={LIMITS.title}
        placeholder="Title"
        onCommit={(title) => props.edit({ kind: 'set-text', title })}
      />
      <TextField
        label="What it shows"
        value={scenario.about}
        maxLength={LIMITS.text}
        rows={2}
        placeholder="What it shows, in one or two sentences"
        onCommit={(about) => props.edit({ kind: 'set-text', about })}
      />
      <DeviceSection {...props} />
      <GroupSection {...props} />
      <ProcessSection {...props} />
      <CallSection {...props} />
      <CaptionSection scenario={scenario} />
      <OptionSection {...props} />
    </div>
  );
}
