import { all, any, binary, constant, field, not } from '../../kernel/language/expressions';
import type { Expr } from '../../kernel/language/expressions';
import { propertyById } from '../../kernel/properties/properties';
import type { PromelaContext } from './promelaContext';
import { violationStatement } from './promelaContext';
import { substitute } from './stepOutcomes';
import { promelaExpression } from './promelaExpression';

/** Whether two tasks can wait for each other at all. */
export function canDeadlock({ program, locks }: PromelaContext): boolean {
  return (
    propertyById('no-deadlock').appliesTo(program) && locks.length > 0 && program.tasks.length > 1
  );
}

/**
 * Where no task can move: follows "waits for a mutex that the other holds" until it ends or has gone round. A circle stays
 * until then, since nobody in it can move.
 */
export function deadlockOption(context: PromelaContext): string {
  const { tasks } = context.program;
  const places = tasks.map((t) => `waits[${t.index + 1}]`);
  const edges = tasks.flatMap(({ index: task }) => [
    'if',
    ...tasks.flatMap(({ index: other }) => {
      const wanted = waitsForCondition(context, task, other);
      return other === task || (wanted.op === 'const' && wanted.value === 0)
        ? []
        : [`:: ${promelaExpression(context, wanted)} -> ${places[task]} = ${other + 1}`];
    }),
    `:: else -> ${places[task]} = 0`,
    'fi;',
  ]);
  const follow = places.map((place) => `    ${place} = (${place} == 0 -> 0 : waits[${place}]);`);
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
      `if :: ${places.map((place) => `${place} != 0`).join(' || ')} -> ${violationStatement('no-deadlock')} :: else -> skip fi`,
    ].map((line) => `      ${line}`),
    '     } }',
  ].join('\n');
}

/** `task` cannot move because `other` holds the mutex that it wants. */
function waitsForCondition({ program }: PromelaContext, task: number, other: number): Expr {
  const t = program.tasks[task];
  return any(
    (t?.steps ?? []).flatMap((step) => {
      const wanted = any(
        step.waits.flatMap((w) =>
          w.kind === 'mutex'
            ? [
                all([
                  substitute(program, w.when, new Map()),
                  binary('eq', field(w.field), constant(other + 1)),
                ]),
              ]
            : [],
        ),
      );
      return wanted.op === 'const' && wanted.value === 0
        ? []
        : [
            all([
              binary('eq', field(t?.pc ?? -1), constant(step.pc)),
              not(substitute(program, step.guard, new Map())),
              wanted,
            ]),
          ];
    }),
  );
}
