import type { Program, Step } from '../../kernel/compiler/program';
import { formatFieldValue } from '../format';

/** The Promela names of one program's fields and steps. */
export interface PromelaNames {
  /** By field index: `vfio0_open_count`. */
  readonly field: (index: number) => string;
  /** By task and pc; a task's end is `done`: `bind_iommufd_2_BIND_9`. */
  readonly label: (task: number, pc: number) => string;
  /** By task: `qemu_2`. */
  readonly task: (index: number) => string;
  /** A value of a field as text; undefined if its number is meaningful itself. */
  readonly value: (field: number, value: number) => string | undefined;
}

/** Identifiers of Promela, of the C code that SPIN generates, and of this export. */
const RESERVED_WORDS = [
  'active',
  'assert',
  'atomic',
  'before',
  'bit',
  'bool',
  'break',
  'byte',
  'chan',
  'd_step',
  'do',
  'done',
  'else',
  'empty',
  'enabled',
  'eval',
  'false',
  'fi',
  'for',
  'full',
  'goto',
  'held',
  'hidden',
  'if',
  'in',
  'init',
  'inline',
  'int',
  'len',
  'local',
  'lock',
  'ltl',
  'mtype',
  'never',
  'now',
  'od',
  'of',
  'pid',
  'printf',
  'priority',
  'proctype',
  'properties',
  'report_violation',
  'reported',
  'run',
  'select',
  'short',
  'show',
  'skip',
  'timeout',
  'took',
  'trace',
  'true',
  'typedef',
  'unless',
  'unsigned',
  'waits',
  'xr',
  'xs',
];

/** Valid Promela names for the fields, tasks and steps of a program, unique in their scope. */
export function promelaNames(program: Program): PromelaNames {
  const globals = new Set(RESERVED_WORDS);
  const tasks = program.tasks.map((t) => uniqueIdentifier(t.name, globals));
  const fields = program.fields.map((f) => uniqueIdentifier(f.title, globals));
  const labels = program.tasks.map((t) => {
    const own = new Set(RESERVED_WORDS);
    return t.steps.map((s) =>
      uniqueIdentifier(`${program.calls[s.call]?.call.call ?? ''} ${s.call} ${s.id}`, own),
    );
  });
  const resultOf = new Map(program.calls.map((c) => [c.result, c]));
  return {
    field: (index) => fields[index] ?? `field_${index}`,
    label: (task, pc) => labels[task]?.[pc] ?? 'done',
    task: (index) => tasks[index] ?? `task_${index}`,
    value: (field, value) => {
      const call = resultOf.get(field);
      if (call) return value === 0 ? undefined : (call.errnos[value - 1] ?? 'skipped');
      const kind = program.fields[field]?.kind;
      return kind === 'pointer' ||
        kind === 'mutex' ||
        kind === 'enum' ||
        kind === 'life' ||
        kind === 'task'
        ? formatFieldValue(program, field, value)
        : undefined;
    },
  };
}

/** The description of a step in a comment. */
export function stepComment(step: Step): string {
  return `${step.id}: ${step.title}. ${step.routine}, ${step.cite}`;
}

function uniqueIdentifier(text: string, taken: Set<string>): string {
  const plain = text.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_|_$/g, '');
  // A label that begins with `end` would mark a valid end state.
  const base =
    /^[A-Za-z]/.test(plain) && !/^(end|accept|progress)/.test(plain) ? plain : `x_${plain}`;
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
  taken.add(name);
  return name;
}
