import { fieldText, counterHolders } from '../machine/describeEvent';
import {
  all,
  any,
  binary,
  conditional,
  constant,
  field,
  fieldsRead,
  not,
} from '../language/expressions';
import type { Expr } from '../language/expressions';
import type { ResolvedCounter, Program, ProgramCall, Step } from '../compiler/program';
import { eachStatement } from '../language/statements';
import type { Property, StateCheck } from './property';

/** Counters equal their holders while no call changes them; the machine checks their range at each step. */
export const counters: Property = {
  id: 'counters',
  order: 7,
  label: 'I6',
  cite: 'docs/kernel-facts.md, I6',
  title: 'Counters match their holders',
  statement:
    'No counter drops below zero, and a counter equals the number of its holders whenever no call that changes it is running.',
  consequence:
    'A counter no longer matches its holders: what it protects is released too early or never.',
  appliesTo: (p) => p.counters.length > 0,
  detectedIn: 'state',
  checks: (p) => {
    const writers = p.calls.map((call) => fieldsWrittenBy(p, call));
    return p.counters
      .filter((c) => !p.fields[c.field]!.constant || readsChangingField(p, holderSum(c)))
      .map((c) => counterCheck(p, c, writers));
  },
};

/** The sum of what the holders add. */
export function holderSum(c: ResolvedCounter): Expr {
  return c.holders.reduce<Expr>(
    (rest, h) => binary('add', rest, conditional(h.when, constant(h.weight), constant(0))),
    constant(0),
  );
}

/** A counter that no step changes must still be right if its holders come and go. */
function readsChangingField(p: Program, e: Expr): boolean {
  let found = false;
  fieldsRead(e, (index) => {
    found ||= !p.fields[index]!.constant;
  });
  return found;
}

function counterCheck(
  p: Program,
  c: ResolvedCounter,
  writers: readonly ReadonlySet<number>[],
): StateCheck {
  const sum = holderSum(c);
  const f = p.fields[c.field]!;
  return {
    property: 'counters',
    violatedWhen: all([
      not(writeInProgress(p, c.field, writers)),
      binary('ne', field(c.field), sum),
    ]),
    text: `${f.title} differs from the number of its holders`,
    describe: (state) => {
      const held = counterHolders(p, state, c.field).map(
        (h) => `${h.name} (${h.label})${h.weight === 1 ? '' : ` for ${h.weight}`}`,
      );
      return `${f.title} is ${fieldText(p, state, c.field)}, but ${held.length === 0 ? 'nothing holds it' : `it is held by ${held.join(', ')}`}`;
    },
    object: f.object,
  };
}

/** The fields that a call can write. */
export function fieldsWrittenBy(p: Program, call: ProgramCall): ReadonlySet<number> {
  const fields = new Set<number>();
  for (let pc = call.start; pc < call.end; pc++)
    for (const written of fieldsWrittenByStep(p.tasks[call.task]!.steps[pc]!)) fields.add(written);
  return fields;
}

const fieldsOfSteps = new WeakMap<Step, ReadonlySet<number>>();

/** Kept: the next version of a program has most of its steps. */
function fieldsWrittenByStep(step: Step): ReadonlySet<number> {
  const known = fieldsOfSteps.get(step);
  if (known) return known;
  const fields = new Set<number>();
  eachStatement(step.body, (s) => {
    if (s.op === 'set') fields.add(s.field);
  });
  fieldsOfSteps.set(step, fields);
  return fields;
}

/** True while a call that writes the field is running. */
export function writeInProgress(
  p: Program,
  index: number,
  writers: readonly ReadonlySet<number>[],
): Expr {
  return any(
    p.calls
      .filter((call) => writers[call.index]!.has(index))
      .map((call) => {
        const pc = field(p.tasks[call.task]!.pc);
        return all([binary('lt', constant(call.start), pc), binary('lt', pc, constant(call.end))]);
      }),
  );
}
