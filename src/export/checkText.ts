import type { CheckResult, StoppedBy } from '../explore/checkResult';
import { groupThousands } from './format';

const STOP_REASONS: Readonly<Record<StoppedBy, string>> = {
  states: 'the limit of states',
  memory: 'the limit of memory',
  time: 'the limit of time',
  cancel: 'a cancel',
  depth: 'the limit of depth',
};

/** A check for people: the verdict, what is violated and how to see it, what holds, how all can end. */
export function checkText(result: CheckResult, title: string): string {
  const options = Object.entries(result.options)
    .map(([k, v]) => ` ${k}=${v}`)
    .join('');
  const { states, transitions, depth, seconds, engine, reduce } = result;
  const coverage =
    result.stoppedBy === undefined
      ? 'complete'
      : `${result.coverage} by ${STOP_REASONS[result.stoppedBy]}`;
  const lines = [
    `${title}, ${result.design}${options}: ${result.verdict}`,
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
      .filter((p) => p.status === status)
      .map((p) => p.id)
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
  if (result.outcomes.length > 0) lines.push('', 'ways to end, by the number of end states:');
  for (const o of result.outcomes) {
    const files =
      o.files.length === 0 ? '' : `; ${o.files.map((f) => `${f.name} ${f.fops}`).join(', ')}`;
    lines.push(
      `  ${String(o.states).padStart(7)}  ${o.calls.map((c) => `${c.by} ${c.call} ${c.result}`).join(', ')}${files}`,
      `           --schedule ${o.witness.schedule.join(',') || 'sequential'}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function countText(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
