import type { ReactNode } from 'react';
import { dispatch } from '../../session/actions/dispatch';
import { currentBranch } from '../../session/trace/run';
import type { TraceReport } from '../../session/store/traceReport';
import { lossText } from '../../scenario/kernelTrace/lostEvents';
import buttons from '../controls/controls.module.css';
import { Icon } from '../controls/Icon';
import { Modal } from '../controls/Modal';
import { countNoun } from '../formatCount';
import { useSession, useSessionStore } from '../useSession';
import dialogs from './dialogs.module.css';
import styles from './TraceDialog.module.css';

type ReadTrace = Extract<TraceReport, { kind: 'read' }>;

/** What a kernel trace says: what was read, how it fits the design, and what is missing. */
export function TraceDialog() {
  const report = useSession((state) => state.traceReport);
  if (!report) return undefined;
  return (
    <Modal title={titleOf(report)}>
      <div
        className={`${dialogs.body} ${styles.report}`}
        role="region"
        aria-label="Report"
        tabIndex={0}
      >
        {report.kind === 'refused' ? (
          <>
            {report.errors.map(({ path, message }) => (
              <p key={path + message} className={styles.reason} role="alert">
                <b>{path === '$' ? 'The file' : upperFirst(path)}</b>: {message}
              </p>
            ))}
            <p>The run on screen is unchanged.</p>
          </>
        ) : (
          <ReadReport report={report} />
        )}
      </div>
      <TraceActions report={report} />
    </Modal>
  );
}

function titleOf(report: TraceReport): string {
  const { fileName } = report;
  if (report.kind === 'refused') return `${fileName} cannot be read`;
  const { verdict, at, accepted, events, design } = report.result;
  if (verdict === 'explained') return `${design} explains ${fileName}`;
  if (verdict === 'rejected') return `${fileName} does not fit ${design} at line ${at?.line}`;
  return accepted === events
    ? `${design} explains the complete part of ${fileName}`
    : `The search for a schedule of ${fileName} stopped`;
}

function ReadReport({ report }: { readonly report: ReadTrace }) {
  const { result, readEvents, calls } = report;
  const { verdict, at, why = [], possible = 0, accepted, events, states, complete } = result;
  const tasks = new Set(calls.map(({ task }) => task));
  const silent = readEvents - events;
  const unfit = at && calls.findLast(({ line, task }) => line <= at.line && task === why[0]?.by);
  return (
    <>
      {verdict === 'rejected' && at && (
        <Section title="What does not fit">
          <p>
            Line {at.line}: <code>{at.event}</code>
          </p>
          <p>
            This event is impossible in{' '}
            {possible === 1 ? 'the only state' : `each of the ${countNoun(possible, 'state')}`} that
            the {countNoun(accepted, 'event')} before it leave possible:
          </p>
          <ul className={styles.reason}>
            {why.map(({ text }) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Section>
      )}
      {verdict === 'incomplete' && accepted < events && (
        <Section title="What is not known">
          <p>
            The search visited {countNoun(states, 'state')} and found a schedule of{' '}
            {countNoun(accepted, 'event')} of {events}. <code>vfio-playground validate</code>{' '}
            searches further.
          </p>
        </Section>
      )}
      {complete && (
        <Section title="What is missing">
          {lossText(complete).map((text) => (
            <p key={text}>{text}</p>
          ))}
        </Section>
      )}
      <Section title="What was read">
        <p>
          {countNoun(readEvents, 'event')}; {events} of them belong to{' '}
          {countNoun(calls.length, 'call')} of {countNoun(tasks.size, 'task')}
          {silent > 0 && '; the others say nothing about a call of the model'}.
          {verdict === 'explained' && ` One schedule of ${result.design} gives all ${events}.`}
        </p>
        <table className={styles.calls}>
          <thead>
            <tr>
              <th scope="col">Line</th>
              <th scope="col">Task</th>
              <th scope="col">Call</th>
              <th scope="col">Returns</th>
            </tr>
          </thead>
          <tbody>
            {calls.map((call) => (
              <tr key={`${call.line} ${call.text}`} data-unfit={call === unfit ? '' : undefined}>
                <td>{call.line}</td>
                <td>{call.task}</td>
                <td>
                  <code>{call.text}</code>
                </td>
                <td>
                  {call.returns ?? 'not in the trace'}
                  {call === unfit
                    ? ', does not fit'
                    : at && call.line > at.line
                      ? ', not judged'
                      : ''}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {result.assumptions.map((text) => (
          <p key={text}>Assumed: {text}.</p>
        ))}
      </Section>
    </>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function TraceActions({ report }: { readonly report: TraceReport }) {
  const session = useSessionStore();
  const lastStep = useSession(({ run }) => currentBranch(run).tip.depth);
  const close = (): void => dispatch(session, 'close-dialog');
  return (
    <footer className={dialogs.footer}>
      {report.kind === 'refused' ? (
        <>
          <button type="button" className={`${buttons.button} ${buttons.primary}`} onClick={close}>
            Close
          </button>
          <button
            type="button"
            className={buttons.button}
            onClick={() => dispatch(session, 'library')}
          >
            <Icon name="open" />
            Open another file
          </button>
        </>
      ) : (
        <>
          <button
            type="button"
            className={`${buttons.button} ${buttons.primary}`}
            onClick={() => {
              close();
              dispatch(session, 'seek', { depth: 0 });
              dispatch(session, 'play-to', { depth: lastStep });
            }}
          >
            <Icon name="play" />
            {report.result.accepted === report.result.events
              ? 'Play the run'
              : 'Play the part that fits'}
          </button>
          <button
            type="button"
            className={buttons.button}
            onClick={() => {
              close();
              dispatch(session, 'end');
            }}
          >
            Show its last step
          </button>
        </>
      )}
    </footer>
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
