import { memo } from 'react';
import type { NodeProps } from '@xyflow/react';
import { useSession } from '../useSession';
import { AccessChip, accessText } from './AccessChip';
import { FieldRow, Padlock } from './FieldRow';
import type { EdgeView, ObjectView } from './graph';
import { glyphOf, KindGlyph } from './KindGlyph';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';
import { ProcessMark } from './ProcessMark';
import { useLeaving, useNode } from './stageStore';

/** A kernel object with its fields. */
export const ObjectNode = memo(function ObjectNode({ id }: NodeProps) {
  const view = useNode(id, 'object');
  const leaving = useLeaving(id);
  if (!view) return undefined;
  return (
    <NodeShell view={view} label={labelOf(view, leaving)} look={view.type === 'file' ? styles.file : styles.object} ghost={view.ghost} access={view.access}>
      <header>
        <KindGlyph glyph={glyphOf(view)} />
        <span className={styles.names}>
          <b>{view.title}</b>
          <small>{view.ghost ? 'freed ' : ''}struct {view.type}</small>
        </span>
        {view.access && <AccessChip access={view.access} gated={view.gated} />}
        {view.releaser && <span className={styles.releaser} title={`${view.releaser.name} will run its release`}><ProcessMark process={view.releaser.process} /> release</span>}
      </header>
      <Rows view={view} />
      <Gist view={view} />
    </NodeShell>
  );
});

function Rows({ view }: { readonly view: ObjectView }) {
  const lit = useSession(state => (state.hover && state.hover.fields.length > 0 && view.objects.some(object => state.hover?.objects.includes(object)) ? state.hover.fields : undefined));
  return (
    <dl className={styles.rows} style={{ gridTemplateRows: `repeat(${view.perColumn}, 19px)` }}>
      {view.rows.map(row => <FieldRow key={row.name} row={row} lit={row.field !== undefined && (lit?.includes(row.field) ?? false)} />)}
    </dl>
  );
}

/** What counts from afar: locks that are held, and what just changed. */
function Gist({ view }: { readonly view: ObjectView }) {
  const rows = view.rows.filter(row => row.owner !== undefined || row.queue.length > 0 || row.was !== undefined);
  return (
    <div className={styles.gist} aria-hidden="true">
      {rows.slice(0, 3).map(row => (
        <span key={row.name} data-state={row.kind === 'mutex' ? (row.queue.length > 0 ? 'contended' : row.owner ? 'held' : undefined) : undefined}>
          {row.kind === 'mutex' && row.owner ? <><Padlock open={false} /><ProcessMark process={row.owner.process} size={20} />{row.owner.name}</> : `${row.name} ${row.text}`}
          {row.queue.length > 0 && <> ◂ {row.queue.map(mark => <ProcessMark key={mark.name} process={mark.process} size={20} />)}</>}
        </span>
      ))}
    </div>
  );
}

const VERBS: Readonly<Record<EdgeView['style'], string>> = {
  pointer: 'points to', reference: 'holds a reference on', member: 'is a member of', embedded: 'has embedded', fd: 'has open', fops: 'goes through the fops', wait: 'waits for', hold: 'is held by',
};

/** The edges of a node in words; its rows are read as they stand. */
function labelOf(view: ObjectView, leaving: readonly EdgeView[]): string {
  const ties = leaving.filter(edge => edge.style !== 'fops' && edge.style !== 'hold').map(edge => `${edge.label} ${VERBS[edge.style]} ${edge.target.slice(edge.target.indexOf(':') + 1)}${edge.dangling ? ', which is freed' : ''}`);
  const access = view.access && (view.gated ? accessText(view.access, true) : `fops ${view.access}`);
  const locks = view.rows.filter(row => row.kind === 'mutex' && row.owner).map(row => `${row.name} held by ${row.owner?.name ?? ''}${row.queue.length > 0 ? `, ${row.queue.map(({ name }) => name).join(', ')} waiting` : ''}`);
  return [`${view.ghost ? 'freed ' : ''}struct ${view.type} ${view.title}`, access, ...locks, ...ties].filter(Boolean).join('; ');
}
