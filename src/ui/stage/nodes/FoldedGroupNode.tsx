import { memo } from 'react';
import type { NodeProps } from '@xyflow/react';
import type { FoldedDevice, FoldedGroupView } from '../../../graph/model/graph';
import { fitField } from '../../../graph/layout/textFit';
import { useSessionStore } from '../../useSession';
import { accessText } from './AccessBadge';
import { FieldRow, LockIcon } from './FieldRow';
import { FoldButton } from './FoldButton';
import { KindIcon } from '../../controls/KindIcon';
import { useNodeView } from '../viewStates';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';
import { ProcessMark } from '../../controls/ProcessMark';
import { setGroupFolded, useStageStore } from '../stageStore';

/** An IOMMU group with everything in it, in short: how its devices are, and where the last step was at work. */
export const FoldedGroupNode = memo(function FoldNode({ id }: NodeProps) {
  const session = useSessionStore();
  const stage = useStageStore();
  const view = useNodeView(id, 'foldedGroup');
  if (!view) return undefined;
  const { group, devices, lastChange: touch } = view;
  return (
    <NodeShell
      view={view}
      label={ariaLabelOf(view)}
      className={styles.fold}
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
        <li className={styles.foldSum}>{devicesSummary(devices)}</li>
        {devices.map((device) => (
          <DeviceSummary key={device.name} device={device} />
        ))}
        {touch ? (
          <li className={styles.foldTouch}>
            {touch.object}
            {touch.life && <em>{touch.life}</em>}
          </li>
        ) : (
          <LockSummary view={view} />
        )}
      </ul>
      {touch?.field && (
        <dl className={styles.rows}>
          <FieldRow row={touch.field} textFit={fitField(touch.field, 1)} highlighted />
        </dl>
      )}
    </NodeShell>
  );
});

/** One line: the device, and who has it open. */
function DeviceSummary({ device: { name, files, registered } }: { readonly device: FoldedDevice }) {
  const best =
    files.find((file) => file.bound) ?? files.find((file) => file.access === 'normal') ?? files[0];
  return (
    <li>
      <b>{name}</b>
      <span data-access={best?.access}>
        {files.map((file) => (
          <ProcessMark key={file.name} process={file.process} size={11} />
        ))}
        {best ? fileStateText(best) : registered ? 'not open' : 'no driver'}
      </span>
    </li>
  );
}

/** The lock inside for which somebody waits, or one that is held. */
function LockSummary({ view: { locks } }: { readonly view: FoldedGroupView }) {
  const lock = locks.find(({ queue }) => queue.length > 0) ?? locks[0];
  if (!lock) return undefined;
  return (
    <li
      className={styles.foldLock}
      data-contended={lock.queue.length > 0 || undefined}
      title={lock.name}
    >
      <span>
        <LockIcon open={false} />
        <ProcessMark process={lock.owner.process} size={11} />
        {lock.queue.length > 0 && (
          <>
            ◂
            {lock.queue.map((mark) => (
              <ProcessMark key={mark.name} process={mark.process} size={11} />
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
  const all = devices.length;
  const open = devices.filter(({ files }) => files.length > 0).length;
  const bound = devices.filter(({ files }) => files.some((file) => file.bound)).length;
  if (bound === all) return `${deviceCount(all)}, all bound`;
  return open === 0 ? `${deviceCount(all)}, none open` : `${open} of ${all} open, ${bound} bound`;
}

function deviceCount(devices: number): string {
  return `${devices} ${devices === 1 ? 'device' : 'devices'}`;
}

function ariaLabelOf(view: FoldedGroupView): string {
  const devices = view.devices.map(
    ({ name, files }) =>
      `${name} ${files.length === 0 ? 'not open' : files.map((file) => `open as ${file.name}, ${accessText(file.access, view.usesAccessFlag)}`).join(', ')}`,
  );
  const locks = view.locks.map(
    ({ name, owner, queue }) =>
      `${name} held by ${owner.name}${queue.length > 0 ? `, ${queue.map((mark) => mark.name).join(', ')} waiting` : ''}`,
  );
  return [
    `folded group ${view.group}, ${devicesSummary(view.devices)}, ${view.objects.length} objects`,
    ...devices,
    ...locks,
  ].join('; ');
}
