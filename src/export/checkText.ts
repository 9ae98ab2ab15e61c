import { fileAccessText } from '../designs/catalog';
import type { CheckResult, StoppedBy } from '../explore/checkResult';
import { groupThousands } from './format';

/** What ended a search early, for people. */
export const STOP_REASONS: Readonly<Record<StoppedBy, string>> = {
  states: 'the state limit',
  memory: 'the memory limit',
  time: 'the time limit',
  cancel: 'cancellation',
  depth: 'the depth limit',
  model: 'a limit of the model',
  bitstate: 'bitstate',
  violation: 'the violation',
  'hash-compact': 'hash-compact',
};

/** A check result as text: the verdict, each violation with the schedule that shows it, the properties that hold, the final outcomes. */
export function checkText(result: CheckResult, title: string): string {
  const options = Object.entries(result.options)
    .map(([k, v]) => ` ${k}=${v}`)
    .join('');
  const { states, transitions, depth, seconds, reduce, spin } = result;
  const engine = spin === undefined ? result.engine : `spin ${spin.mode}`;
  const coverage =
    result.stoppedBy === undefined
      ? 'complete'
      : `${result.coverage} by ${STOP_REASONS[result.stoppedBy]}`;
  const lines = [
    `${title}, ${result.design}${result.modified ? ' (modified)' : ''}${options}: ${result.verdict}`,
    `${groupThousands(states)} states, ${groupThousands(transitions)} transitions, depth ${depth}, ${coverage} (${engine}${reduce === undefined ? '' : `, reduced by ${reduce}`}, ${seconds.toFixed(2)} s)`,
  ];
  for (const { id, witness } of result.properties) {
    if (!witness) continue;
    lines.push(
      '',
      `${id} is violated after ${countText(witness.steps, 'step')} and ${countText(witness.switches, 'switch', 'switches')}:`,
      `  ${witness.text}`,
      `  --schedule ${witness.schedule.join(',') || 'sequential'}`,
    );
  }
  const ids = (status: string): string =>
    result.properties
      .filter((property) => property.status === status)
      .map((property) => property.id)
      .join(', ');
  const groups = [
    ['holds', 'holds'],
    ['not violated so far', 'incomplete'],
    ['not applicable', 'not-applicable'],
  ] as const;
  lines.push(
    '',
    ...groups
      .filter(([, status]) => ids(status) !== '')
      .map(([words, status]) => `${words}: ${ids(status)}`),
  );
  if (result.outcomes.length > 0) lines.push('', 'Final outcomes, by number of final states:');
  for (const outcome of result.outcomes) {
    const files =
      outcome.files.length === 0
        ? ''
        : `; ${outcome.files.map((file) => `${file.name} ${fileAccessText(result.design, file.fops)}`).join(', ')}`;
    lines.push(
      `  ${String(outcome.states).padStart(7)}  ${outcome.calls.map((call) => `${call.by} ${call.call} ${call.result}`).join(', ')}${files}`,
      `           --schedule ${outcome.witness.schedule.join(',') || 'sequential'}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function countText(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
