import { designName } from '../../kernel/language/design';
import { initialState, step } from '../../kernel/machine/machine';
import type { Field } from '../../kernel/compiler/program';
import type { Trace } from '../../scenario/run/trace';
import { taskName } from '../../scenario/run/taskName';
import type { Export } from '../export';
import { formatFieldValue } from '../format';
import { promelaNames } from '../promela/promelaNames';
import { subjectViolation } from '../consequence';
import type { ExportOptions } from '../export';

/** A run as a trace of Quint and Apalache: one state per step (apalache-mc.org, ADR 015). */
export const itfExport: Export = {
  id: 'itf',
  title: 'ITF trace for Quint and Apalache',
  extension: 'itf.json',
  order: 74,
  make: itfText,
};

/** The variable that Quint reads as the action that led to a state. */
const ACTION = 'mbt::actionTaken';

function itfText(trace: Trace, { property }: ExportOptions = {}): string {
  const { program } = trace;
  const names = promelaNames(program);
  const fields = program.fields.filter((f) => !f.constant && f.kind !== 'pc');
  const state = initialState(program);
  const stateRecord = (index: number, action: string, task: string): object => ({
    '#meta': { index },
    ...Object.fromEntries(
      fields.map((f) => [names.field(f.index), fieldValue(trace, f, state[f.index] ?? 0)]),
    ),
    task,
    [ACTION]: action,
  });
  const states = [
    stateRecord(0, 'init', ''),
    ...trace.steps.map(({ step: { name }, task }, index) => {
      step(program, state, task);
      return stateRecord(index + 1, name, taskName(program, task));
    }),
  ];
  const violation = subjectViolation(trace, property);
  const lines = states.map((each) => `    ${JSON.stringify(each)}`).join(',\n');
  const meta = {
    format: 'ITF',
    'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html',
    source: `${designName(program.design, program.options)}: ${trace.scenario.title}`,
    status: violation ? 'violation' : 'ok',
    description: `Simulated by vfio-playground${violation ? `; ${violation.property} is violated at state ${violation.step + 1}` : ''}`,
  };
  const vars = [...fields.map((f) => names.field(f.index)), 'task', ACTION];
  return `{\n  "#meta": ${JSON.stringify(meta)},\n  "vars": ${JSON.stringify(vars)},\n  "states": [\n${lines}\n  ]\n}\n`;
}

/** A value with one type per field: a truth value, a name, or an integer in the form that Quint writes. */
function fieldValue({ program }: Trace, { index, kind }: Field, value: number): unknown {
  switch (kind) {
    case 'bool':
      return value !== 0;
    case 'pointer':
    case 'mutex':
    case 'task':
    case 'enum':
    case 'life':
      return formatFieldValue(program, index, value);
    default:
      return { '#bigint': String(value) };
  }
}
