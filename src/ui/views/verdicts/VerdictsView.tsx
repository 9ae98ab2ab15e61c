import { Fragment, useContext, useEffect } from 'react';
import type { MatrixCell, MatrixRow, MatrixRowProperty } from '../../../explore/matrix/matrix';
import { propertyById } from '../../../kernel/properties/properties';
import { PROPERTY_IDS } from '../../../kernel/properties/properties';
import { makeCheckClient } from '../../../check-worker/checkClient';
import { workerFactories } from '../../../check-worker/workerFactories';
import { CheckWorkerContext } from '../../panels/check/CheckWorkerContext';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { formatCount } from '../../formatCount';
import { useSession, useSessionStore } from '../../useSession';
import styles from './VerdictsView.module.css';
import { verdictCases, verdictRows } from '../../../session/queries/verdictMatrix';
import { dispatch } from '../../../session/actions/dispatch';

/** Designs and options against properties; each cell covers every built-in scenario of the design. */
export function VerdictsView() {
  const session = useSessionStore();
  const createWorker = useContext(CheckWorkerContext);
  const { cells, running } = useSession((state) => state.verdicts);
  const { configs, cases } = verdictCases();
  const rows = verdictRows(cells);
  useEffect(() => () => dispatch(session, 'stop-verdicts'), [session]);
  return (
    <div className={styles.wrap} role="region" aria-label="Verdicts" tabIndex={0}>
      <div className={styles.head}>
        <p>
          Every design and option against every property, over every interleaving of the built-in
          scenarios.{' '}
          <VerdictSummary rows={rows} done={cells.length} total={cases.length} running={running} />
        </p>
        {running ? (
          <button
            type="button"
            className={buttons.button}
            onClick={() => dispatch(session, 'stop-verdicts')}
          >
            <Icon name="close" />
            Stop
          </button>
        ) : (
          <button
            type="button"
            className={`${buttons.button} ${buttons.primary}`}
            onClick={() =>
              dispatch(session, 'start-verdicts', {
                client: makeCheckClient(workerFactories(createWorker)),
              })
            }
          >
            <Icon name="shield" />
            {cells.length === 0 ? 'Check all designs' : 'Check again'}
          </button>
        )}
        {running && (
          <progress aria-label="Checks in progress" max={cases.length} value={cells.length} />
        )}
      </div>
      <CellLegend />
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Design</th>
            {PROPERTY_IDS.map((id) => (
              <th key={id} scope="col" data-tooltip={propertyById(id).statement}>
                <span>{id}</span>
              </th>
            ))}
            <th scope="col">states</th>
          </tr>
        </thead>
        <tbody>
          {configs.map(({ title }) => {
            const row = rows.find((each) => each.config.title === title);
            const isComplete =
              row !== undefined &&
              row.scenarios.length === cases.filter((each) => each.config.title === title).length;
            return (
              <tr
                key={title}
                aria-busy={row && !isComplete && running ? true : undefined}
                data-partial={row && !isComplete ? '' : undefined}
              >
                <th scope="row">
                  <code>
                    {title.split(' ').map((word, i) => (
                      <Fragment key={word}>
                        {i > 0 && ' '}
                        <span>{word}</span>
                      </Fragment>
                    ))}
                  </code>
                </th>
                {PROPERTY_IDS.map((id) => (
                  <td key={id}>
                    {row ? (
                      <VerdictCell
                        row={row}
                        cells={cells}
                        isComplete={isComplete}
                        property={row.properties.find((each) => each.id === id)}
                      />
                    ) : (
                      <span className={styles.unchecked}>
                        <span className={buttons.hidden}>not checked yet</span>
                      </span>
                    )}
                  </td>
                ))}
                <td className={styles.states}>{row && formatCount(row.states)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Progress and result of the checks. */
function VerdictSummary({
  rows,
  done,
  total,
  running,
}: {
  readonly rows: readonly MatrixRow[];
  readonly done: number;
  readonly total: number;
  readonly running: boolean;
}) {
  const verdicts = rows.flatMap(({ properties }) => properties);
  const count = (status: MatrixRowProperty['status']): number =>
    verdicts.filter((each) => each.status === status).length;
  const [violated, holds, incomplete] = [count('violated'), count('holds'), count('incomplete')];
  return (
    <span role="status" className={styles.summary} data-done={done === total ? '' : undefined}>
      {done === 0 &&
        !running &&
        `${total} checks run in your browser, in under a minute on most machines. You can stop at any time.`}
      {(done > 0 || running) &&
        `${running ? 'Checking' : done === total ? 'Done' : 'Stopped'}: ${done} of ${total} checks.`}
      {done > 0 &&
        ` ${violated} violated${done === total ? `, ${holds} hold${incomplete > 0 ? `, ${incomplete} incomplete` : ''}` : ' so far'}.${violated > 0 ? ' Press a red cell to play its counterexample.' : ''}`}
    </span>
  );
}

/** The legend of the cells. */
function CellLegend() {
  return (
    <ul className={styles.legend} aria-label="Legend">
      <li>
        <span className={styles.holds}>
          <Icon name="check" size={13} />
        </span>{' '}
        holds in every interleaving
      </li>
      <li>
        <span className={styles.violated}>
          <Icon name="close" size={11} />
          12
        </span>{' '}
        violated: steps of the shortest counterexample
      </li>
      <li>
        <span className={styles.incomplete}>
          <Icon name="question" size={13} />
        </span>{' '}
        not all states were explored
      </li>
      <li>
        <span className={styles.notApplicable}>·</span> not applicable
      </li>
      <li>
        <span className={styles.unchecked} /> not checked yet
      </li>
    </ul>
  );
}

function VerdictCell({
  row,
  cells,
  isComplete,
  property,
}: {
  readonly row: MatrixRow;
  readonly isComplete: boolean;
  readonly cells: readonly MatrixCell[];
  readonly property: MatrixRowProperty | undefined;
}) {
  const session = useSessionStore();
  if (!property || property.status === 'not-applicable')
    return (
      <span className={styles.notApplicable} aria-label="not applicable">
        ·
      </span>
    );
  if (property.status === 'holds')
    return (
      <span
        className={styles.holds}
        data-tooltip={`holds ${isComplete ? 'in all' : 'so far, in'} ${formatCount(row.states)} states of ${row.scenarios.length} scenarios`}
      >
        <Icon name="check" size={13} />
        <span className={buttons.hidden}>{isComplete ? 'holds' : 'holds so far'}</span>
      </span>
    );
  if (property.status === 'incomplete')
    return (
      <span className={styles.incomplete} data-tooltip="not all states were explored">
        <Icon name="question" size={13} />
        <span className={buttons.hidden}>incomplete</span>
      </span>
    );
  const { witness, scenario, brokenIn, id } = property;
  const cell = cells.find(
    (each) => each.case.id === scenario && each.case.config.title === row.config.title,
  );
  return (
    <button
      type="button"
      className={styles.violated}
      data-tooltip={`${witness?.text ?? ''} (in ${brokenIn.join(', ')})`}
      aria-label={`${row.config.title} violates ${id} in ${scenario ?? '?'}: play the counterexample of ${witness?.steps ?? '?'} steps`}
      onClick={() => {
        if (!cell || !witness) return;
        dispatch(session, 'stage');
        dispatch(session, 'show-counterexample', {
          subject: { scenario: cell.case.scenario, mutations: [] },
          name: id,
          schedule: witness.schedule,
        });
      }}
    >
      <Icon name="close" size={11} />
      {witness?.steps}
    </button>
  );
}
