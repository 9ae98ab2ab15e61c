import { Fragment, type CSSProperties } from 'react';
import { makeMutation, type Mutation } from '../../kernel/language/mutation';
import { callText } from '../../scenario/format/callText';
import { currentSnapshot } from '../../session/trace/replay';
import type { HoverTarget } from '../../session/store/session';
import { taskStatuses } from '../../session/queries/taskStatus';
import type { Program, Step } from '../../kernel/compiler/program';
import buttons from '../controls/controls.module.css';
import { processColour } from '../processColour';
import { useSession, useSessionStore } from '../useSession';
import styles from './panels.module.css';
import { dispatch } from '../../session/actions/dispatch';

export function SourcePanel() {
  const session = useSessionStore();
  const frame = useSession(currentSnapshot);
  const lit = useSession((state) => state.hover);
  const mutations = useSession((state) => state.mutations);
  const { program } = frame;
  const tasks = taskStatuses(frame);
  const shown =
    tasks.find((task) => task.index === frame.task && task.currentCall)?.currentCall ??
    (frame.step && program.calls[frame.step.call]) ??
    tasks.find((task) => task.nextStep)?.upcomingCall ??
    tasks.find((task) => task.currentCall)?.currentCall;
  const steps = shown ? (program.tasks[shown.task]?.steps.slice(shown.start, shown.end) ?? []) : [];
  const light = (each: Step) => () =>
    dispatch(session, 'hover', {
      target: {
        objects: [
          ...new Set(each.touches.map((field) => program.fields[field]?.object ?? -1)),
        ].filter((object) => object >= 0),
        fields: each.touches,
        step: each.name,
      },
    });
  return (
    <section
      className={styles.panel}
      aria-label="Source"
      tabIndex={0}
      onMouseLeave={() => dispatch(session, 'hover', { target: undefined })}
    >
      <h2 className={styles.heading}>
        {shown ? (
          <code>
            {shown.call.by}: {callText(shown.call)}
          </code>
        ) : (
          'Source'
        )}
      </h2>
      {!shown && <p className={styles.note}>The call that runs is listed here.</p>}
      {steps.map((each, index) => {
        const at = tasks.filter(
          (task) =>
            task.nextStep?.name === each.name &&
            (task.index !== shown?.task || task.nextStep.pc === each.pc),
        );
        const first = at[0];
        return (
          <Fragment key={each.pc}>
            {each.routine !== steps[index - 1]?.routine && (
              <h3 className={styles.routine}>{each.routine}()</h3>
            )}
            <div
              className={styles.line}
              aria-current={first ? 'step' : undefined}
              data-lit={isStepHighlighted(program, each, lit) ? '' : undefined}
              data-off={
                mutations.some(
                  (mutation) => mutation.kind === 'without' && mutation.step === each.name,
                )
                  ? ''
                  : undefined
              }
              style={
                {
                  '--who': first ? processColour(program.world, first.name) : 'transparent',
                } as CSSProperties
              }
              onMouseEnter={light(each)}
              onFocus={light(each)}
            >
              <pre>{each.source.length > 0 ? each.source.join('\n') : `/* ${each.title} */`}</pre>
              <span className={styles.tag}>
                {each.id}{' '}
                {each.confidence === 'MINE' ? 'found by reading, unconfirmed' : each.confidence}
                <span className={styles.markers}>
                  {at.map((task) => (
                    <span key={task.name}>◀ {task.name}</span>
                  ))}
                </span>
              </span>
              {(first !== undefined || lit?.step === each.name) && <cite>{each.cite}</cite>}
              <MutationButtons step={each} next={steps[index + 1]} />
            </div>
          </Fragment>
        );
      })}
    </section>
  );
}

/** The row itself is pointed at, or an object on the stage that it touches. */
function isStepHighlighted(program: Program, step: Step, lit: HoverTarget | undefined): boolean {
  if (!lit) return false;
  return lit.step === undefined
    ? step.touches.some(
        (field) =>
          lit.fields.includes(field) || lit.objects.includes(program.fields[field]?.object ?? -1),
      )
    : lit.step === step.name;
}

/** What a reviewer may change in a row for the next check. */
function MutationButtons({ step, next }: { readonly step: Step; readonly next: Step | undefined }) {
  const session = useSessionStore();
  const mutations = useSession((state) => state.mutations);
  const swap: Mutation | undefined =
    next?.routine === step.routine ? { kind: 'swap', a: step.name, b: next.name } : undefined;
  const offered: readonly {
    readonly mutation: Mutation;
    readonly text: string;
    readonly title: string;
  }[] = [
    {
      mutation: { kind: 'without', step: step.name },
      text: 'Switch off',
      title: `Switch ${step.id} off for a check`,
    },
    ...(swap
      ? [
          {
            mutation: swap,
            text: 'Swap',
            title: `Swap ${step.id} with ${next?.id ?? ''} for a check`,
          },
        ]
      : []),
  ];
  return (
    <span className={styles.changes}>
      {offered.map(({ mutation, text, title }) => (
        <button
          key={text}
          type="button"
          className={`${buttons.button} ${buttons.small}`}
          aria-label={title}
          title={title}
          aria-pressed={mutations.some((each) => makeMutation(each) === makeMutation(mutation))}
          onClick={() => dispatch(session, 'toggle-mutation', { mutation })}
        >
          {text}
        </button>
      ))}
    </span>
  );
}
