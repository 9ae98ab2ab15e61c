import { Fragment, useContext, useEffect, useMemo, useRef, useState } from 'react';
import {
  allDesignConfigs,
  libraryCases,
  matrixRows,
  type MatrixCell,
  type MatrixRow,
  type MatrixRowProperty,
} from '../../../explore/matrix/matrix';
import { propertyById } from '../../../kernel/properties/properties';
import { PROPERTY_IDS } from '../../../kernel/properties/properties';
import { makeCheckClient } from '../../../check-worker/checkClient';
import { workerFactories } from '../../../check-worker/workerFactories';
import { notify } from '../../../session/store/notifications';
import type { Session } from '../../../session/store/session';
import { CheckWorkerContext } from '../../panels/check/CheckWorkerContext';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { useSessionStore } from '../../useSession';
import styles from './VerdictsView.module.css';
import { showCounterexample } from '../../../session/actions/showCounterexample';
import { dispatch } from '../../../session/actions/dispatch';

/** A case that is larger is told as incomplete. */
const MAX_STATES_PER_CASE = 400_000;

const cellsBySession = new WeakMap<Session, readonly MatrixCell[]>();

/** Designs and options against properties: each cell over all built-in scenarios, decided here and now. */
export function VerdictsView() {
  const session = useSessionStore();
  const search = useContext(CheckWorkerContext);
  const [cells, setCells] = useState<readonly MatrixCell[]>(cellsBySession.get(session) ?? []);
  const [running, setRunning] = useState(false);
  const stopped = useRef(false);
  const stop = useRef(() => {});
  const variants = useMemo(() => allDesignConfigs(), []);
  const { cases } = useMemo(() => libraryCases(variants), [variants]);
  const rows = matrixRows(cells);
  useEffect(() => () => stop.current(), []);
  const start = async (): Promise<void> => {
    const client = makeCheckClient(workerFactories(document, search));
    stopped.current = false;
    setRunning(true);
    const done: MatrixCell[] = [];
    for (const each of cases) {
      const check = client.check(
        { scenario: each.scenario, outcomes: false, limits: { maxStates: MAX_STATES_PER_CASE } },
        () => {},
      );
      stop.current = () => {
        stopped.current = true;
        check.cancel();
      };
      // One after the other: the client runs one check at a time.
      const answer = await check.answer;
      if (stopped.current) break;
      if (!answer.ok) {
        notify(session, 'error', 'The verdicts stop here.', [answer.message]);
        break;
      }
      done.push({ case: each, check: answer.result });
      cellsBySession.set(session, [...done]);
      setCells([...done]);
    }
    client.close();
    setRunning(false);
  };
  return (
    <div className={styles.wrap} role="region" aria-label="Verdicts" tabIndex={0}>
      <div className={styles.head}>
        <p>
          Every design and option against every property: all built-in scenarios that are told
          there, every interleaving of each.{' '}
          <VerdictSummary rows={rows} done={cells.length} of={cases.length} running={running} />
        </p>
        {running ? (
          <button type="button" className={buttons.button} onClick={() => stop.current()}>
            <Icon name="close" />
            Stop
          </button>
        ) : (
          <button
            type="button"
            className={`${buttons.button} ${buttons.primary}`}
            onClick={() => {
              void start();
            }}
          >
            <Icon name="shield" />
            {cells.length === 0 ? 'Work out the verdicts' : 'Work them out again'}
          </button>
        )}
        {running && (
          <progress aria-label="Verdicts under way" max={cases.length} value={cells.length} />
        )}
      </div>
      <CellLegend />
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Design</th>
            {PROPERTY_IDS.map((id) => (
              <th key={id} scope="col" title={propertyById(id).statement}>
                <span>{id}</span>
              </th>
            ))}
            <th scope="col">states</th>
          </tr>
        </thead>
        <tbody>
          {variants.map(({ title }) => {
            const row = rows.find((each) => each.config.title === title);
            const whole =
              row !== undefined &&
              row.scenarios.length === cases.filter((each) => each.config.title === title).length;
            return (
              <tr
                key={title}
                aria-busy={row && !whole && running ? true : undefined}
                data-part={row && !whole ? '' : undefined}
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
                        whole={whole}
                        property={row.properties.find((each) => each.id === id)}
                      />
                    ) : (
                      <span className={styles.unasked}>
                        <span className={buttons.hidden}>not asked yet</span>
                      </span>
                    )}
                  </td>
                ))}
                <td className={styles.states}>{row?.states.toLocaleString('en-US')}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Where the work stands, and what came out of it. */
function VerdictSummary({
  rows,
  done,
  of,
  running,
}: {
  readonly rows: readonly MatrixRow[];
  readonly done: number;
  readonly of: number;
  readonly running: boolean;
}) {
  const verdicts = rows.flatMap(({ properties }) => properties);
  const count = (status: MatrixRowProperty['status']): number =>
    verdicts.filter((each) => each.status === status).length;
  const [broken, holds, open] = [count('violated'), count('holds'), count('incomplete')];
  return (
    <span role="status" className={styles.summary} data-done={done === of ? '' : undefined}>
      {done === 0 &&
        !running &&
        `${of} checks, worked out here in your browser; under a minute on most machines. You can stop at any time.`}
      {(done > 0 || running) &&
        `${running ? 'Checking' : done === of ? 'Done' : 'Stopped'}: ${done} of ${of} checks.`}
      {done > 0 &&
        ` ${broken} ${broken === 1 ? 'verdict is' : 'verdicts are'} red${done === of ? `, ${holds} hold${open > 0 ? `, ${open} could not be decided` : ''}` : ' so far'}.${broken > 0 ? ' Press a red one to watch how it goes wrong.' : ''}`}
    </span>
  );
}

/** What a cell means. */
function CellLegend() {
  return (
    <ul className={styles.key} aria-label="What a cell means">
      <li>
        <span className={styles.holds}>
          <Icon name="check" size={13} />
        </span>{' '}
        holds in every interleaving
      </li>
      <li>
        <span className={styles.broken}>
          <Icon name="close" size={11} />
          12
        </span>{' '}
        broken: the shortest way there, in steps
      </li>
      <li>
        <span className={styles.open}>
          <Icon name="question" size={13} />
        </span>{' '}
        not all states were seen
      </li>
      <li>
        <span className={styles.none}>·</span> does not apply
      </li>
      <li>
        <span className={styles.unasked} /> not asked yet
      </li>
    </ul>
  );
}

function VerdictCell({
  row,
  cells,
  whole,
  property,
}: {
  readonly row: MatrixRow;
  readonly whole: boolean;
  readonly cells: readonly MatrixCell[];
  readonly property: MatrixRowProperty | undefined;
}) {
  const session = useSessionStore();
  if (!property || property.status === 'not-applicable')
    return (
      <span className={styles.none} aria-label="not applicable">
        ·
      </span>
    );
  if (property.status === 'holds')
    return (
      <span
        className={styles.holds}
        title={`holds ${whole ? 'in all' : 'so far, in'} ${row.states.toLocaleString('en-US')} states of ${row.scenarios.length} scenarios`}
      >
        <Icon name="check" size={13} />
        <span className={buttons.hidden}>{whole ? 'holds' : 'holds so far'}</span>
      </span>
    );
  if (property.status === 'incomplete')
    return (
      <span className={styles.open} title="not all states were seen">
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
      className={styles.broken}
      title={`${witness?.text ?? ''} (in ${brokenIn.join(', ')})`}
      aria-label={`${row.config.title} breaks ${id} in ${scenario ?? '?'}: play the witness of ${witness?.steps ?? '?'} steps`}
      onClick={() => {
        if (!cell || !witness) return;
        dispatch(session, 'set-layout', { view: 'stage', narrowPanel: 'stage' });
        showCounterexample(
          session,
          { scenario: cell.case.scenario, mutations: [] },
          id,
          witness.schedule,
        );
      }}
    >
      <Icon name="close" size={11} />
      {witness?.steps}
    </button>
  );
}
