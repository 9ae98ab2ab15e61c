import { memo } from 'react';
import type { NodeProps } from '@xyflow/react';
import { AccessBadge, accessText } from './AccessBadge';
import { FoldButton } from './FoldButton';
import { withWordBreaks, FieldRow } from './FieldRow';
import type { EdgeView, ObjectView } from '../../../graph/model/graph';
import { CHIP_HEIGHT } from '../../../graph/layout/lanes';
import { fitTitle, memoryOrderInHeader, textRowsIn, fitField } from '../../../graph/layout/textFit';
import { iconForNode, KindIcon } from '../../controls/KindIcon';
import { useNodeState } from '../viewStates';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';
import { ProcessMark } from '../../controls/ProcessMark';

/** A kernel object with its fields. */
export const ObjectNode = memo(function ObjectNode({ id }: NodeProps) {
  const { view, outgoingEdges: leaving, highlightedFields: fields, selected } = useNodeState(id);
  if (view?.kind !== 'object') return undefined;
  const foldable = view.type === 'vfio_group';
  const order = selected ? undefined : memoryOrderInHeader(view);
  const {
    size,
    withoutGlyph: bare,
    type,
    hiddenFields: more,
  } = fitTitle(view, foldable ? 22 : order ? 60 : 0);
  return (
    <NodeShell
      view={view}
      label={ariaLabelOf(view, leaving)}
      className={view.type === 'file' ? styles.file : styles.object}
      compact={view.placement.height === CHIP_HEIGHT}
      freed={view.freed}
      access={view.freed ? undefined : view.access}
    >
      <header
        data-alone={(view.visibleFields.length === 0 && !selected && !fields) || undefined}
        title={`${view.freed ? 'freed ' : ''}struct ${view.type} ${view.title}`}
      >
        {!bare && <KindIcon glyph={iconForNode(view)} />}
        <span className={styles.names}>
          <b data-small={size === 'small' || undefined} data-long={size === 'long' || undefined}>
            {size === 'usual' ? view.title : withWordBreaks(view.title)}
          </b>
          {type !== undefined && <small>{type}</small>}
        </span>
        {order && <span className={styles.order}>{order}</span>}
        {more !== undefined && (
          <small className={styles.more} title={`${more} more fields: select it to see them`}>
            +{more}
          </small>
        )}
        {view.freed && <span className={styles.freed}>freed</span>}
        {view.access && !view.freed && (
          <AccessBadge access={view.access} gated={view.usesAccessFlag} />
        )}
        {foldable && <FoldButton group={view.title.replace(/^group /, '')} />}
      </header>
      {view.releaser && (
        <span className={styles.tag} title={`${view.releaser.name} will run its release`}>
          <ProcessMark process={view.releaser.process} size={10} /> release
        </span>
      )}
      <FieldRows view={view} lit={fields} open={selected} />
    </NodeShell>
  );
});

/** What matters of its fields; when it is selected, all of them. */
const FieldRows = memo(function Rows({
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
  const shown = view.visibleFields.flatMap((name) =>
    view.fields.filter((row) => row.name === name),
  );
  const rows = [
    ...shown,
    ...view.fields.filter(
      (row) => !view.visibleFields.includes(row.name) && (open || isLit(row.index)),
    ),
  ];
  if (rows.length === 0) return undefined;
  const room = open ? rows.length : textRowsIn(view.placement.height);
  return (
    <dl className={styles.rows} data-open={open || undefined}>
      {rows
        .map((each) =>
          each.memoryOrder && !open && memoryOrderInHeader(view)
            ? { ...each, memoryOrder: undefined }
            : each,
        )
        .map((row) => (
          <FieldRow
            key={row.name}
            row={row}
            textFit={fitField(row, room)}
            highlighted={isLit(row.index)}
          />
        ))}
    </dl>
  );
});

const EDGE_VERBS: Readonly<Record<EdgeView['style'], string>> = {
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
function ariaLabelOf(view: ObjectView, leaving: readonly EdgeView[]): string {
  const ties = leaving
    .filter((edge) => edge.style !== 'fops' && edge.style !== 'hold')
    .map(
      (edge) =>
        `${edge.label} ${EDGE_VERBS[edge.style]} ${edge.target.slice(edge.target.indexOf(':') + 1)}${edge.dangling ? ', which is freed' : ''}`,
    );
  const access =
    view.access && (view.usesAccessFlag ? accessText(view.access, true) : `fops ${view.access}`);
  const locks = view.fields
    .filter((row) => row.kind === 'mutex' && row.owner)
    .map(
      (row) =>
        `${row.name} held by ${row.owner?.name ?? ''}${row.queue.length > 0 ? `, ${row.queue.map(({ name }) => name).join(', ')} waiting` : ''}`,
    );
  return [
    `${view.freed ? 'freed ' : ''}struct ${view.type} ${view.title}`,
    access,
    ...locks,
    ...ties,
  ]
    .filter(Boolean)
    .join('; ');
}
