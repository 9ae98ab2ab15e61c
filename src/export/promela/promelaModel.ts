import { constant } from '../../kernel/language/expressions';
import type { Expr } from '../../kernel/language/expressions';
import type { Program, Task } from '../../kernel/compiler/program';
import { PROPERTIES, propertyById, stateChecks } from '../../kernel/properties/properties';
import type { StateCheck } from '../../kernel/properties/property';
import { PROPERTY_IDS } from '../../kernel/properties/properties';
import type { PropertyId } from '../../kernel/language/propertyId';
import { eachStatement } from '../../kernel/language/statements';
import type { Statement } from '../../kernel/language/statements';
import { makeModel } from '../../explore/engines/model';
import { violationStatement, promelaIdentifier } from './promelaContext';
import type { PromelaContext } from './promelaContext';
import { deadlockOption, canDeadlock } from './deadlockCheck';
import {
  lockOrderDeclarations,
  lockOrderStatements,
  canStateLockOrder,
  tasksByLock,
} from './lockOrderCheck';
import { promelaNames, stepComment } from './promelaNames';
import { stepOutcomes, substitute } from './stepOutcomes';
import { promelaExpression } from './promelaExpression';
import { toAscii, wrapText } from '../format';

/** Properties that are laws on the graph of all runs, which the model does not state. */
const UNSTATED_PROPERTIES: readonly PropertyId[] = ['unregister-live', 'clean-unwind'];

/** The properties that the SPIN model of a program states. */
export function statedProperties(program: Program): readonly PropertyId[] {
  const ordered = canStateLockOrder([...tasksByLock(program).keys()]);
  return PROPERTY_IDS.filter(
    (id) => !UNSTATED_PROPERTIES.includes(id) && (id !== 'lock-order' || ordered),
  );
}

/** A program as a stand-alone SPIN model whose reachable states are exactly those of the program. `about` goes into its first comment. */
export function promelaModel(program: Program, about = ''): string {
  const { constants: fixed } = makeModel(program, []);
  const takers = tasksByLock(program);
  const context: PromelaContext = {
    program,
    names: promelaNames(program),
    tasksByLock: takers,
    locks: [...takers.keys()].sort((a, b) => a - b),
    hidden: new Set(
      program.fields.filter((f) => fixed.has(f.index) && !f.constant).map((f) => f.index),
    ),
  };
  const checks = stateChecks(program);
  const parts = [
    header(context, about),
    preamble(context, checks),
    variableDeclarations(context),
    lockOrderDeclarations(context),
    ...program.tasks.map((t) => proctype(context, t)),
    propertyMonitor(context, checks),
  ];
  return `${parts.filter((p) => p !== '').join('\n\n')}\n`;
}

function header({ program, locks }: PromelaContext, about: string): string {
  const missing = [
    ...UNSTATED_PROPERTIES,
    ...(locks.length < 2 || canStateLockOrder(locks) ? [] : ['lock-order' as const]),
  ].filter((id) => propertyById(id).appliesTo(program));
  return promelaComment([
    `${program.design.id}, revision ${program.design.revision}: ${program.design.title}. A SPIN model made by vfio-playground.`,
    ...about.trim().split('\n'),
    'One d_step is one step of the playground: the atomic actions, the states and their number are the same. A process stands at the label of its next step; its pc repeats that for the properties. Hidden variables have their start value whenever a step ends, so they are no part of a state.',
    'First broken property, and the steps that lead to it:',
    '  spin -a FILE && gcc -O2 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan && spin -t FILE',
    'Every broken property by its name, over all states (SPIN counts one transition more than there are for the initial state, and one where no task can move):',
    '  spin -a -DALL FILE && gcc -O2 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -c0',
    'More than one machine holds: add -DBITSTATE, -DCOLLAPSE or -DNCORE=N to gcc, or run swarm.',
    ...(missing.length > 0
      ? [`Not stated here, as they are laws on the graph of all runs: ${missing.join(', ')}.`]
      : []),
  ]);
}

function preamble(context: PromelaContext, checks: readonly StateCheck[]): string {
  const { program } = context;
  const told = PROPERTY_IDS.filter(
    (id) =>
      !UNSTATED_PROPERTIES.includes(id) &&
      (propertyById(id).appliesTo(program) ||
        checks.some((c) => c.property === id) ||
        hasViolateStatement(program, id)),
  );
  return [
    '#ifdef ALL',
    '/* Tells of each once. A c_expr may not call a function, but a name can; it is never true, so that looking at a state adds no transition. */',
    'c_decl {',
    '  static unsigned told;',
    '  static int tell(int n, const char *name) { if (!(told & (1u << n))) { told |= 1u << n; printf("broken: %s\\n", name); } return 0; }',
    ...told.map(
      (id) => `\\#define told_${promelaIdentifier(id)} tell(${PROPERTY_IDS.indexOf(id)}, "${id}")`,
    ),
    '}',
    '#define BROKEN(name) c_code { told_##name; }',
    '#define WATCHED(name) c_expr { told_##name }',
    '#else',
    '#define BROKEN(name) name##_is_broken = 1; assert(!name##_is_broken)',
    '#define WATCHED(name) true',
    '#endif',
    ...(canDeadlock(context)
      ? [
          `hidden byte waits[${program.tasks.length + 1}]; /* for whom a task waits; task 0 is none */`,
        ]
      : []),
    ...told.map(
      (id) =>
        `hidden byte ${promelaIdentifier(id)}_is_broken; /* ${toAscii(propertyById(id).statement)} */`,
    ),
  ].join('\n');
}

function hasViolateStatement(program: Program, id: PropertyId): boolean {
  let found = false;
  for (const t of program.tasks)
    for (const s of t.steps)
      eachStatement(s.body, (st) => {
        found ||= st.op === 'violate' && st.property === id;
      });
  return found;
}

function variableDeclarations({ program, names, hidden }: PromelaContext): string {
  const most = maxValues(program);
  const lines: string[] = [];
  let owner = -2;
  for (const f of program.fields) {
    if (f.constant && f.kind !== 'pc') continue;
    if (f.object !== owner) {
      owner = f.object;
      const object = program.objects[f.object];
      lines.push(
        '',
        `/* ${toAscii(object ? `struct ${object.type} ${object.name}: ${object.spec.about}` : 'where the tasks stand, and what their calls returned')} */`,
      );
    }
    lines.push(
      `${declaration(f.lo, most[f.index] ?? f.hi, hidden.has(f.index), names.field(f.index))} = ${f.init};`,
    );
  }
  return lines.join('\n').trim();
}

/** By field: the largest value that it can have, or that a step which never runs would give it. */
function maxValues(program: Program): number[] {
  const most = program.fields.map((f) => f.hi);
  for (const task of program.tasks) {
    for (const step of task.steps)
      eachStatement(step.body, (s) => {
        if (s.op === 'set' && s.value.op === 'const')
          most[s.field] = Math.max(most[s.field] ?? 0, s.value.value);
      });
  }
  return most;
}

/** SPIN takes no bit fields below zero and none that are hidden. */
function declaration(lo: number, hi: number, hidden: boolean, name: string): string {
  if (lo < 0 || (hidden && hi > 255))
    return `${hidden ? 'hidden ' : ''}${lo < -32_768 || hi > 32_767 ? 'int' : 'short'} ${name}`;
  return hidden ? `hidden byte ${name}` : `unsigned ${name} : ${Math.max(1, 32 - Math.clz32(hi))}`;
}

function proctype(context: PromelaContext, task: Task): string {
  const { program, names } = context;
  const lines = [`active proctype ${names.task(task.index)}() {`];
  let call = -1;
  for (const step of task.steps) {
    if (step.call !== call) {
      call = step.call;
      const { by, call: name, ...args } = program.calls[call]?.call ?? { by: '', call: '' };
      lines.push(
        '',
        promelaComment([
          `${by}: ${name} ${Object.entries(args)
            .map(([k, v]) => `${k}=${v}`)
            .join(' ')}`,
        ]),
      );
    }
    const guard = substitute(program, step.guard, new Map());
    const label = names.label(task.index, step.pc);
    lines.push(
      promelaComment([stepComment(step)]),
      step.guard.op === 'const' ? `${label}:` : `end_${label}: ${label}:`,
      '  if',
    );
    for (const outcome of stepOutcomes(program, step.body, step.pc + 1)) {
      const target = names.label(task.index, outcome.target);
      const pc: Statement = { op: 'set', field: task.pc, value: constant(outcome.target) };
      const first = conjunction(guard, outcome.when);
      lines.push(
        `  :: d_step { ${promelaExpression(context, first)} ->`,
        `      printf("${toAscii(`${task.name} ${step.id}`)}\\n");`,
        ...statementLines(
          context,
          task.index,
          [...outcome.body, ...(program.fields[task.pc]?.constant ? [] : [pc])],
          '      ',
        ),
        `     } goto ${target}`,
      );
    }
    lines.push('  fi;');
  }
  lines.push('end_done: done: false', '}');
  return lines.join('\n');
}

function conjunction(a: Expr, b: Expr): Expr {
  if (a.op === 'const') return a.value === 0 ? a : b;
  return b.op === 'const' && b.value !== 0 ? a : { op: 'and', a, b };
}

function statementLines(
  context: PromelaContext,
  task: number,
  body: readonly Statement[],
  indent: string,
): string[] {
  const { program, names } = context;
  return body.flatMap((s): string[] => {
    switch (s.op) {
      case 'set': {
        const value = substitute(program, s.value, new Map());
        const meaning = value.op === 'const' ? names.value(s.field, value.value) : undefined;
        return [
          `${indent}${names.field(s.field)} = ${promelaExpression(context, value)};${meaning === undefined ? '' : ` /* ${toAscii(meaning)} */`}`,
        ];
      }
      case 'violate':
        return UNSTATED_PROPERTIES.includes(s.property)
          ? []
          : [`${indent}${violationStatement(s.property)};`];
      case 'emit': {
        const note = program.eventTemplates[s.event];
        return note?.kind === 'lock' ? lockOrderStatements(context, task, note.field, indent) : [];
      }
      case 'jump':
        throw new Error('a jump inside an outcome');
      case 'if': {
        const cond = substitute(program, s.cond, new Map());
        const then = statementLines(context, task, s.then, `${indent}      `);
        const otherwise = statementLines(context, task, s.otherwise, `${indent}      `);
        if (then.length + otherwise.length === 0) return [];
        if (cond.op === 'const')
          return statementLines(context, task, cond.value === 0 ? s.otherwise : s.then, indent);
        return [
          `${indent}if`,
          `${indent}:: ${promelaExpression(context, cond)} ->`,
          ...(then.length === 0 ? [`${indent}      skip`] : then),
          `${indent}:: else ->`,
          ...(otherwise.length === 0 ? [`${indent}      skip`] : otherwise),
          `${indent}fi;`,
        ];
      }
    }
  });
}

/** Looks at every state; it goes back to where it was, so it adds none. */
function propertyMonitor(context: PromelaContext, checks: readonly StateCheck[]): string {
  const options = PROPERTIES.flatMap(({ id }): string[] => {
    const own = checks
      .filter((c) => c.property === id)
      .map((c) => ({ text: c.text, bad: substitute(context.program, c.violatedWhen, new Map()) }))
      .filter((c) => c.bad.op !== 'const' || c.bad.value !== 0);
    if (own.length === 0) return [];
    const bad = own
      .map((c) => `${promelaComment([c.text])}\n      ${promelaExpression(context, c.bad)}`)
      .join(' ||\n      ');
    return [
      `  :: d_step { (\n      ${bad}) && WATCHED(${promelaIdentifier(id)}) ->\n      ${violationStatement(id)} }`,
    ];
  });
  const all = [...options, ...(canDeadlock(context) ? [deadlockOption(context)] : [])];
  if (all.length === 0) return '';
  return ['active proctype properties() {', 'end_watch:', '  do', ...all, '  od', '}'].join('\n');
}

function promelaComment(lines: readonly string[]): string {
  const text = lines.flatMap((line) =>
    wrapText(toAscii(line).replaceAll('*/', '* /').replaceAll('/*', '/ *'), 150, 2),
  );
  return text.length === 1
    ? `/* ${text[0]} */`
    : `/*\n${text.map((t) => ` * ${t}`.trimEnd()).join('\n')}\n */`;
}
