import { useContext, useEffect, useState } from 'react';
import type { DesignConfig, MatrixRow, MatrixRowProperty } from '../../../explore/matrix/matrix';
import { libraryEntry } from '../../../scenario/library/library';
import { libraryVerdicts } from '../../../explore/matrix/libraryVerdicts';
import { chosenOptions } from '../../../kernel/language/design';
import { caveatOf } from '../../../kernel/machine/describeEvent';
import { PROPERTIES as ALL_PROPERTIES, propertyById } from '../../../kernel/properties/properties';
import { makeCheckClient } from '../../../check-worker/checkClient';
import { workerFactories } from '../../../check-worker/workerFactories';
import { dispatch } from '../../../session/actions/dispatch';
import {
  counterexamplePicture,
  counterexampleScenario,
} from '../../../session/queries/counterexamplePicture';
import { verdictCases, verdictRows } from '../../../session/queries/verdictMatrix';
import { CheckWorkerContext } from '../../panels/check/CheckWorkerContext';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { formatCount } from '../../formatCount';
import { isDarkTheme } from '../../theme';
import { useSession, useSessionStore } from '../../useSession';
import styles from './VerdictsView.module.css';

const MAX_TITLES = 3;
const PROPERTIES = ALL_PROPERTIES.filter(({ isOptional }) => !isOptional);

/**
 * Designs and options against properties; each cell covers every built-in scenario of the design. Shows the verdicts that
 * come with the playground, until the reader has them computed again.
 */
export function VerdictsView() {
  const session = useSessionStore();
  const createWorker = useContext(CheckWorkerContext);
  const { cells, running } = useSession((state) => state.verdicts);
  const { configs, cases } = verdictCases();
  const recomputed = running || cells.length > 0;
  const rows = recomputed ? verdictRows(cells) : libraryVerdicts(configs);
  useEffect(() => () => dispatch(session, 'stop-verdicts'), [session]);
  return (
    <div className={styles.wrap} role="region" aria-label="Verdicts" tabIndex={0}>
      <div className={styles.head}>
        <p>
          Which design keeps which promise? Each cell is about every interleaving of the built-in
          scenarios.{' '}
          <VerdictSummary
            rows={rows}
            done={recomputed ? cells.length : undefined}
            total={cases.length}
            running={running}
          />
        </p>
        <button type="button" className={buttons.button} onClick={() => dispatch(session, 'stage')}>
          <Icon name="left" />
          Back to the stage
        </button>
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
            className={buttons.button}
            data-tooltip={`${cases.length} checks run in this browser, in about a minute. You can stop at any time.`}
            onClick={() =>
              dispatch(session, 'start-verdicts', {
                client: makeCheckClient(workerFactories(createWorker)),
              })
            }
          >
            <Icon name="shield" />
            Check all again
          </button>
        )}
        {running && (
          <progress aria-label="Checks in progress" max={cases.length} value={cells.length} />
        )}
      </div>
      <CellLegend />
      <KnownViolations rows={rows} />
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Design</th>
            {PROPERTIES.map(({ id, title, statement }) => (
              <th key={id} scope="col" data-tooltip={`${id}: ${statement}`}>
                <span>{title}</span>
              </th>
            ))}
            <th scope="col">States</th>
          </tr>
        </thead>
        {configs
          .filter(({ title, design }) => title === design.id)
          .map(({ design }) => (
            <tbody key={design.id}>
              {configs
                .filter((config) => config.design === design)
                .map((config) => (
                  <VerdictRow
                    key={config.title}
                    config={config}
                    row={rows.find((each) => each.config.title === config.title)}
                    scenarioCount={
                      cases.filter((each) => each.config.title === config.title).length
                    }
                  />
                ))}
            </tbody>
          ))}
      </table>
    </div>
  );
}

function VerdictRow({
  config,
  row,
  scenarioCount,
}: {
  readonly config: DesignConfig;
  /** Undefined before the first of its checks is done. */
  readonly row: MatrixRow | undefined;
  readonly scenarioCount: number;
}) {
  const running = useSession((state) => state.verdicts.running);
  const isComplete = row?.scenarios.length === scenarioCount;
  const isPartial = row !== undefined && !isComplete;
  return (
    <tr
      aria-busy={isPartial && running ? true : undefined}
      data-partial={isPartial ? '' : undefined}
    >
      <th scope="row">
        <ConfigName config={config} />
      </th>
      {PROPERTIES.map(({ id }) => (
        <td key={id}>
          {row ? (
            <VerdictCell
              row={row}
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
}

/** The design, or what differs from it in words. */
function ConfigName({ config: { design, options, title } }: { readonly config: DesignConfig }) {
  if (title === design.id)
    return (
      <>
        {design.title} <code>{design.id}</code>
      </>
    );
  return chosenOptions(design, options).map(({ id, title: optionTitle, value }) => (
    <span key={id} className={styles.option}>
      {optionTitle}: <code>{value}</code>
    </span>
  ));
}

/** Progress and result of the checks. */
function VerdictSummary({
  rows,
  done,
  total,
  running,
}: {
  readonly rows: readonly MatrixRow[];
  /** Finished checks of this session; undefined while the stored verdicts show. */
  readonly done: number | undefined;
  readonly total: number;
  readonly running: boolean;
}) {
  const verdicts = rows.flatMap(({ properties }) => properties);
  const count = (status: MatrixRowProperty['status']): number =>
    verdicts.filter((each) => each.status === status).length;
  const [violated, holds, incomplete] = [count('violated'), count('holds'), count('incomplete')];
  const isWhole = done === undefined || done === total;
  return (
    <span role="status" className={styles.summary} data-done={done === total ? '' : undefined}>
      {done !== undefined &&
        `${running ? 'Checking' : done === total ? 'Done' : 'Stopped'}: ${done} of ${total} checks. `}
      {done !== 0 &&
        `${violated} violated${isWhole ? `, ${holds} hold${incomplete > 0 ? `, ${incomplete} incomplete` : ''}` : ' so far'}.${violated > 0 ? ' Press a red cell to play its counterexample.' : ''}`}
    </span>
  );
}

/** What dashed cells are, and the columns of which every violation is one. */
function KnownViolations({ rows }: { readonly rows: readonly MatrixRow[] }) {
  const isKnown = (row: MatrixRow, { id, witness }: MatrixRowProperty): boolean =>
    caveatOf(row.config.design.model(row.config.options), id, witness?.text) !== undefined;
  const columns = PROPERTIES.flatMap(({ id, title }) => {
    const violations = rows.flatMap((row) =>
      row.properties
        .filter((each) => each.id === id && each.status === 'violated')
        .map((each) => isKnown(row, each)),
    );
    return violations.length > 0 && violations.every(Boolean) ? [title] : [];
  });
  if (columns.length === 0) return undefined;
  return (
    <p className={styles.known}>
      Dashed cells: found by reading the code, or reported by others. Every violation in these
      columns is dashed: {columns.join(', ')}.
    </p>
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
        <span className={styles.violated} data-caveat="">
          <Icon name="close" size={11} />
          12
        </span>{' '}
        dashed: found by reading, or reported by others; the text says which
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
  isComplete,
  property,
}: {
  readonly row: MatrixRow;
  readonly isComplete: boolean;
  readonly property: MatrixRowProperty | undefined;
}) {
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
  return <ViolatedCell row={row} property={property} />;
}

/** The titles of some built-in scenarios, the first three of them. */
function scenarioTitles(ids: readonly string[]): string {
  const titles = ids
    .slice(0, MAX_TITLES)
    .map((id) => `“${libraryEntry(id)?.scenario.title ?? id}”`);
  const more = ids.length - titles.length;
  return `${titles.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A violation: its picture shows while it is hovered or focused, and a press plays it. */
function ViolatedCell({
  row,
  property,
}: {
  readonly row: MatrixRow;
  readonly property: MatrixRowProperty;
}) {
  const session = useSessionStore();
  const [picture, setPicture] = useState<string>();
  const { witness, scenario, brokenIn, id } = property;
  const { design, options } = row.config;
  const caveat = caveatOf(design.model(options), id, witness?.text);
  const draw = (): void => {
    const svg = counterexamplePicture(row, property, isDarkTheme() ? 'dark' : 'light');
    if (svg !== undefined) setPicture(`data:image/svg+xml,${encodeURIComponent(svg)}`);
  };
  return (
    <button
      type="button"
      className={styles.violated}
      data-caveat={caveat}
      data-tooltip={`${propertyById(id).title}: ${witness?.text ?? ''}\nIn ${scenarioTitles(brokenIn)}`}
      data-tooltip-picture={picture}
      aria-label={`${row.config.title} violates ${id} in ${scenario ?? '?'}${caveat === undefined ? '' : `, ${caveat}`}: play the counterexample of ${witness?.steps ?? '?'} steps`}
      onPointerEnter={draw}
      onFocus={draw}
      onClick={() => {
        const played = counterexampleScenario(row, property);
        if (!played || !witness) return;
        dispatch(session, 'stage');
        dispatch(session, 'show-counterexample', {
          subject: { scenario: played, mutations: [] },
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
