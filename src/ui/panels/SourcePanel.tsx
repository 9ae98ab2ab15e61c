import {
  Fragment,
  useEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
} from 'react';
import { makeMutation, type Mutation } from '../../kernel/language/mutation';
import { callText } from '../../scenario/format/callText';
import { currentSnapshot } from '../../session/trace/replay';
import type { HoverTarget } from '../../session/store/session';
import { enabledTasks } from '../../session/trace/scheduler';
import { taskStatuses } from '../../session/queries/taskStatus';
import type { Program, Step } from '../../kernel/compiler/program';
import buttons from '../controls/controls.module.css';
import { lazyPart } from '../controls/lazyPart';
import { scrollWithin } from '../controls/scrollWithin';
import { processColour } from '../controls/processColour';
import { withUnbrokenParts } from '../controls/withUnbrokenParts';
import { useSession, useSessionStore } from '../useSession';
import { confidenceTag, confidenceText } from './confidenceText';
import panels from './panels.module.css';
import { SymbolIcon } from '../controls/SymbolIcon';
import styles from './SourcePanel.module.css';
import { changesOf } from '../../session/trace/traceTree';
import { fieldsTouchedBy } from '../../session/queries/fieldsTouchedBy';
import { dispatch } from '../../session/actions/dispatch';

const ChangeVerdict = lazyPart({
  name: 'The verdict',
  load: async () => (await import('./check/LiveVerdict')).ChangeVerdict,
});

/** The source of the current call, with the next step of every task marked; at the end of a run or a violation, the last step. */
export function SourcePanel() {
  const session = useSessionStore();
  const snapshot = useSession(currentSnapshot);
  const hover = useSession((state) => state.hover);
  const mutations = useSession((state) => changesOf(state.run.setup));
  const { program } = snapshot;
  const tasks = taskStatuses(snapshot);
  const stopped = snapshot.violations.length > 0 || enabledTasks(snapshot).length === 0;
  const last = stopped ? snapshot.step : undefined;
  const call =
    (last && program.calls[last.call]) ??
    tasks.find((task) => task.index === snapshot.task && task.currentCall)?.currentCall ??
    (snapshot.step && program.calls[snapshot.step.call]) ??
    tasks.find((task) => task.nextStep)?.upcomingCall ??
    tasks.find((task) => task.currentCall)?.currentCall;
  const steps = call ? (program.tasks[call.task]?.steps.slice(call.start, call.end) ?? []) : [];
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const current = panel.current?.querySelector<HTMLElement>('[data-own-step]');
    if (panel.current && current) scrollWithin(panel.current, current);
  }, [snapshot]);
  // One tab stop for the buttons of all steps: the one that had the focus last, else the first one of the current step.
  const [focused, setFocused] = useState<string>();
  const nextPc = last?.pc ?? tasks.find((task) => task.index === call?.task)?.nextStep?.pc;
  const rowNames = steps.map(
    ({ name }, index) =>
      `${name} ${steps.slice(0, index).filter((each) => each.name === name).length}`,
  );
  const tabStop = rowNames.some((row) => focused === disableName(row) || focused === swapName(row))
    ? focused
    : disableName(
        rowNames[
          Math.max(
            0,
            steps.findIndex(({ pc }) => pc === nextPc),
          )
        ] ?? '',
      );
  const hoverStep = (step: Step) => () =>
    dispatch(session, 'hover', { target: fieldsTouchedBy(program, step) });
  return (
    <section
      ref={panel}
      className={panels.panel}
      aria-label="Source"
      tabIndex={0}
      onMouseLeave={() => dispatch(session, 'hover', { target: undefined })}
    >
      <h2 className={panels.heading}>
        {call ? (
          <code>
            {call.call.by}: {callText(call.call)}
          </code>
        ) : (
          'Source'
        )}
      </h2>
      {mutations.length > 0 && (
        <div className={styles.verdict}>
          <ChangeVerdict />
        </div>
      )}
      {!call && (
        <p className={panels.note}>No call yet. Run a call or press Play to see its source.</p>
      )}
      <div
        role="toolbar"
        tabIndex={-1}
        aria-orientation="vertical"
        aria-label="Disable or swap steps. Up and Down choose a step, Left and Right a button."
        onKeyDown={moveFocus}
        onFocus={({ target }) => setFocused(target.dataset['change'] ?? focused)}
      >
        {steps.map((step, index) => {
          const tasksHere = tasks.filter(
            (task) =>
              task.nextStep?.name === step.name &&
              (task.index !== call?.task || task.nextStep.pc === step.pc),
          );
          const isLast = last?.pc === step.pc;
          const isCurrent = last ? isLast : tasksHere.length > 0;
          const taskName = isLast ? program.tasks[call?.task ?? -1]?.name : tasksHere[0]?.name;
          return (
            <Fragment key={step.pc}>
              {step.routine !== steps[index - 1]?.routine && (
                <h3 className={styles.routine}>{step.routine}()</h3>
              )}
              <div
                className={styles.step}
                aria-current={isCurrent ? 'step' : undefined}
                data-own-step={step.pc === nextPc ? '' : undefined}
                data-highlighted={isStepHighlighted(program, step, hover) ? '' : undefined}
                data-disabled-step={
                  mutations.some(
                    (mutation) => mutation.kind === 'without' && mutation.step === step.name,
                  )
                    ? ''
                    : undefined
                }
                style={
                  {
                    '--process-colour':
                      taskName === undefined
                        ? 'transparent'
                        : processColour(program.world, taskName),
                  } as CSSProperties
                }
                onMouseEnter={hoverStep(step)}
                onFocus={hoverStep(step)}
              >
                <span className={styles.tag}>
                  {step.id}{' '}
                  <span data-tooltip={confidenceText(step.confidence)}>
                    {confidenceTag(step.confidence)}
                  </span>
                  <span className={styles.markers}>
                    {isLast && <span>last step</span>}
                    {tasksHere.map((task) => (
                      <span key={task.name}>
                        <SymbolIcon symbol="waiting" /> {task.name}
                      </span>
                    ))}
                  </span>
                </span>
                <pre>
                  {withUnbrokenParts(
                    step.source.length > 0 ? step.source.join('\n') : `/* ${step.title} */`,
                  )}
                </pre>
                {(isCurrent || hover?.step === step.name) && (
                  <cite>
                    {step.cite}
                    {step.confidence === 'SRC' ? '' : ` (${confidenceText(step.confidence)})`}
                  </cite>
                )}
                <MutationButtons
                  step={step}
                  next={steps[index + 1]}
                  row={rowNames[index] ?? ''}
                  tabStop={tabStop}
                />
              </div>
            </Fragment>
          );
        })}
      </div>
    </section>
  );
}

/** Whether the step itself is hovered, or an object on the stage that it touches. */
function isStepHighlighted(program: Program, step: Step, hover: HoverTarget | undefined): boolean {
  if (!hover) return false;
  return hover.step === undefined
    ? step.touches.some(
        (field) =>
          hover.fields.includes(field) ||
          hover.objects.includes(program.fields[field]?.object ?? -1),
      )
    : hover.step === step.name;
}

/** Up and Down go to the same button of another step, Left and Right to the other button of the step. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const buttonsOf = (row: Element | null | undefined): HTMLElement[] => [
    ...(row?.querySelectorAll<HTMLElement>('[data-change]') ?? []),
  ];
  const row = event.target instanceof Element ? event.target.closest('[data-change-row]') : null;
  const rows = [...event.currentTarget.querySelectorAll('[data-change-row]')];
  const column = buttonsOf(row).findIndex((button) => button === event.target);
  if (!row || column < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = rows.indexOf(row);
  const target = {
    ArrowUp: rows[at - 1],
    ArrowDown: rows[at + 1],
    Home: rows[0],
    End: rows.at(-1),
    ArrowLeft: row,
    ArrowRight: row,
  }[event.key];
  if (target === undefined && !/^Arrow(Up|Down)$/.test(event.key)) return;
  const offset = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
  const choices = buttonsOf(target);
  choices[Math.max(0, Math.min(choices.length - 1, column + offset))]?.focus();
  event.preventDefault();
  event.stopPropagation();
}

function disableName(row: string): string {
  return `disable ${row}`;
}

function swapName(row: string): string {
  return `swap ${row}`;
}

/** Disables a step, or swaps it with the next one; the calls run again in the modified design. */
function MutationButtons({
  step,
  next,
  row,
  tabStop,
}: {
  readonly step: Step;
  readonly next: Step | undefined;
  /** Unique in the source: a call may run a step twice. */
  readonly row: string;
  readonly tabStop: string | undefined;
}) {
  const session = useSessionStore();
  const mutations = useSession((state) => changesOf(state.run.setup));
  const swap: Mutation | undefined =
    next?.routine === step.routine ? { kind: 'swap', a: step.name, b: next.name } : undefined;
  const changes: readonly {
    readonly name: string;
    readonly mutation: Mutation;
    readonly text: string;
    /** What the button says once the change is made. */
    readonly undo: string;
    readonly steps: string;
  }[] = [
    {
      name: disableName(row),
      mutation: { kind: 'without', step: step.name },
      text: 'Disable',
      undo: 'Enable',
      steps: step.id,
    },
    ...(swap
      ? [
          {
            name: swapName(row),
            mutation: swap,
            text: 'Swap',
            undo: 'Swap back',
            steps: `${step.id} and ${next?.id ?? ''}`,
          },
        ]
      : []),
  ];
  return (
    <span className={styles.changes} data-change-row="" data-own-arrows="">
      {changes.map(({ name, mutation, text, undo, steps }) => {
        const isMade = mutations.some((each) => makeMutation(each) === makeMutation(mutation));
        const verb = isMade ? undo : text;
        return (
          <button
            key={text}
            type="button"
            className={`${buttons.button} ${buttons.small}`}
            aria-label={`${verb} ${steps}`}
            data-tooltip={`${verb} ${steps}`}
            data-change={name}
            tabIndex={name === tabStop ? 0 : -1}
            data-made={isMade ? '' : undefined}
            onClick={() => dispatch(session, 'toggle-mutation', { mutation })}
          >
            {verb}
          </button>
        );
      })}
    </span>
  );
}
