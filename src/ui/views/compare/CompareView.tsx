import { DESIGNS } from '../../../designs/designs';
import type { Design } from '../../../kernel/language/design';
import { makeRunResult, type RunResult } from '../../../scenario/run/runResult';
import type { Scenario } from '../../../scenario/format/scenario';
import { runScenario } from '../../../scenario/run/runScenario';
import { callText } from '../../../scenario/format/callText';
import { currentSnapshot } from '../../../session/trace/replay';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { processColour } from '../../processColour';
import { useSession, useSessionStore } from '../../useSession';
import styles from './CompareView.module.css';
import { scenarioInDesign } from '../../../session/actions/switchDesign';
import { currentCheckSubject } from '../../../session/queries/checkSubject';
import { dispatch } from '../../../session/actions/dispatch';

type DesignRun =
  | { readonly design: Design; readonly result: RunResult }
  | { readonly design: Design; readonly error: string };

/** The calls on screen in every design, side by side: what each call returns, and what goes wrong. */
export function CompareView() {
  const session = useSessionStore();
  const run = useSession((state) => state.run);
  const frame = useSession(currentSnapshot);
  const { scenario } = currentCheckSubject({ run, mutations: [] });
  const told = DESIGNS.map((design): DesignRun =>
    runInDesign(design, scenarioInDesign(session, design.id, scenario)),
  );
  const { calls } = scenario;
  return (
    <div className={styles.wrap} role="region" aria-label="Design comparison" tabIndex={0}>
      <table className={styles.table}>
        <caption>The same calls in every design, each in the order that is told there</caption>
        <thead>
          <tr>
            <th scope="col">Call</th>
            {told.map(({ design }) => (
              <th key={design.id} scope="col" aria-current={design.id === run.setup.design.id}>
                <code>{design.id}</code>
                <span>{design.title}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {calls.map((call, index) => (
            <tr key={index}>
              <th scope="row">
                <b style={{ color: processColour(frame.program.world, call.by) }}>{call.by}</b>{' '}
                <code>{callText(call)}</code>
              </th>
              {told.map((each) => (
                <td key={each.design.id} data-design={each.design.id}>
                  {'result' in each ? (
                    <CallReturn result={each.result} index={index} scenario={scenario} />
                  ) : (
                    '–'
                  )}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">Open at the end</th>
            {told.map((each) => (
              <td key={each.design.id} data-design={each.design.id}>
                {'result' in each &&
                  each.result.files.map((file) => (
                    <p key={file.name}>
                      <code>{file.name}</code>{' '}
                      {file.kind === 'cdev' || file.kind === 'device'
                        ? `fops ${file.fops}`
                        : file.kind}
                    </p>
                  ))}
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row">Goes wrong on this schedule</th>
            {told.map((each) => (
              <td key={each.design.id} data-design={each.design.id}>
                {'result' in each ? (
                  each.result.violations.length === 0 ? (
                    <span className={styles.ok}>
                      <Icon name="check" />
                      nothing
                    </span>
                  ) : (
                    [...new Set(each.result.violations.map(({ property }) => property))].map(
                      (property) => (
                        <p key={property} className={styles.bad}>
                          <Icon name="close" />
                          {property}
                        </p>
                      ),
                    )
                  )
                ) : (
                  <span className={styles.why}>{each.error}</span>
                )}
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row">Steps</th>
            {told.map((each) => (
              <td key={each.design.id} data-design={each.design.id}>
                {'result' in each ? each.result.steps.length : '–'}
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row">On the stage</th>
            {told.map(({ design }) => (
              <td key={design.id} data-design={design.id}>
                <button
                  type="button"
                  className={`${buttons.button} ${buttons.small}`}
                  onClick={() => {
                    dispatch(session, 'switch-design', { design: design.id });
                    dispatch(session, 'set-layout', { view: 'stage', narrowPanel: 'stage' });
                  }}
                >
                  Watch {design.id}
                </button>
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function runInDesign(design: Design, scenario: Scenario | string): DesignRun {
  if (typeof scenario === 'string') return { design, error: scenario };
  const ran = runScenario(scenario);
  return ran.ok
    ? { design, result: makeRunResult(ran.trace) }
    : { design, error: ran.errors.map(({ path, message }) => `${path}: ${message}`).join('; ') };
}

/** The calls of a result are those that began and were not skipped, in the order of the scenario. */
function CallReturn({
  result,
  index,
  scenario,
}: {
  readonly result: RunResult;
  readonly index: number;
  readonly scenario: Scenario;
}) {
  const call = scenario.calls[index];
  const nth = scenario.calls
    .slice(0, index)
    .filter((each) => each.by === call?.by && each.call === call.call).length;
  const own = result.calls.filter((each) => each.by === call?.by && each.call === call.call)[nth];
  const blocked = result.blocked.find((each) => each.by === call?.by && each.call === call.call);
  if (own?.returns !== undefined)
    return (
      <span className={typeof own.returns === 'string' ? styles.errno : undefined}>
        {own.returns}
      </span>
    );
  if (blocked)
    return (
      <span className={styles.blocked}>
        waits for {blocked.waitsFor}
        {blocked.heldBy.length > 0 && `, held by ${blocked.heldBy.join(', ')}`}
      </span>
    );
  return (
    <span className={styles.why}>
      {result.skipped.some(
        (each) => each.by === call?.by && each.call === call.call && each.as === call.as,
      )
        ? 'skipped'
        : 'not begun'}
    </span>
  );
}
