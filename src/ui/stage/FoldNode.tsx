import { memo } from 'react';
import { useNodeId, type NodeProps } from '@xyflow/react';
import { useSessionStore } from '../useSession';
import { accessText } from './AccessChip';
import { Padlock } from './FieldRow';
import type { FoldedDevice, FoldView } from '../../graph/graph';
import { KindGlyph } from './KindGlyph';
import { useNode, useNodeLook } from './looks';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';
import { ProcessMark } from './ProcessMark';
import { arrange, useStage, useStageStore } from './stageStore';

/** An IOMMU group with everything in it, in short. */
export const FoldNode = memo(function FoldNode({ id }: NodeProps) {
  const view = useNode(id, 'fold');
  if (!view) return undefined;
  const lock = view.locks[0];
  return (
    <NodeShell view={view} label={labelOf(view)} look={styles.fold}>
      <header>
        <KindGlyph glyph="group" />
        <span className={styles.names}><b>group {view.group}</b><small>folded, {view.objects.length} objects</small></span>
        <FoldButton group={view.group} />
      </header>
      <ul>
        {view.devices.map(device => <Device key={device.name} device={device} gated={view.gated} />)}
        {lock && (
          <li className={styles.foldLock} data-contended={lock.queue.length > 0 || undefined}>
            <span><Padlock open={false} /><ProcessMark process={lock.owner.process} size={11} />{lock.name}{lock.queue.length > 0 && <> ◂{lock.queue.map(mark => <ProcessMark key={mark.name} process={mark.process} size={11} />)}</>}</span>
            {view.locks.length > 1 && `+${view.locks.length - 1}`}
          </li>
        )}
      </ul>
    </NodeShell>
  );
});

function Device({ device, gated }: { readonly device: FoldedDevice; readonly gated: boolean }) {
  return (
    <>
      <li><b>{device.name}</b> {device.registered ? '' : 'not registered'}</li>
      <li>
        {device.files.length === 0 && 'not open'}
        {device.files.map(file => (
          <span key={file.name} data-access={file.access}><ProcessMark process={file.process} size={11} />{file.name} {accessText(file.access, gated)}</span>
        ))}
      </li>
    </>
  );
}

/** Folds a group, or opens it again; only where there is more than one. */
export function FoldButton({ group }: { readonly group: string }) {
  const session = useSessionStore();
  const stage = useStageStore();
  const folded = useStage(state => state.folded);
  const { entered: reachable } = useNodeLook(useNodeId() ?? '');
  const only = useStage(state => state.groups.length < 2);
  if (only) return undefined;
  const open = !folded.has(group);
  const title = `${open ? 'Fold' : 'Open'} group ${group}`;
  return (
    <button
      type="button" className={styles.folder} aria-label={title} title={title} aria-expanded={open} tabIndex={reachable ? 0 : -1}
      onClick={event => {
        event.stopPropagation();
        const next = new Set(folded);
        if (open) next.add(group);
        else next.delete(group);
        arrange(stage, session, { folded: next });
      }}
    >
      <svg width={12} height={12} viewBox="0 0 12 12" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth={1.5} strokeLinecap="round" strokeLinejoin="round">
        <path d={open ? 'M2.5 6h7' : 'M2.5 6h7M6 2.5v7'} />
      </svg>
    </button>
  );
}

function labelOf(view: FoldView): string {
  const devices = view.devices.map(({ name, files }) => `${name} ${files.length === 0 ? 'not open' : files.map(file => `open as ${file.name}, ${accessText(file.access, view.gated)}`).join(', ')}`);
  const locks = view.locks.map(({ name, owner, queue }) => `${name} held by ${owner.name}${queue.length > 0 ? `, ${queue.map(mark => mark.name).join(', ')} waiting` : ''}`);
  return [`folded group ${view.group}, ${view.objects.length} objects`, ...devices, ...locks].join('; ');
}
