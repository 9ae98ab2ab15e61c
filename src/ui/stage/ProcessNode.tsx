import { memo, type CSSProperties } from 'react';
import type { NodeProps } from '@xyflow/react';
import type { ProcessView, TaskView } from '../../graph/graph';
import { callLine } from '../../graph/lettering';
import { broken } from './FieldRow';
import { useNode } from './looks';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';
import { markColour, ProcessMark } from './ProcessMark';

/** A process: its tasks with what each does or waits for, and its fd table. */
export const ProcessNode = memo(function ProcessNode({ id }: NodeProps) {
  const view = useNode(id, 'process');
  if (!view) return undefined;
  return (
    <NodeShell view={view} label={labelOf(view)} look={styles.process}>
      <div className={styles.fill} style={{ '--who': markColour(view.process) } as CSSProperties}>
        <header>
          <ProcessMark process={view.process} size={14} />
          <span className={styles.names}>
            <b>{view.title}</b>
            <small>{view.driver ? 'kernel' : 'process'}</small>
          </span>
        </header>
        <ul className={styles.tasks}>
          {view.tasks.map((task) => (
            <Task key={task.mark.name} task={task} alone={view.tasks.length === 1} />
          ))}
          {view.tasks.length === 0 && <li className={styles.none}>no calls</li>}
        </ul>
        {!view.driver && (
          <ul className={styles.fds} aria-label="fd table">
            {view.fds.map((fd) => (
              <li key={fd.name}>
                {fd.number ?? '?'} <span>{fd.name}</span>
              </li>
            ))}
            {view.fds.length === 0 && <li className={styles.none}>no fd open</li>}
          </ul>
        )}
      </div>
    </NodeShell>
  );
});

const STATUS: Readonly<Record<TaskView['status'], string>> = {
  idle: '○',
  running: '▸',
  waiting: '◂',
  done: '✓',
};

function Task({ task, alone }: { readonly task: TaskView; readonly alone: boolean }) {
  const { name, text, small } = callLine(task, alone);
  return (
    <li data-status={task.status} title={`${task.call} ${task.detail}`}>
      <span className={styles.call} data-small={small || undefined}>
        <i aria-hidden="true">{STATUS[task.status]}</i>
        {name !== undefined && <b>{name} </b>}
        {broken(text)}
      </span>
      <small>{task.brief}</small>
    </li>
  );
}

function labelOf(view: ProcessView): string {
  const tasks = view.tasks.map(
    ({ mark, status, call, detail }) =>
      `${mark.name} ${status === 'done' ? 'has made all its calls' : `${status === 'waiting' ? '' : `${status} `}${call} ${detail}`}`,
  );
  return [`${view.driver ? 'kernel side' : 'process'} ${view.title}`, ...tasks].join('; ');
}
