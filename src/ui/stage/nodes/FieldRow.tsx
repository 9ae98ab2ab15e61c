import { Fragment, memo, type CSSProperties, type ReactNode } from 'react';
import type { FieldView } from '../../../graph/model/graph';
import type { FieldFit } from '../../../graph/layout/textFit';
import { HoldersPopup } from './HoldersPopup';
import styles from './node.module.css';
import { ProcessMark } from '../../controls/ProcessMark';

interface FieldRowProps {
  readonly row: FieldView;
  readonly textFit: FieldFit;
  readonly highlighted: boolean;
}

/** Letters of a name that stands on one line also from afar. */
const MAX_ONE_LINE_NAME = 10;

/** A field by its kernel name, and its value. */
export const FieldRow = memo(function FieldRow({
  row,
  textFit: {
    lines,
    valueBelow: below,
    showsPrevious: was,
    showsWaiterNames: named,
    nameYields: tight,
  },
  highlighted: lit,
}: FieldRowProps) {
  const queue = row.queue.length > 0 && <WaitQueue row={row} named={named} />;
  const under = lines === 2 && !below;
  return (
    <div
      className={styles.row}
      style={
        row.name.length > MAX_ONE_LINE_NAME
          ? ({ '--long': row.name.length } as CSSProperties)
          : undefined
      }
      data-kind={row.kind}
      data-row={row.name}
      data-lines={lines}
      data-below={below || undefined}
      data-tight={tight || undefined}
      data-was={row.previous !== undefined || undefined}
      data-lit={lit || undefined}
      data-state={fieldState(row)}
    >
      <dt title={row.name}>{withWordBreaks(row.name)}</dt>
      <dd>
        {row.memoryOrder && <span className={styles.order}>{row.memoryOrder}</span>}
        {was && row.previous !== undefined && row.kind !== 'mutex' && !row.memoryOrder && (
          <s>
            <span className={styles.unseen}>was </span>
            {fieldValueText(row, row.previous)}
          </s>
        )}
        <FieldValue row={row} />
        {!under && queue}
      </dd>
      {under && queue && <dd className={styles.under}>{queue}</dd>}
    </div>
  );
});

/** A name that may be broken after each of its parts. */
export function withWordBreaks(name: string): ReactNode {
  const parts = name.split(/(?<=[_.])/);
  return parts.length > 1
    ? parts.map((part, i) => (
        <Fragment key={i}>
          {i > 0 && <wbr />}
          {part}
        </Fragment>
      ))
    : name;
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
              <ProcessMark process={row.owner.process} size={10} />
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

/** Who waits, first come first. */
function WaitQueue({
  row: { queue },
  named,
}: {
  readonly row: FieldView;
  readonly named: boolean;
}) {
  const names = queue.map(({ name }) => name).join(', ');
  return (
    <span className={styles.queue} title={`${names} ${queue.length === 1 ? 'waits' : 'wait'}`}>
      <span className={styles.unseen}>waiting: {named ? '' : names}</span>
      {queue.map((mark) => (
        <span key={mark.name} className={styles.waiter}>
          <span aria-hidden="true">◂</span>
          <ProcessMark process={mark.process} size={10} />
          {named && <span>{mark.name}</span>}
        </span>
      ))}
    </span>
  );
}

export function LockIcon({ open }: { readonly open: boolean }) {
  return (
    <svg
      className={styles.padlock}
      width={10}
      height={12}
      viewBox="0 0 10 12"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
    >
      <path d={open ? 'M2.8 5.4V3a2.2 2.2 0 0 1 4.3-.7' : 'M2.8 5.4V3.2a2.2 2.2 0 0 1 4.4 0v2.2'} />
      <rect x={1} y={5.4} width={8} height={5.8} rx={1} fill={open ? 'none' : 'currentColor'} />
    </svg>
  );
}
