import type { Program } from '../../kernel/compiler/program';
import type { PropertyId } from '../../kernel/language/propertyId';
import { PROPERTY_IDS } from '../../kernel/properties/properties';
import { MODEL_LIMIT } from '../../kernel/language/errno';
import { promelaIdentifier } from './promelaContext';
import { initialState, isEnabled, step } from '../../kernel/machine/machine';
import { promelaNames } from './promelaNames';
import { stepTargets } from './stepTargets';
import { promelaModel } from './promelaModel';

/** What pan, the program that SPIN generates, printed about one search. */
export interface PanReport {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly errors: number;
  /** What kept it from its end; undefined if nothing did. */
  readonly stoppedBy: 'memory' | 'time' | 'depth' | 'model' | undefined;
}

/** What pan prints if a call reaches a state that the model cannot represent. */
const LIMIT_REACHED = 'reached: a limit of the model';

/** Variants of the SPIN model for one search. */
interface SpinVariant {
  /** The properties that stop the search. */
  readonly wanted: readonly PropertyId[];
  /** Without hidden variables: those of the model have their initial values between steps, except those of lock-order, which a multi-core search must do without. */
  readonly isParallel: boolean;
  /** Whether it looks for deadlocks. With many tasks that is too long for SPIN. */
  readonly seesDeadlocks: boolean;
}

/** The SPIN model as one search needs it. */
export function spinModel(
  program: Program,
  title: string,
  { wanted, isParallel, seesDeadlocks }: SpinVariant,
): string {
  const stop = '#define VIOLATED(name) name##_is_violated = 1; assert(!name##_is_violated)';
  let text = promelaModel(program, title);
  if (!text.includes(stop)) throw new Error('the SPIN model does not define VIOLATED');
  if (!seesDeadlocks) text = text.replace(/ {2}:: atomic \{ timeout -> [\s\S]*?\n {5}\} \}\n/, '');
  if (isParallel)
    text = text
      .replace(/\/\* Locks, as bits of a set: \*\/[\s\S]*?\n\}\n/, '')
      .replaceAll(/^( *)held = .*;\n *took\(\d+\);$/gm, '$1skip;')
      .replaceAll(/^hidden /gm, '');
  return withLimitReport(program, text).replace(
    stop,
    [
      '#define VIOLATED(name) VIOLATED_##name',
      ...PROPERTY_IDS.map((id) => {
        const name = promelaIdentifier(id);
        return `#define VIOLATED_${name} ${wanted.includes(id) ? `${name}_is_violated = 1; assert(!${name}_is_violated)` : 'skip'}`;
      }),
    ].join('\n'),
  );
}

/** Makes the watching process print once if a call returns the limit of the model. */
function withLimitReport(program: Program, text: string): string {
  const names = promelaNames(program);
  const reached = program.calls.flatMap(({ result, errnos }) => {
    const value = errnos.indexOf(MODEL_LIMIT) + 1;
    return value === 0 ? [] : [`${names.field(result)} == ${value}`];
  });
  if (reached.length === 0) return text;
  const report = `c_decl {
  static int limit_seen;
  static int see_limit(void) { if (!limit_seen) { limit_seen = 1; printf("${LIMIT_REACHED}\\n"); } return 0; }
\\#define saw_limit see_limit()
}
`;
  const option = `  :: d_step { (${reached.join(' || ')}) && c_expr { saw_limit } -> skip }\n`;
  const watcher = 'active proctype properties() {\nend_watch:\n  do\n';
  return `${report}${
    text.includes(watcher)
      ? text.replace(watcher, `${watcher}${option}`)
      : `${text}\n${watcher}${option}  od\n}\n`
  }`;
}

/** Reads the output of pan; undefined if it has no totals. */
export function readPanReport(output: string): PanReport | undefined {
  const number = (pattern: RegExp): number | undefined => {
    const all = [...output.matchAll(new RegExp(pattern, 'g'))];
    const text = all.at(-1)?.[1];
    return text === undefined ? undefined : Number(text);
  };
  const states = number(/([\d.]+(?:e\+\d+)?) states, stored/);
  const depth = number(/depth reached (\d+)/);
  const errors = number(/errors: (\d+)/);
  if (states === undefined || depth === undefined || errors === undefined) return undefined;
  const stoppedBy = /reached -DMEMLIM|out of memory|hash table is full/i.test(output)
    ? 'memory'
    : /Interrupted/.test(output)
      ? 'time'
      : /max search depth too small|search depth reached/.test(output)
        ? 'depth'
        : output.includes(LIMIT_REACHED)
          ? 'model'
          : undefined;
  return {
    states,
    transitions: number(/([\d.]+(?:e\+\d+)?) transitions \(/) ?? states,
    depth,
    errors,
    stoppedBy,
  };
}

/**
 * The tasks that a trail of pan moves, in order: lines `step:process:transition`. The last process watches the
 * properties. A step with several targets is two lines: the second one selects the label.
 */
export function scheduleOfTrail(trail: string, program: Program): readonly number[] {
  const state = initialState(program);
  const schedule: number[] = [];
  let selects: number | undefined;
  for (const line of trail.split('\n')) {
    const [, at, process] = /^(-?\d+):(\d+):\d+\s*$/.exec(line) ?? [];
    const task = program.tasks[Number(process)];
    if (at === undefined || Number(at) < 0 || !task) continue;
    if (selects === task.index) {
      selects = undefined;
      continue;
    }
    const taken = task.steps[state[task.pc] ?? -1];
    if (!taken || !isEnabled(program, state, task.index)) return schedule;
    if (stepTargets(program, taken).length > 1) selects = task.index;
    step(program, state, task.index);
    schedule.push(task.index);
  }
  return schedule;
}
