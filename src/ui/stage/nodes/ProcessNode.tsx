import { memo, type CSSProperties } from 'react';
import type { NodeProps } from '@xyflow/react';
import type { ProcessView, TaskView } from '../../../graph/model/graph';
import { fitCall, titleFit } from '../../../graph/layout/textFit';
import { useNodeView } from './useNodeState';
import { withWordBreaks } from './withWordBreaks';
import { SymbolIcon } from '../../controls/SymbolIcon';
import styles from './node.module.css';
import { NodeShell } from './NodeShell';
import { ProcessMark } from '../../controls/ProcessMark';
import { processColourAt } from '../../controls/processColour';

/** A process: its tasks, and its fd table. */
export const ProcessNode = memo(function ProcessNode({ id }: NodeProps) {
  const view = useNodeView(id, 'process');
  if (!view) return undefined;
  const { size } = titleFit(view.title);
  return (
    <NodeShell view={view} label={ariaLabelOf(view)} className={styles.process}>
      <div
        className={styles.processBody}
        style={{ '--process-colour': processColourAt(view.process) } as CSSProperties}
      >
        <header>
          <ProcessMark process={view.process} size={14} />
          <span className={styles.names}>
            <b data-long={size === 'long' || undefined} data-tooltip={view.title}>
              {view.title}
            </b>
            {size === 'usual' && <small>{view.driver ? 'kernel' : 'process'}</small>}
          </span>
        </header>
        <ul className={styles.tasks}>
          {view.tasks.map((task) => (
            <TaskItem key={task.task.name} task={task} alone={view.tasks.length === 1} />
          ))}
          {view.tasks.length === 0 && <li className={styles.empty}>no calls</li>}
        </ul>
        {!view.driver && (
          <ul className={styles.fds} aria-label="fd table">
            {view.fds.map((fd) => (
              <li key={fd.name}>
                {fd.number ?? '?'} <span>{fd.name}</span>
              </li>
            ))}
            {view.fds.length === 0 && <li className={styles.empty}>no fd open</li>}
          </ul>
        )}
      </div>
    </NodeShell>
  );
});

/** Before a call that has not begun; on a small stage, the mark alone says so. */
const NEXT = 'next ';

function TaskItem({ task, alone }: { readonly task: TaskView; readonly alone: boolean }) {
  const { name, text } = fitCall(task, alone);
  return (
    <li data-status={task.status} data-tooltip={`${task.call} ${task.detail}`}>
      <span className={styles.call}>
        <i>
          <SymbolIcon symbol={task.status} />
        </i>
        {!alone && (
          <>
            <ProcessMark process={task.task.process} task={task.task.name} size={11} />{' '}
            <b className={name === undefined ? styles.visuallyHidden : styles.taskName}>
              {task.task.name}{' '}
            </b>
          </>
        )}
        {text.startsWith(NEXT) && <span className={styles.optionalWord}>{NEXT}</span>}
        {withWordBreaks(text.startsWith(NEXT) ? text.slice(NEXT.length) : text)}
      </span>
      <small>{task.brief}</small>
    </li>
  );
}

function ariaLabelOf(view: ProcessView): string {
  const tasks = view.tasks.map(
    ({ task: { name }, status, call, detail }) =>
      `${name} ${status === 'done' ? 'has finished all its calls' : `${status === 'waiting' || status === 'refused' ? '' : `${status} `}${call} ${detail}`}`,
  );
  return [`${view.driver ? 'kernel side' : 'process'} ${view.title}`, ...tasks].join('; ');
}
