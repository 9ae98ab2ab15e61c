import { all, any, binary, constant, field } from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { Program } from '../compiler/program';
import type { Property } from './property';

/** A task outside a call holds no lock. */
export const noLockAtUser: Property = {
  id: 'no-lock-at-user',
  order: 11,
  label: 'I10',
  cite: 'docs/kernel-facts.md, I10',
  title: 'No lock held in user space',
  statement: 'A task in user space, between its calls or after the last, holds no lock.',
  consequence:
    'A task has returned to user space with a lock held, and the next task that takes it blocks forever.',
  appliesTo: (p) => p.fields.some((f) => f.kind === 'mutex'),
  detectedIn: 'state',
  checks: (p) =>
    p.fields
      .filter((f) => f.kind === 'mutex' && !f.constant)
      .flatMap((f) =>
        p.tasks.map((t) => ({
          property: 'no-lock-at-user' as const,
          violatedWhen: all([
            binary('eq', field(f.index), constant(t.index + 1)),
            outsideCalls(p, t.index),
          ]),
          text: `${t.name} is back in user space and still holds ${f.title}`,
          object: f.object,
        })),
      ),
};

function outsideCalls(p: Program, task: number): Expr {
  const t = p.tasks[task]!;
  const ends = [
    ...new Set(p.calls.filter((c) => c.task === task).flatMap((c) => [c.start, c.end])),
  ];
  return any(ends.map((pc) => binary('eq', field(t.pc), constant(pc))));
}
