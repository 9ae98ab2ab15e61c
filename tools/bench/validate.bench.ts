import { designById } from '../../src/designs/designs';
import { validateTrace } from '../../src/explore/validate/validateTrace';
import { libraryEntry } from '../../src/scenario/library/library';
import { readKernelTrace } from '../../src/scenario/kernelTrace/readKernelTrace';
import { runScenario } from '../../src/scenario/run/runScenario';
import { kernelFtrace } from '../../src/scenario/testing/kernelFtrace';

const LINES = 100_000;

/** A recorded trace among the events of other programs: most lines of a real one are such. */
function longTrace(id: string): string {
  const scenario = libraryEntry(id)?.scenario;
  const outcome = scenario && runScenario(scenario);
  if (!outcome?.ok) throw new Error(`no run of ${id}`);
  const lines = kernelFtrace(outcome.trace, 'report').trimEnd().split('\n');
  const each = Math.ceil(LINES / lines.length);
  return lines
    .flatMap((line) => [
      line,
      ...Array.from({ length: each }, (_, n) => {
        const time = /\d+\.\d{6}/.exec(line)?.[0] ?? '0.000000';
        return `            bash-${9000 + (n % 7)}    [001]  ${time}: sys_${n % 2 === 0 ? 'enter_ioctl:          fd: 0x00000001, cmd: 0x00005401, arg: 0x7ffd1000' : 'exit_ioctl:           0x0'}`;
      }),
    ])
    .join('\n');
}

/** How long `validate` takes for a trace of 100,000 lines, reading included. */
export const bench = {
  title: 'validate, 100,000 lines',
  run() {
    return ['group-first', 'bind-race', 'hot-unplug'].map((id) => {
      const text = longTrace(id);
      const begin = performance.now();
      const parsed = readKernelTrace(text);
      if (!parsed.ok)
        throw new Error(`${id}: ${parsed.errors[0]?.path} ${parsed.errors[0]?.message}`);
      const design = designById(parsed.trace.scenario.design);
      if (!design) throw new Error('no design');
      const { verdict } = validateTrace(parsed.trace, design);
      if (verdict !== 'explained') throw new Error(`${id} is ${verdict}`);
      return { name: id, value: (performance.now() - begin) / 1000, unit: 's' };
    });
  },
};
