import { memo } from 'react';
import type { NodeProps } from '@xyflow/react';
import { AccessChip, accessText } from './AccessChip';
import { FoldButton } from './FoldButton';
import { broken, FieldRow } from './FieldRow';
import type { EdgeView, ObjectView } from '../../graph/graph';
import { CHIP } from '../../graph/lanes';
import { headlineOf, orderAside, roomOf, settingOf } from '../../graph/lettering';
import { glyphOf, KindGlyph } from './KindGlyph';
import { useNodeLook } from './looks';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';
import { ProcessMark } from './ProcessMark';

/** A kernel object with its fields. */
export const ObjectNode = memo(function ObjectNode({ id }: NodeProps) {
  const { view, leaving, fields, selected } = useNodeLook(id);
  if (view?.kind !== 'object') return undefined;
  const foldable = view.type === 'vfio_group';
  const order = selected ? undefined : orderAside(view);
  const { size, bare, type, more } = headlineOf(view, foldable ? 22 : order ? 60 : 0);
  return (
    <NodeShell
      view={view}
      label={labelOf(view, leaving)}
      look={view.type === 'file' ? styles.file : styles.object}
      chip={view.place.height === CHIP}
      ghost={view.ghost}
      access={view.ghost ? undefined : view.access}
    >
      <header
        data-alone={(view.shown.length === 0 && !selected && !fields) || undefined}
        title={`${view.ghost ? 'freed ' : ''}struct ${view.type} ${view.title}`}
      >
        {!bare && <KindGlyph glyph={glyphOf(view)} />}
        <span className={styles.names}>
          <b data-small={size === 'small' || undefined} data-long={size === 'long' || undefined}>
            {size === 'usual' ? view.title : broken(view.title)}
          </b>
          {type !== undefined && <small>{type}</small>}
        </span>
        {order && <span className={styles.order}>{order}</span>}
        {more !== undefined && (
          <small className={styles.more} title={`${more} more fields: select it to see them`}>
            +{more}
          </small>
        )}
        {view.ghost && <span className={styles.freed}>freed</span>}
        {view.access && !view.ghost && <AccessChip access={view.access} gated={view.gated} />}
        {foldable && <FoldButton group={view.title.replace(/^group /, '')} />}
      </header>
      {view.releaser && (
        <span className={styles.tag} title={`${view.releaser.name} will run its release`}>
          <ProcessMark process={view.releaser.process} size={10} /> release
        </span>
      )}
      <Rows view={view} lit={fields} open={selected} />
    </NodeShell>
  );
});

/** What matters of its fields; when it is selected, all of them. */
const Rows = memo(function Rows({
  view,
  lit,
  open,
}: {
  readonly view: ObjectView;
  readonly lit: readonly number[] | undefined;
  readonly open: boolean;
}) {
  const isLit = (field: number | undefined): boolean =>
    field !== undefined && (lit?.includes(field) ?? false);
  const shown = view.shown.flatMap((name) => view.rows.filter((row) => row.name === name));
  const rows = [
    ...shown,
    ...view.rows.filter((row) => !view.shown.includes(row.name) && (open || isLit(row.field))),
  ];
  if (rows.length === 0) return undefined;
  const room = open ? rows.length : roomOf(view.place.height);
  return (
    <dl className={styles.rows} data-open={open || undefined}>
      {rows
        .map((each) =>
          each.order && !open && orderAside(view) ? { ...each, order: undefined } : each,
        )
        .map((row) => (
          <FieldRow
            key={row.name}
            row={row}
            setting={settingOf(row, room)}
            lit={isLit(row.field)}
          />
        ))}
    </dl>
  );
});

const VERBS: Readonly<Record<EdgeView['style'], string>> = {
  pointer: 'points to',
  reference: 'holds a reference on',
  member: 'is a member of',
  embedded: 'has embedded',
  fd: 'has open',
  fops: 'goes through the fops',
  wait: 'waits for',
  hold: 'is held by',
  use: 'uses',
};

/** The edges of a node in words; its rows are read as they stand. */
function labelOf(view: ObjectView, leaving: readonly EdgeView[]): string {
  const ties = leaving
    .filter((edge) => edge.style !== 'fops' && edge.style !== 'hold')
    .map(
      (edge) =>
        `${edge.label} ${VERBS[edge.style]} ${edge.target.slice(edge.target.indexOf(':') + 1)}${edge.dangling ? ', which is freed' : ''}`,
    );
  const access =
    view.access && (view.gated ? accessText(view.access, true) : `fops ${view.access}`);
  const locks = view.rows
    .filter((row) => row.kind === 'mutex' && row.owner)
    .map(
      (row) =>
        `${row.name} held by ${row.owner?.name ?? ''}${row.queue.length > 0 ? `, ${row.queue.map(({ name }) => name).join(', ')} waiting` : ''}`,
    );
  return [
    `${view.ghost ? 'freed ' : ''}struct ${view.type} ${view.title}`,
    access,
    ...locks,
    ...ties,
  ]
    .filter(Boolean)
    .join('; ');
}
