import { callErrorText } from '../../kernel/language/errno';
import { fieldsRead, evaluate } from '../../kernel/language/expressions';
import { callResult, callStatus } from '../../kernel/machine/machine';
import type { Program } from '../../kernel/compiler/program';
import { fileFops } from '../../scenario/run/runResult';
import type { CheckOutcome } from '../checkResult';
import { unpackState } from '../engines/packedLayout';
import { makeStateProjection } from './stateProjection';
import type { Search } from './search';

/** An outcome with its first terminal state in breadth-first order. */
export interface FoundOutcome extends Omit<CheckOutcome, 'witness'> {
  readonly state: number;
}

/** The distinct outcomes of the terminal states of a search, most frequent first. */
export function findOutcomes(search: Search): FoundOutcome[] {
  const { model, layout, engine } = search;
  const { program } = model;
  const projection = makeStateProjection(layout, outcomeFields(search));
  const { records, stride } = engine.store();
  const classes: { state: number; states: number }[] = [];
  for (const state of search.terminalStates) {
    const number = projection.numberOf(records, state * stride);
    const known = classes[number];
    if (known) known.states++;
    else classes.push({ state, states: 1 });
  }
  const unpacked = new Int32Array(program.fields.length + program.tasks.length);
  const outcomes = new Map<string, FoundOutcome>();
  for (const { state, states } of classes) {
    unpackState(model, layout, records, state * stride, unpacked);
    const shown = describeTerminalState(program, unpacked);
    const key = JSON.stringify(shown);
    const known = outcomes.get(key);
    outcomes.set(
      key,
      known ? { ...known, states: known.states + states } : { ...shown, states, state },
    );
  }
  return [...outcomes.values()].sort((a, b) => b.states - a.states || a.state - b.state);
}

/** What an outcome shows of a terminal state. */
function describeTerminalState(
  program: Program,
  state: Int32Array,
): Pick<CheckOutcome, 'calls' | 'files'> {
  return {
    calls: program.calls.map(({ index, call: { by, call, as } }) => {
      const status = callStatus(program, state, index);
      const errno = callResult(program, state, index);
      const result =
        status === 'skipped'
          ? 'skipped'
          : status !== 'done'
            ? 'blocked'
            : errno === 0
              ? 'ok'
              : callErrorText(errno);
      return { by, call, ...(as === undefined ? {} : { as }), result };
    }),
    files: program.files
      .filter(
        (f) =>
          f.normalAccess &&
          evaluate(
            {
              op: 'eq',
              a: { op: 'field', field: program.objects[f.object]!.lifetime! },
              b: { op: 'const', value: 1 },
            },
            state,
          ) !== 0,
      )
      .map((f) => ({
        name: f.name,
        by: f.by,
        ...(f.device === undefined ? {} : { device: f.device }),
        fops: fileFops(program, state, f),
      })),
  };
}

/** An outcome as one line of text. */
export function outcomeText(outcome: Pick<CheckOutcome, 'calls'>): string {
  return outcome.calls.map((c) => `${c.by} ${c.call} ${c.result}`).join(', ');
}

function outcomeFields({ model }: Search): number[] {
  const { program } = model;
  const fields = [...model.pcs, ...program.calls.map((c) => c.result)];
  for (const f of program.files) {
    if (!f.normalAccess) continue;
    fieldsRead(f.normalAccess, (field) => fields.push(field));
    const object = program.objects[f.object]!;
    if (object.lifetime !== undefined) fields.push(object.lifetime);
    const fops = object.fields['f_op'];
    if (fops !== undefined) fields.push(fops);
  }
  return fields;
}
