import { DESIGN_METAS } from '../../../designs/catalog';
import { dispatch } from '../../../session/actions/dispatch';
import { effectiveOptions } from '../../../session/queries/effectiveOptions';
import { useSession, useSessionStore } from '../../useSession';
import { FormSection, Select, type SectionProps } from './formParts';
import styles from './ScenarioPanel.module.css';

/** The design, its options and the memory model. */
export function OptionSection({ scenario, edit }: SectionProps) {
  const session = useSessionStore();
  const setup = useSession((state) => state.run.setup);
  const { design } = setup;
  const options = effectiveOptions(setup);
  const isBuiltIn = DESIGN_METAS.some(({ id }) => id === design.id);
  return (
    <FormSection title="Options">
      <ul>
        <li className={styles.option}>
          <span>Design</span>
          <Select
            label="Design"
            value={design.id}
            options={[
              ...DESIGN_METAS.map(({ id, title, shortTitle = title }) => ({
                value: id,
                text: `${shortTitle} (${id})`,
              })),
              ...(isBuiltIn ? [] : [{ value: design.id, text: design.id }]),
            ]}
            onChange={(id) => dispatch(session, 'switch-design', { design: id })}
          />
        </li>
        {design.options.map(({ id, title, values }) => (
          <li key={id} className={styles.option}>
            <span>{title}</span>
            <Select
              label={title}
              value={options[id] ?? ''}
              options={values.map((value) => ({ value, text: value }))}
              onChange={(value) => dispatch(session, 'set-option', { option: id, value })}
            />
          </li>
        ))}
        <li>
          <label className={styles.checkbox}>
            <input
              type="checkbox"
              checked={scenario.world.storeBuffers === true}
              onChange={({ target }) => edit({ kind: 'set-store-buffers', on: target.checked })}
            />
            A store buffer for each task
          </label>
        </li>
      </ul>
    </FormSection>
  );
}
