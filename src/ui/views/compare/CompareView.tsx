import { fileAccessText } from '../../../designs/catalog';
import { useState } from 'react';
import type { RunResult } from '../../../scenario/run/runResult';
import type { Call } from '../../../kernel/language/world';
import { callText } from '../../../scenario/format/callText';
import { currentSnapshot } from '../../../session/trace/replay';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { processColour } from '../../controls/processColour';
import { useSession, useSessionStore } from '../../useSession';
import styles from './CompareView.module.css';
import { compareDesigns } from '../../../session/queries/compareDesigns';
import { dispatch } from '../../../session/actions/dispatch';

/** The current calls in every design, or with every value of an option, side by side: what each call returns, and which properties are violated. */
export function CompareView() {
  const session = useSessionStore();
  const run = useSession((state) => state.run);
  const snapshot = useSession(currentSnapshot);
  const [chosen, setOption] = useState<string | undefined>(undefined);
  const { options } = run.setup.design;
  const option = options.some(({ id }) => id === chosen) ? chosen : undefined;
  const runs = useSession((state) => compareDesigns(state, option));
  const calls = snapshot.program.calls.map(({ call }) => call);
  return (
    <div className={styles.wrap} role="region" aria-label="Design comparison" tabIndex={0}>
      <table className={styles.table}>
        <caption>
          {options.length > 0 && (
            <label className={styles.subject}>
              Compare
              <select
                className={buttons.select}
                value={option ?? ''}
                onChange={({ target }) => setOption(target.value === '' ? undefined : target.value)}
              >
                <option value="">all designs</option>
                {options.map(({ id, title }) => (
                  <option key={id} value={id}>
                    {run.setup.design.id}: {title}
                  </option>
                ))}
              </select>
            </label>
          )}
          The same calls{' '}
          {option === undefined ? 'in every design' : `with every value of ${option}`}, each on the
          schedule of its walkthrough
        </caption>
        <thead>
          <tr>
            <th scope="col">Call</th>
            {runs.map(({ name, title, isCurrent }) => (
              <th key={name} scope="col" aria-current={isCurrent}>
                <code>{name}</code>
                <span>{title}</span>
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
                <td key={designRun.name} data-design={designRun.name}>
                  {'result' in designRun ? (
                    <CallReturn result={designRun.result} index={index} calls={calls} />
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
              <td key={designRun.name} data-design={designRun.name}>
                {'result' in designRun &&
                  designRun.result.files.map((file) => (
                    <p key={file.name}>
                      <code>{file.name}</code>{' '}
                      {file.kind === 'cdev' || file.kind === 'device'
                        ? fileAccessText(designRun.design.id, file.fops)
                        : file.kind}
                    </p>
                  ))}
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row">Violated properties</th>
            {runs.map((designRun) => (
              <td key={designRun.name} data-design={designRun.name}>
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
              <td key={designRun.name} data-design={designRun.name}>
                {'result' in designRun ? designRun.result.steps.length : '–'}
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row">Stage</th>
            {runs.map(({ design, name, value }) => (
              <td key={name} data-design={name}>
                <button
                  type="button"
                  className={`${buttons.button} ${buttons.small}`}
                  onClick={() => {
                    if (option !== undefined && value !== undefined)
                      dispatch(session, 'set-option', { option, value });
                    else dispatch(session, 'switch-design', { design: design.id });
                    dispatch(session, 'stage');
                  }}
                >
                  Open {name}
                </button>
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

/** What call `index` of the scenario returned. A result lists only the started calls, in scenario order, so they are matched by count. */
function CallReturn({
  result,
  index,
  calls,
}: {
  readonly result: RunResult;
  readonly index: number;
  readonly calls: readonly Call[];
}) {
  const call = calls[index];
  const nth = calls
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
