import { DESIGNS } from '../../../designs/designs';
import type { Design } from '../../../kernel/language/design';
import { makeRunResult, type RunResult } from '../../../scenario/run/runResult';
import type { Scenario } from '../../../scenario/format/scenario';
import { runScenario } from '../../../scenario/run/runScenario';
import { callText } from '../../../scenario/format/callText';
import { currentSnapshot } from '../../../session/trace/replay';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { processColour } from '../../controls/processColour';
import { useSession, useSessionStore } from '../../useSession';
import styles from './CompareView.module.css';
import { scenarioInDesign } from '../../../session/actions/switchDesign';
import { currentCheckSubject } from '../../../session/queries/checkSubject';
import { dispatch } from '../../../session/actions/dispatch';

type DesignRun =
  | { readonly design: Design; readonly result: RunResult }
  | { readonly design: Design; readonly error: string };

/** The current calls in every design side by side: what each call returns, and which properties are violated. */
export function CompareView() {
  const session = useSessionStore();
  const run = useSession((state) => state.run);
  const snapshot = useSession(currentSnapshot);
  const { scenario } = currentCheckSubject({ run, mutations: [] });
  const runs = DESIGNS.map((design): DesignRun =>
    runInDesign(design, scenarioInDesign(session, design.id, scenario)),
  );
  const { calls } = scenario;
  return (
    <div className={styles.wrap} role="region" aria-label="Design comparison" tabIndex={0}>
      <table className={styles.table}>
        <caption>The same calls in every design, each on the schedule of its walkthrough</caption>
        <thead>
          <tr>
            <th scope="col">Call</th>
            {runs.map(({ design }) => (
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
                <b style={{ color: processColour(snapshot.program.world, call.by) }}>{call.by}</b>{' '}
                <code>{callText(call)}</code>
              </th>
              {runs.map((designRun) => (
                <td key={designRun.design.id} data-design={designRun.design.id}>
                  {'result' in designRun ? (
                    <CallReturn result={designRun.result} index={index} scenario={scenario} />
                  ) : (
                    '–'
                  )}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">Files open at the end</th>
            {runs.map((designRun) => (
              <td key={designRun.design.id} data-design={designRun.design.id}>
                {'result' in designRun &&
                  designRun.result.files.map((file) => (
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
            <th scope="row">Violated properties</th>
            {runs.map((designRun) => (
              <td key={designRun.design.id} data-design={designRun.design.id}>
                {'result' in designRun ? (
                  designRun.result.violations.length === 0 ? (
                    <span className={styles.ok}>
                      <Icon name="check" />
                      none
                    </span>
                  ) : (
                    [...new Set(designRun.result.violations.map(({ property }) => property))].map(
                      (property) => (
                        <p key={property} className={styles.bad}>
                          <Icon name="close" />
                          {property}
                        </p>
                      ),
                    )
                  )
                ) : (
                  <span className={styles.muted}>{designRun.error}</span>
                )}
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row">Steps</th>
            {runs.map((designRun) => (
              <td key={designRun.design.id} data-design={designRun.design.id}>
                {'result' in designRun ? designRun.result.steps.length : '–'}
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row">Stage</th>
            {runs.map(({ design }) => (
              <td key={design.id} data-design={design.id}>
                <button
                  type="button"
                  className={`${buttons.button} ${buttons.small}`}
                  onClick={() => {
                    dispatch(session, 'switch-design', { design: design.id });
                    dispatch(session, 'set-layout', { view: 'stage', narrowPanel: 'stage' });
                  }}
                >
                  Open {design.id}
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
  const outcome = runScenario(scenario);
  return outcome.ok
    ? { design, result: makeRunResult(outcome.trace) }
    : {
        design,
        error: outcome.errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
      };
}

/** What call `index` of the scenario returned. A result lists only the started calls, in scenario order, so they are matched by count. */
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
  const started = result.calls.filter((each) => each.by === call?.by && each.call === call.call)[
    nth
  ];
  const blocked = result.blocked.find((each) => each.by === call?.by && each.call === call.call);
  if (started?.returns !== undefined)
    return (
      <span className={typeof started.returns === 'string' ? styles.errno : undefined}>
        {started.returns}
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
    <span className={styles.muted}>
      {result.skipped.some(
        (each) => each.by === call?.by && each.call === call.call && each.as === call.as,
      )
        ? 'skipped'
        : 'not started'}
    </span>
  );
}
