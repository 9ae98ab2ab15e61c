import { memo, type CSSProperties } from 'react';
import type { NodeProps } from '@xyflow/react';
import { AccessChip, accessText } from './AccessChip';
import { FoldButton } from './FoldNode';
import { FieldRow } from './FieldRow';
import type { EdgeView, ObjectView } from '../../graph/graph';
import { glyphOf, KindGlyph } from './KindGlyph';
import { useNodeLook } from './looks';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';
import { ProcessMark } from './ProcessMark';
import { majorRows } from '../../graph/rows';

/** A kernel object with its fields. */
export const ObjectNode = memo(function ObjectNode({ id }: NodeProps) {
  const { view, leaving, fields } = useNodeLook(id);
  if (view?.kind !== 'object') return undefined;
  return (
    <NodeShell view={view} label={labelOf(view, leaving)} look={view.type === 'file' ? styles.file : styles.object} ghost={view.ghost} access={view.access}>
      <header>
        <KindGlyph glyph={glyphOf(view)} />
        <span className={styles.names}>
          <b>{view.title}</b>
          <small>{view.ghost ? 'freed ' : ''}struct {view.type}</small>
        </span>
        {view.access && <AccessChip access={view.access} gated={view.gated} />}
        {view.type === 'vfio_group' && <FoldButton group={view.title.replace(/^group /, '')} />}
        {view.releaser && <span className={styles.releaser} title={`${view.releaser.name} will run its release`}><ProcessMark process={view.releaser.process} /> release</span>}
      </header>
      <Rows view={view} lit={fields} />
    </NodeShell>
  );
});

const Rows = memo(function Rows({ view, lit }: { readonly view: ObjectView; readonly lit: readonly number[] | undefined }) {
  const columns = Math.max(1, Math.ceil(view.rows.length / view.perColumn));
  const afar = Math.max(0, Math.floor((view.place.height - FAR_HEADER) / FAR_ROW));
  const major = majorRows(view.rows, afar * columns);
  return (
    <dl className={styles.rows} style={{ '--near': view.perColumn, '--far': Math.min(afar, Math.ceil(major.size / columns)) } as CSSProperties}>
      {view.rows.map(row => <FieldRow key={row.name} row={row} minor={!major.has(row.name)} lit={row.field !== undefined && (lit?.includes(row.field) ?? false)} />)}
    </dl>
  );
});

/** Height of the header and of a row as they are drawn from afar. */
const FAR_HEADER = 38;
const FAR_ROW = 21;

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
