import { interleavingText } from '../export/formats/interleaving';
import { MUTATION_KINDS } from '../kernel/language/mutation';
import { makeRunResult } from '../scenario/run/runResult';
import { verifyRun } from '../scenario/run/verifyRun';
import { CliInputError } from './arguments';
import { EXIT_STATUS, type CliCommand, type Terminal, type CliArguments } from './command';
import { MUTATION_USAGE, readScenario, runToTrace } from './input';
import { colouredText, endWithNewline, jsonText } from './output';

export const RUN_COMMAND: CliCommand = {
  id: 'run',
  usage: `run FILE [--json] [--full] [--design ID] [--option k=v] [--schedule sequential|random:SEED|qemu*3,dpdk] [--verify] ${MUTATION_USAGE}`,
  about: 'runs a scenario, prints the interleaving as text or a JSON result',
  flags: ['json', 'full', 'verify'],
  options: ['design', 'option', 'schedule', ...MUTATION_KINDS],
  fileCount: [1, 1],
  run,
};

function run(args: CliArguments, terminal: Terminal): number {
  const scenario = readScenario(args, terminal);
  const verify = args.flags.has('verify');
  if (verify && !scenario.expect)
    throw new CliInputError(
      '--verify: expected "expect" in the scenario, got none for this design and these options',
    );
  const trace = runToTrace(scenario, args, terminal);
  const result = makeRunResult(trace);
  terminal.out(
    args.flags.has('json')
      ? jsonText(result)
      : colouredText(
          endWithNewline(interleavingText(trace, { full: args.flags.has('full') })),
          terminal,
        ),
  );
  if (!verify || !scenario.expect)
    return result.violations.length === 0 ? EXIT_STATUS.fine : EXIT_STATUS.violated;
  const differences = verifyRun(result, scenario.expect);
  for (const difference of differences) terminal.err(`${difference}\n`);
  return differences.length === 0 ? EXIT_STATUS.fine : EXIT_STATUS.violated;
}
