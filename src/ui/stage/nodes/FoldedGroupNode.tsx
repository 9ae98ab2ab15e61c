import { memo } from 'react';
import type { NodeProps } from '@xyflow/react';
import type { FoldedDevice, FoldedGroupView } from '../../../graph/model/graph';
import { fitField } from '../../../graph/layout/textFit';
import { fopsText } from '../../../graph/model/accessText';
import { useSessionStore } from '../../useSession';
import { FieldRow } from './FieldRow';
import { LockIcon } from './LockIcon';
import { FoldButton } from './FoldButton';
import { KindIcon } from '../../controls/KindIcon';
import { useNodeView } from './useNodeState';
import { SymbolIcon } from '../../controls/SymbolIcon';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';
import { ProcessMark } from '../../controls/ProcessMark';
import { setGroupFolded, useStageStore } from '../stageStore';

/** An IOMMU group in short: the state of its devices, and what the last step touched. */
export const FoldedGroupNode = memo(function FoldedGroupNode({ id }: NodeProps) {
  const session = useSessionStore();
  const stage = useStageStore();
  const view = useNodeView(id, 'foldedGroup');
  if (!view) return undefined;
  const { group, devices, lastChange } = view;
  return (
    <NodeShell
      view={view}
      label={ariaLabelOf(view)}
      className={styles.foldedGroup}
      onActivate={() => setGroupFolded(stage, session, group, false)}
    >
      <header>
        <KindIcon glyph="group" />
        <span className={styles.names}>
          <b>group {group}</b>
        </span>
        <FoldButton group={group} />
      </header>
      <ul>
        <li className={styles.groupSummary}>{devicesSummary(devices)}</li>
        {devices.map((device) => (
          <DeviceSummary key={device.name} device={device} />
        ))}
        {lastChange ? (
          <li className={styles.lastChange}>
            <b>{lastChange.object}</b>
            {lastChange.life && <em>{lastChange.life}</em>}
          </li>
        ) : (
          <LockSummary view={view} />
        )}
      </ul>
      {lastChange?.field && (
        <dl className={styles.rows}>
          <FieldRow row={lastChange.field} textFit={fitField(lastChange.field, 1)} highlighted />
        </dl>
      )}
    </NodeShell>
  );
});

/** One line: the device, the processes that have it open, and its state. */
function DeviceSummary({ device: { name, files, registered } }: { readonly device: FoldedDevice }) {
  const shownFile =
    files.find((file) => file.bound) ?? files.find((file) => file.access === 'normal') ?? files[0];
  return (
    <li>
      <b>{name}</b>
      <span data-access={shownFile?.access}>
        {files.map((file) => (
          <ProcessMark key={file.name} process={file.process} size={11} />
        ))}
        {shownFile ? fileStateText(shownFile) : registered ? 'not open' : 'no driver'}
      </span>
    </li>
  );
}

/** A contended lock in the group, or else a held one. */
function LockSummary({ view: { locks } }: { readonly view: FoldedGroupView }) {
  const lock = locks.find(({ queue }) => queue.length > 0) ?? locks[0];
  if (!lock) return undefined;
  return (
    <li
      className={styles.lockSummary}
      data-contended={lock.queue.length > 0 || undefined}
      data-tooltip={lock.name}
    >
      <span>
        <LockIcon open={false} />
        <ProcessMark process={lock.owner.process} task={lock.owner.name} size={11} />
        {lock.queue.length > 0 && (
          <>
            <SymbolIcon symbol="waiting" />
            {lock.queue.map((waiter) => (
              <ProcessMark
                key={waiter.name}
                process={waiter.process}
                task={waiter.name}
                size={11}
              />
            ))}{' '}
            waits
          </>
        )}
      </span>
      {locks.length > 1 && <span>{locks.length} locks</span>}
    </li>
  );
}

function fileStateText({ bound, access }: FoldedDevice['files'][number]): string {
  if (bound) return 'bound';
  return access === 'normal' ? 'in use' : 'open';
}

/** `2 devices, none open`, `2 devices, all bound`, `1 of 2 open, 0 bound`. */
function devicesSummary(devices: readonly FoldedDevice[]): string {
  const total = devices.length;
  const open = devices.filter(({ files }) => files.length > 0).length;
  const bound = devices.filter(({ files }) => files.some((file) => file.bound)).length;
  if (bound === total) return `${deviceCount(total)}, all bound`;
  return open === 0
    ? `${deviceCount(total)}, none open`
    : `${open} of ${total} open, ${bound} bound`;
}

function deviceCount(devices: number): string {
  return `${devices} ${devices === 1 ? 'device' : 'devices'}`;
}

function ariaLabelOf(view: FoldedGroupView): string {
  const devices = view.devices.map(
    ({ name, files }) =>
      `${name} ${files.length === 0 ? 'not open' : files.map((file) => `open as ${file.name}, ${fopsText(view.accessFlag, file.access)}`).join(', ')}`,
  );
  const locks = view.locks.map(
    ({ name, owner, queue }) =>
      `${name} held by ${owner.name}${queue.length > 0 ? `, ${queue.map((waiter) => waiter.name).join(', ')} waiting` : ''}`,
  );
  return [
    `folded group ${view.group}, ${devicesSummary(view.devices)}, ${view.objects.length} objects`,
    ...devices,
    ...locks,
  ].join('; ');
}
