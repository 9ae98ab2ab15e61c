import { all, any, binary, conditional, constant, field, not, TRUE } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { Statement } from '../language/statements';
import type { Program, Step } from '../compiler/program';
import type { Property } from './property';

/** No WARN_ON of the kernel fires. */
export const warnings: Property = {
  id: 'warnings',
  order: 17,
  label: 'WARN',
  cite: 'docs/kernel-facts.md, WARN',
  title: 'No kernel warning',
  statement:
    'No WARN_ON fires: it states what the authors of the code hold to be impossible in every interleaving.',
  consequence: 'The kernel prints a warning with a backtrace, and panics if panic_on_warn is set.',
  appliesTo: (p) => p.eventTemplates.some((template) => template.kind === 'warn'),
  detectedIn: 'state',
  checks: (p) =>
    p.tasks.flatMap((task) =>
      task.steps.flatMap((step) =>
        warningsOf(p, step).map(({ when, reason }) => ({
          property: 'warnings' as const,
          violatedWhen: all([binary('eq', field(task.pc), constant(step.pc)), step.guard, when]),
          text: `the next step of ${task.name}, ${step.name}, fires a WARN_ON: ${reason}`,
          object: undefined,
        })),
      ),
    ),
};

interface Warning {
  /** Over the state before the step. */
  readonly when: Expr;
  readonly reason: string;
}

/** The values of the fields that the step has set so far, over the state before it. */
type Values = ReadonlyMap<number, Expr>;

const knownWarnings = new WeakMap<Step, readonly Warning[]>();

/** The warnings that a step can fire. The next version of a program has most of its steps, with the same events. */
function warningsOf(p: Program, step: Step): readonly Warning[] {
  const known = knownWarnings.get(step) ?? findWarnings(p, step.body);
  knownWarnings.set(step, known);
  return known;
}

function findWarnings(p: Program, body: readonly Statement[]): readonly Warning[] {
  const found: Warning[] = [];
  /** Returns the values after the statements, and when they end the step with a jump. */
  const run = (
    statements: readonly Statement[],
    before: Values,
    reached: Expr,
  ): { values: Values; jumps: Expr } => {
    const values = new Map(before);
    let jumps: Expr = constant(0);
    for (const s of statements) {
      const here = all([reached, not(jumps)]);
      if (s.op === 'jump') return { values, jumps: TRUE };
      if (s.op === 'set') values.set(s.field, inState(s.value, values));
      else if (s.op === 'emit') {
        const template = p.eventTemplates[s.event];
        if (template?.kind === 'warn') found.push({ when: here, reason: template.reason });
      } else if (s.op === 'if') {
        const cond = inState(s.cond, values);
        const then = run(s.then, values, all([here, cond]));
        const otherwise = run(s.otherwise, values, all([here, not(cond)]));
        for (const f of new Set([...then.values.keys(), ...otherwise.values.keys()])) {
          const [a, b] = [then.values.get(f) ?? field(f), otherwise.values.get(f) ?? field(f)];
          values.set(f, a === b ? a : conditional(cond, a, b));
        }
        jumps = any([jumps, all([cond, then.jumps]), all([not(cond), otherwise.jumps])]);
      }
    }
    return { values, jumps };
  };
  if (hasWarning(p, body)) run(body, new Map(), TRUE);
  return found;
}

function hasWarning(p: Program, body: readonly Statement[]): boolean {
  return body.some((s) =>
    s.op === 'if'
      ? hasWarning(p, s.then) || hasWarning(p, s.otherwise)
      : s.op === 'emit' && p.eventTemplates[s.event]?.kind === 'warn',
  );
}

/** An expression with the fields that were set replaced by their values. */
function inState(e: Expr, values: Values): Expr {
  switch (e.op) {
    case 'const':
      return e;
    case 'field':
      return values.get(e.field) ?? e;
    case 'not':
      return not(inState(e.a, values));
    case 'select':
      return conditional(inState(e.cond, values), inState(e.a, values), inState(e.b, values));
    default:
      return binary(e.op, inState(e.a, values), inState(e.b, values));
  }
}
