import { memo, type CSSProperties } from 'react';
import { processColourAt } from '../../controls/processColour';
import type { FieldView } from '../../../graph/model/graph';
import type { FieldFit } from '../../../graph/layout/textFit';
import { HoldersPopup } from './HoldersPopup';
import { MemoryOrderTag } from './MemoryOrderTag';
import { LockIcon } from './LockIcon';
import { SymbolIcon } from '../../controls/SymbolIcon';
import styles from './node.module.css';
import { ProcessMark } from '../../controls/ProcessMark';
import { withWordBreaks } from './withWordBreaks';

interface FieldRowProps {
  readonly row: FieldView;
  readonly textFit: FieldFit;
  readonly highlighted: boolean;
}

/** Longer names, in characters, wrap at detail level `compact`. */
const MAX_ONE_LINE_NAME = 10;

export const FieldRow = memo(function FieldRow({
  row,
  textFit: { lines, valueBelow, showsPrevious, showsWaiterNames, nameYields },
  highlighted,
}: FieldRowProps) {
  const queue = row.queue.length > 0 && <WaitQueue row={row} showNames={showsWaiterNames} />;
  const queueBelow = lines === 2 && !valueBelow;
  return (
    <div
      className={styles.row}
      style={rowStyle(row)}
      data-row={row.name}
      data-kind={row.kind}
      data-lines={lines}
      data-value-below={valueBelow || undefined}
      data-name-truncated={nameYields || undefined}
      data-changed={row.previous !== undefined || undefined}
      data-highlighted={highlighted || undefined}
      data-state={fieldState(row)}
    >
      <dt data-tooltip={row.name}>{withWordBreaks(row.name)}</dt>
      <dd>
        {row.memoryOrder && <MemoryOrderTag order={row.memoryOrder} />}
        {showsPrevious &&
          row.previous !== undefined &&
          row.kind !== 'mutex' &&
          !row.memoryOrder && (
            <s>
              <span className={styles.visuallyHidden}>was </span>
              {fieldValueText(row, row.previous)}
            </s>
          )}
        <FieldValue row={row} />
        {!queueBelow && queue}
      </dd>
      {queueBelow && queue && <dd className={styles.queueBelow}>{queue}</dd>}
    </div>
  );
});

/** The padlock has the colour of the process that holds it. */
function rowStyle({ name, owner }: FieldView): CSSProperties | undefined {
  if (name.length <= MAX_ONE_LINE_NAME && !owner) return undefined;
  return {
    ...(name.length > MAX_ONE_LINE_NAME && { '--name-length': name.length }),
    ...(owner && { '--holder-colour': processColourAt(owner.process) }),
  } as CSSProperties;
}

function fieldState(row: FieldView): string | undefined {
  if (row.kind === 'mutex') return row.queue.length > 0 ? 'contended' : row.owner ? 'held' : 'free';
  if (row.kind === 'completion')
    return row.text === 'done' ? 'done' : row.queue.length > 0 ? 'awaited' : undefined;
  if (row.kind === 'pointer') return row.text === 'NULL' ? 'null' : undefined;
  return undefined;
}

function FieldValue({ row }: { readonly row: FieldView }) {
  switch (row.kind) {
    case 'mutex':
      return (
        <>
          <LockIcon open={!row.owner} />
          {row.owner ? (
            <>
              <ProcessMark process={row.owner.process} task={row.owner.name} size={10} />
              <b>{row.owner.name}</b>
            </>
          ) : (
            <span>free</span>
          )}
        </>
      );
    case 'completion':
      return (
        <HoldersPopup row={row}>
          <span>{row.text}</span>
        </HoldersPopup>
      );
    case 'count':
      return (
        <HoldersPopup row={row}>
          <b>{row.text}</b>
        </HoldersPopup>
      );
    default:
      return <span>{fieldValueText(row, row.text)}</span>;
  }
}

function fieldValueText({ kind }: FieldView, text: string): string {
  if (kind !== 'bool') return text;
  return text === '0' ? 'false' : 'true';
}

/** The waiters, in order. */
function WaitQueue({
  row: { queue },
  showNames,
}: {
  readonly row: FieldView;
  readonly showNames: boolean;
}) {
  const names = queue.map(({ name }) => name).join(', ');
  return (
    <span
      className={styles.queue}
      data-tooltip={`${names} ${queue.length === 1 ? 'waits' : 'wait'}`}
    >
      <span className={styles.visuallyHidden}>waiting: {showNames ? '' : names}</span>
      {queue.map((waiter) => (
        <span key={waiter.name} className={styles.waiter} data-waiter={waiter.name}>
          <SymbolIcon symbol="waiting" />
          <ProcessMark process={waiter.process} task={waiter.name} size={10} />
          {showNames && <span>{waiter.name}</span>}
        </span>
      ))}
    </span>
  );
}
