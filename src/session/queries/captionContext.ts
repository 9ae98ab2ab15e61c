import type { Program } from '../../kernel/compiler/program';
import { callResult, callStatus } from '../../kernel/machine/machine';
import { callExpression } from '../../scenario/format/callText';

/** What a caption can speak of beside its own step: the calls that have begun, what they have returned, and who holds which mutex. */
export function captionContext(program: Program, state: Int32Array): string {
  const calls = program.calls.flatMap(({ call, index }) => {
    const status = callStatus(program, state, index);
    const result = status === 'done' ? callResult(program, state, index) : status;
    return status === 'waiting' ? [] : [`${call.by} ${callExpression(call)}: ${result}`];
  });
  const locks = program.fields.flatMap(({ kind, index, title }) => {
    const owner = kind === 'mutex' ? program.tasks[(state[index] ?? 0) - 1] : undefined;
    return owner ? [`${title}: ${owner.name}`] : [];
  });
  return [...calls, ...locks].join('\n');
}
