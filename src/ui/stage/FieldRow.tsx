import { memo } from 'react';
import type { Row } from '../../graph/graph';
import { Holders } from './Holders';
import styles from './node.module.css';
import { ProcessMark } from './ProcessMark';

interface FieldRowProps {
  readonly row: Row;
  readonly lit: boolean;
}

/** A field by its kernel name, and its value. */
export const FieldRow = memo(function FieldRow({ row, lit }: FieldRowProps) {
  return (
    <div className={styles.row} data-kind={row.kind} data-row={row.name} data-was={row.was !== undefined || undefined} data-lit={lit || undefined} data-state={stateOf(row)}>
      <dt title={row.name}>{row.name}</dt>
      <dd>
        {row.order && <span className={styles.order}>{row.order}</span>}
        {row.was !== undefined && row.kind !== 'mutex' && !row.order && <s><span className={styles.unseen}>was </span>{wordOf(row, row.was)}</s>}
        <Value row={row} />
      </dd>
    </div>
  );
});

function stateOf(row: Row): string | undefined {
  if (row.kind === 'mutex') return row.queue.length > 0 ? 'contended' : row.owner ? 'held' : 'free';
  if (row.kind === 'completion') return row.text === 'done' ? 'done' : row.queue.length > 0 ? 'awaited' : undefined;
  if (row.kind === 'pointer') return row.text === 'NULL' ? 'null' : undefined;
  return undefined;
}

function Value({ row }: { readonly row: Row }) {
  switch (row.kind) {
    case 'mutex':
      return (
        <>
          <Padlock open={!row.owner} />
          {row.owner ? <><ProcessMark process={row.owner.process} size={11} /><b>{row.owner.name}</b></> : <span>free</span>}
          <Queue row={row} />
        </>
      );
    case 'completion':
      return <Holders row={row}><span>{row.text}</span><Queue row={row} /></Holders>;
    case 'count':
      return <Holders row={row}><b>{row.text}</b></Holders>;
    default:
      return <span>{wordOf(row, row.text)}</span>;
  }
}

function wordOf({ kind }: Row, text: string): string {
  if (kind !== 'bool') return text;
  return text === '0' ? 'false' : 'true';
}

/** Who waits, first come first. */
function Queue({ row: { queue } }: { readonly row: Row }) {
  if (queue.length === 0) return undefined;
  const names = queue.map(({ name }) => name).join(', ');
  return (
    <span className={styles.queue} title={`${names} ${queue.length === 1 ? 'waits' : 'wait'}`}>
      <span aria-hidden="true">◂</span>
      {queue.map(mark => <ProcessMark key={mark.name} process={mark.process} size={11} />)}
      <span className={queue.length > 1 ? styles.unseen : ''}><span className={styles.unseen}>waiting: </span>{names}</span>
    </span>
  );
}

export function Padlock({ open }: { readonly open: boolean }) {
  return (
    <svg className={styles.padlock} width={10} height={12} viewBox="0 0 10 12" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth={1.4} strokeLinecap="round">
      <path d={open ? 'M2.8 5.4V3a2.2 2.2 0 0 1 4.3-.7' : 'M2.8 5.4V3.2a2.2 2.2 0 0 1 4.4 0v2.2'} />
      <rect x={1} y={5.4} width={8} height={5.8} rx={1} fill={open ? 'none' : 'currentColor'} />
    </svg>
  );
}
