import { Fragment, memo, type CSSProperties, type ReactNode } from 'react';
import type { Row } from '../../graph/graph';
import type { Setting } from '../../graph/lettering';
import { Holders } from './Holders';
import styles from './node.module.css';
import { ProcessMark } from './ProcessMark';

interface FieldRowProps {
  readonly row: Row;
  readonly setting: Setting;
  readonly lit: boolean;
}

/** Letters of a name that stands on one line also from afar. */
const SHORT = 10;

/** A field by its kernel name, and its value. */
export const FieldRow = memo(function FieldRow({
  row,
  setting: { lines, below, was, named, tight },
  lit,
}: FieldRowProps) {
  const queue = row.queue.length > 0 && <Queue row={row} named={named} />;
  const under = lines === 2 && !below;
  return (
    <div
      className={styles.row}
      style={row.name.length > SHORT ? ({ '--long': row.name.length } as CSSProperties) : undefined}
      data-kind={row.kind}
      data-row={row.name}
      data-lines={lines}
      data-below={below || undefined}
      data-tight={tight || undefined}
      data-was={row.was !== undefined || undefined}
      data-lit={lit || undefined}
      data-state={stateOf(row)}
    >
      <dt title={row.name}>{broken(row.name)}</dt>
      <dd>
        {row.order && <span className={styles.order}>{row.order}</span>}
        {was && row.was !== undefined && row.kind !== 'mutex' && !row.order && (
          <s>
            <span className={styles.unseen}>was </span>
            {wordOf(row, row.was)}
          </s>
        )}
        <Value row={row} />
        {!under && queue}
      </dd>
      {under && queue && <dd className={styles.under}>{queue}</dd>}
    </div>
  );
});

/** A name that may be broken after each of its parts. */
export function broken(name: string): ReactNode {
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

function stateOf(row: Row): string | undefined {
  if (row.kind === 'mutex') return row.queue.length > 0 ? 'contended' : row.owner ? 'held' : 'free';
  if (row.kind === 'completion')
    return row.text === 'done' ? 'done' : row.queue.length > 0 ? 'awaited' : undefined;
  if (row.kind === 'pointer') return row.text === 'NULL' ? 'null' : undefined;
  return undefined;
}

function Value({ row }: { readonly row: Row }) {
  switch (row.kind) {
    case 'mutex':
      return (
        <>
          <Padlock open={!row.owner} />
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
        <Holders row={row}>
          <span>{row.text}</span>
        </Holders>
      );
    case 'count':
      return (
        <Holders row={row}>
          <b>{row.text}</b>
        </Holders>
      );
    default:
      return <span>{wordOf(row, row.text)}</span>;
  }
}

function wordOf({ kind }: Row, text: string): string {
  if (kind !== 'bool') return text;
  return text === '0' ? 'false' : 'true';
}

/** Who waits, first come first. */
function Queue({ row: { queue }, named }: { readonly row: Row; readonly named: boolean }) {
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

export function Padlock({ open }: { readonly open: boolean }) {
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
