import type { CSSProperties, ReactNode } from 'react';
import { designLabel, fileAccessText } from '../../../designs/catalog';
import { callSignature } from '../../../designs/registry';
import type { Call } from '../../../kernel/language/world';
import { callText } from '../../../scenario/format/callText';
import { dispatch } from '../../../session/actions/dispatch';
import type { ComparedRun, DesignColumn } from '../../../session/queries/compareDesigns';
import { differingCalls, hasOtherFaults } from '../../../session/queries/sharedTimeline';
import { snapshotAt } from '../../../session/trace/replay';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { processColour } from '../../controls/processColour';
import { useSession, useSessionStore } from '../../useSession';
import styles from './ResultTable.module.css';

/** What each call returns in each column and why, the open files, and the violated properties. */
export function ResultTable({ columns }: { readonly columns: readonly DesignColumn[] }) {
  const session = useSessionStore();
  const option = useSession((state) => state.comparison.option);
  const runs = columns.flatMap((column): readonly ComparedRun[] =>
    'compared' in column ? [column.compared] : [],
  );
  const tip = runs[0]?.path.at(-1);
  const program = tip && snapshotAt(tip).program;
  const differing = differingCalls(runs);
  const cells = (content: (compared: ComparedRun, column: DesignColumn) => ReactNode) =>
    columns.map((column) => (
      <td key={column.name} data-design={column.name}>
        {'compared' in column ? content(column.compared, column) : '–'}
      </td>
    ));
  return (
    <table className={styles.table} style={{ '--columns': columns.length } as CSSProperties}>
      <caption>
        What the calls return. The number of an fd is the lowest that is free, so it is not
        compared.
      </caption>
      <thead>
        <tr>
          <th scope="col">Call</th>
          {columns.map((column) => (
            <th key={column.name} scope="col" aria-current={column.isCurrent}>
              <b>{column.title}</b>
              <code>{column.name}</code>
              {'error' in column && <span>does not fit, see above</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {program?.calls.map(({ call, index }) => (
          <tr key={index} data-differs={differing.includes(index) ? '' : undefined}>
            <th scope="row">
              <b style={{ color: processColour(program.world, call.by) }}>{call.by}</b>{' '}
              <code>{callText(call)}</code>
              {differing.includes(index) && (
                <em>
                  {hasOtherFaults(runs, index)
                    ? 'different error injected'
                    : index === differing[0]
                      ? 'differs first'
                      : 'differs'}
                </em>
              )}
            </th>
            {cells((compared) => (
              <CallCell compared={compared} index={index} call={call} />
            ))}
          </tr>
        ))}
        <tr>
          <th scope="row">Files open at the end</th>
          {cells(({ result }, { design }) =>
            result.files.map((file) => (
              <p key={file.name}>
                <code>{file.name}</code>{' '}
                {file.kind === 'cdev' || file.kind === 'device'
                  ? fileAccessText(design.id, file.fops)
                  : file.kind}
              </p>
            )),
          )}
        </tr>
        <tr>
          <th scope="row">Violated properties</th>
          {columns.map((column) => (
            <td key={column.name} data-design={column.name}>
              {'compared' in column ? <ViolatedProperties compared={column.compared} /> : '–'}
            </td>
          ))}
        </tr>
        <tr>
          <th scope="row">Steps</th>
          {cells(({ path }) => path.length - 1)}
        </tr>
        <tr>
          <th scope="row">Stage</th>
          {columns.map(({ design, name, title, shortTitle, value }) => (
            <td key={name} data-design={name}>
              <button
                type="button"
                className={`${buttons.button} ${buttons.small}`}
                aria-label={`Open ${designLabel(shortTitle, { title, name })}`}
                onClick={() => {
                  if (option !== undefined && value !== undefined)
                    dispatch(session, 'set-option', { option, value });
                  else dispatch(session, 'switch-design', { design: design.id });
                  dispatch(session, 'stage');
                }}
              >
                Open {shortTitle}
              </button>
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}

function ViolatedProperties({ compared: { result } }: { readonly compared: ComparedRun }) {
  const violated = [...new Set(result.violations.map(({ property }) => property))];
  if (violated.length === 0)
    return (
      <span className={styles.ok}>
        <Icon name="check" />
        none
      </span>
    );
  return violated.map((property) => (
    <p key={property} className={styles.bad}>
      <Icon name="close" />
      {property}
    </p>
  ));
}

/** What a call returned, and the step and the reason that decide a failure. */
function CallCell({
  compared,
  index,
  call,
}: {
  readonly compared: ComparedRun;
  readonly index: number;
  readonly call: Call;
}) {
  const outcome = compared.outcomes[index];
  if (!outcome) return '–';
  const { kind, text, reason, step } = outcome;
  const cause = [step, reason].filter((each) => each !== undefined).join(': ');
  switch (kind) {
    case 'succeeds': {
      const number = compared.numbers.get(index);
      return number === undefined ? (
        0
      ) : (
        <span className={styles.number}>
          {callSignature(call.call)?.result === 'id' ? 'id' : 'fd'} {number}
        </span>
      );
    }
    case 'fails':
      return (
        <>
          <span className={styles.errno}>{text}</span>
          <small>{cause}</small>
        </>
      );
    case 'blocked':
      return <span className={styles.blocked}>{text}</span>;
    case 'skipped':
    case 'pending':
      return <span className={styles.muted}>{text}</span>;
  }
}
