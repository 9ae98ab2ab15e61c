import { all, any, binary, constant, field, not } from '../../kernel/language/expressions';
import type { Expr } from '../../kernel/language/expressions';
import { propertyById } from '../../kernel/properties/properties';
import type { PromelaContext } from './promelaContext';
import { violationStatement } from './promelaContext';
import { foldConstants } from '../foldConstants';
import { promelaExpression } from './promelaExpression';

/** Whether the model needs a deadlock check: some mutex is taken, and there are two tasks. */
export function canDeadlock({ program, locks }: PromelaContext): boolean {
  return (
    propertyById('no-deadlock').appliesTo(program) && locks.length > 0 && program.tasks.length > 1
  );
}

/**
 * If no task can move: follows the wait-for edges as many times as there are tasks. Whatever has not ended by then leads
 * into a cycle. A cycle persists until no task can move, since none of its tasks can.
 */
export function deadlockOption(context: PromelaContext): string {
  const { tasks } = context.program;
  const variables = tasks.map((waiter) => `waits[${waiter.index + 1}]`);
  const edges = tasks.flatMap(({ index: task }) => [
    'if',
    ...tasks.flatMap(({ index: other }) => {
      const wanted = waitsForCondition(context, task, other);
      return other === task || (wanted.op === 'const' && wanted.value === 0)
        ? []
        : [`:: ${promelaExpression(context, wanted)} -> ${variables[task]} = ${other + 1}`];
    }),
    `:: else -> ${variables[task]} = 0`,
    'fi;',
  ]);
  const follow = variables.map(
    (variable) => `    ${variable} = (${variable} == 0 -> 0 : waits[${variable}]);`,
  );
  return [
    '  :: atomic { timeout -> d_step {',
    ...[
      ...edges,
      `waits[0] = ${tasks.length};`,
      'do',
      ':: waits[0] > 0 ->',
      ...follow,
      '    waits[0] = waits[0] - 1',
      ':: else -> break',
      'od;',
      `if :: ${variables.map((variable) => `${variable} != 0`).join(' || ')} -> ${violationStatement('no-deadlock')} :: else -> skip fi;`,
      // Also where they are not hidden, as in a multi-core search, they are no part of a state.
      ...variables.map((variable, i) => `${variable} = 0${i + 1 < variables.length ? ';' : ''}`),
    ].map((line) => `      ${line}`),
    '     } }',
  ].join('\n');
}

/** Whether `task` waits for a mutex that `other` holds. */
function waitsForCondition({ program }: PromelaContext, task: number, other: number): Expr {
  const waiter = program.tasks[task];
  return any(
    (waiter?.steps ?? []).flatMap((step) => {
      const wanted = any(
        step.waits.flatMap((wait) =>
          wait.kind === 'mutex'
            ? [
                all([
                  foldConstants(program, wait.when),
                  binary('eq', field(wait.field), constant(other + 1)),
                ]),
              ]
            : [],
        ),
      );
      return wanted.op === 'const' && wanted.value === 0
        ? []
        : [
            all([
              binary('eq', field(waiter?.pc ?? -1), constant(step.pc)),
              not(foldConstants(program, step.guard)),
              wanted,
            ]),
          ];
    }),
  );
}
