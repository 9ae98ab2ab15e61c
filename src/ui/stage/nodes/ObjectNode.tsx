import { memo } from 'react';
import type { NodeProps } from '@xyflow/react';
import { fopsText } from '../../../graph/model/accessText';
import { AccessBadge } from './AccessBadge';
import { FoldButton } from './FoldButton';
import { MemoryOrderTag } from './MemoryOrderTag';
import { FieldRow } from './FieldRow';
import type { EdgeView, ObjectView } from '../../../graph/model/graph';
import { CHIP_HEIGHT } from '../../../graph/layout/nodeMetrics';
import { fitTitle, memoryOrderInHeader, textRowsIn, fitField } from '../../../graph/layout/textFit';
import { iconForNode, KindIcon } from '../../controls/KindIcon';
import { useNodeState } from './useNodeState';
import { withWordBreaks } from './withWordBreaks';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';
import { ProcessMark } from '../../controls/ProcessMark';

/** A kernel object with its fields. */
export const ObjectNode = memo(function ObjectNode({ id }: NodeProps) {
  const { view, outgoingEdges, highlightedFields, selected } = useNodeState(id);
  if (view?.kind !== 'object') return undefined;
  const foldable = view.type === 'vfio_group';
  const headerMemoryOrder = selected ? undefined : memoryOrderInHeader(view);
  const { size, withoutGlyph, type, hiddenFields } = fitTitle(
    view,
    foldable ? 22 : headerMemoryOrder ? 60 : 0,
  );
  return (
    <NodeShell
      view={view}
      label={ariaLabelOf(view, outgoingEdges)}
      className={view.type === 'file' ? styles.file : styles.object}
      compact={view.placement.height === CHIP_HEIGHT}
      freed={view.freed}
      access={view.freed ? undefined : view.access}
    >
      <header
        data-no-rows={
          (view.visibleFields.length === 0 && !selected && !highlightedFields) || undefined
        }
        data-tooltip={`${view.freed ? 'freed ' : ''}struct ${view.type} ${view.title}`}
      >
        {!withoutGlyph && <KindIcon glyph={iconForNode(view)} />}
        <span className={styles.names}>
          <b data-small={size === 'small' || undefined} data-long={size === 'long' || undefined}>
            {withWordBreaks(view.title)}
          </b>
          {type !== undefined && <small>{type}</small>}
        </span>
        {headerMemoryOrder && <MemoryOrderTag order={headerMemoryOrder} />}
        {hiddenFields !== undefined && !selected && (
          <small
            className={styles.hiddenFields}
            data-tooltip={`${hiddenFields} more fields: select the node to see them`}
          >
            +{hiddenFields}
          </small>
        )}
        {view.freed && <span className={styles.freed}>freed</span>}
        {view.access && !view.freed && (
          <AccessBadge access={view.access} accessFlag={view.accessFlag} />
        )}
        {foldable && <FoldButton group={view.title.replace(/^group /, '')} />}
      </header>
      {view.releaser && (
        <span className={styles.tag} data-tooltip={`${view.releaser.name} will run its release`}>
          <ProcessMark process={view.releaser.process} task={view.releaser.name} size={10} />{' '}
          release
        </span>
      )}
      <FieldRows view={view} highlightedFields={highlightedFields} open={selected} />
    </NodeShell>
  );
});

/** The most relevant fields and the highlighted ones; all of them if `open`. */
const FieldRows = memo(function FieldRows({
  view,
  highlightedFields,
  open,
}: {
  readonly view: ObjectView;
  readonly highlightedFields: readonly number[] | undefined;
  readonly open: boolean;
}) {
  const isHighlighted = (field: number | undefined): boolean =>
    field !== undefined && (highlightedFields?.includes(field) ?? false);
  const visible = view.visibleFields.flatMap((name) =>
    view.fields.filter((row) => row.name === name),
  );
  const rows = [
    ...visible,
    ...view.fields.filter(
      (row) => !view.visibleFields.includes(row.name) && (open || isHighlighted(row.index)),
    ),
  ];
  if (rows.length === 0) return undefined;
  const rowCount = open ? rows.length : textRowsIn(view.placement.height);
  return (
    <dl className={styles.rows} data-open={open || undefined}>
      {rows
        .map((row) =>
          row.memoryOrder && !open && memoryOrderInHeader(view)
            ? { ...row, memoryOrder: undefined }
            : row,
        )
        .map((row) => (
          <FieldRow
            key={row.name}
            row={row}
            textFit={fitField(row, rowCount)}
            highlighted={isHighlighted(row.index)}
          />
        ))}
    </dl>
  );
});

const EDGE_VERBS: Readonly<Record<EdgeView['style'], string>> = {
  pointer: 'points to',
  reference: 'holds a reference on',
  member: 'is a member of',
  embedded: 'embeds',
  fd: 'has open',
  fops: 'uses the fops',
  wait: 'waits for',
  hold: 'is held by',
  use: 'uses',
};

/** Access, locks and edges in words. Screen readers get the other fields from the rows. */
function ariaLabelOf(view: ObjectView, outgoingEdges: readonly EdgeView[]): string {
  const edges = outgoingEdges
    .filter((edge) => edge.style !== 'fops' && edge.style !== 'hold')
    .map(
      (edge) =>
        `${edge.label} ${EDGE_VERBS[edge.style]} ${edge.target.slice(edge.target.indexOf(':') + 1)}${edge.dangling ? ', which is freed' : ''}`,
    );
  const access = view.access && fopsText(view.accessFlag, view.access);
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
    ...edges,
  ]
    .filter(Boolean)
    .join('; ');
}
