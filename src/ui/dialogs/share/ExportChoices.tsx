import { counterexampleRun } from '../../../export/counterexampleRun';
import type { ExportOptions } from '../../../export/export';
import type { PropertyId } from '../../../kernel/language/propertyId';
import { propertyById } from '../../../kernel/properties/properties';
import type { Trace } from '../../../scenario/run/trace';
import { designOfSubject } from '../../../session/actions/mutations';
import { isCheckOutOfDate } from '../../../session/queries/checkSubject';
import type { SessionState } from '../../../session/store/session';
import controls from '../../controls/controls.module.css';
import styles from './ShareDialog.module.css';

/** What an export shows: the run on screen or a counterexample of the last check, which property it argues, how many steps. */
export interface ExportChoice {
  /** The property of the counterexample; undefined for the run on screen. */
  readonly counterexample: PropertyId | undefined;
  /** Undefined for the property that the scenario's title is about. */
  readonly property: PropertyId | undefined;
  readonly full: boolean;
}

/** The run on screen, argued as its title does. */
export const DEFAULT_CHOICE: ExportChoice = {
  counterexample: undefined,
  property: undefined,
  full: false,
};

/** The properties for which the last check has a counterexample; none if the check is about another model. */
function counterexamplesOf({ check, ...state }: SessionState): readonly PropertyId[] {
  return check.kind === 'done' && !isCheckOutOfDate(state, check.subject)
    ? check.result.properties.flatMap(({ id, witness }) => (witness ? [id] : []))
    : [];
}

/** The run of a choice and the options that go with it. */
export function chosenExport(
  state: SessionState,
  trace: Trace,
  { counterexample, property, full }: ExportChoice,
): { readonly trace: Trace; readonly options: ExportOptions } {
  const { check } = state;
  if (counterexample !== undefined && check.kind === 'done') {
    const { scenario } = check.subject;
    const design = designOfSubject(check.subject);
    const properties = check.result.properties.filter(({ id }) => id === counterexample);
    const found =
      typeof design === 'string'
        ? undefined
        : counterexampleRun(scenario, design, { ...check.result, properties });
    if (found) {
      const { trace: shortest, ...options } = found;
      return { trace: shortest, options: { ...options, full } };
    }
  }
  return { trace, options: { property, full } };
}

/** Chooses the run, the property and the steps of an export. */
export function ExportChoices({
  state,
  trace,
  choice,
  onChange,
}: {
  readonly state: SessionState;
  /** The run on screen. */
  readonly trace: Trace;
  readonly choice: ExportChoice;
  readonly onChange: (choice: ExportChoice) => void;
}) {
  const counterexamples = counterexamplesOf(state);
  const violated = [...new Set(trace.steps.flatMap((s) => s.violations.map((v) => v.property)))];
  const idOf = (value: string, ids: readonly PropertyId[]): PropertyId | undefined =>
    ids.find((id) => id === value);
  return (
    <div className={styles.choices} role="group" aria-label="What the export shows">
      <label>
        Run{' '}
        <select
          className={controls.select}
          value={choice.counterexample ?? ''}
          onChange={({ target }) =>
            onChange({ ...choice, counterexample: idOf(target.value, counterexamples) })
          }
        >
          <option value="">This run, up to the current step</option>
          {counterexamples.map((id) => (
            <option key={id} value={id}>
              Counterexample of {propertyById(id).title}
            </option>
          ))}
        </select>
      </label>
      {choice.counterexample === undefined && violated.length > 0 && (
        <label>
          Property{' '}
          <select
            className={controls.select}
            value={choice.property ?? ''}
            onChange={({ target }) =>
              onChange({ ...choice, property: idOf(target.value, violated) })
            }
          >
            <option value="">What the title is about</option>
            {violated.map((id) => (
              <option key={id} value={id}>
                {propertyById(id).title}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        <input
          type="checkbox"
          checked={choice.full}
          onChange={({ target }) => onChange({ ...choice, full: target.checked })}
        />{' '}
        All steps
      </label>
    </div>
  );
}
