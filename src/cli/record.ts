import { compile } from '../kernel/compiler/compile';
import { recordCommand } from '../scenario/kernelTrace/recordCommand';
import { EXIT_STATUS, type CliArguments, type CliCommand, type Terminal } from './command';
import { readScenario, requireDesign } from './input';

export const RECORD_COMMAND: CliCommand = {
  id: 'record',
  usage: 'record FILE [--design ID] [--option k=v]',
  about:
    'prints a shell script that records these calls on a real kernel with trace-cmd, for validate',
  flags: [],
  options: ['design', 'option'],
  fileCount: [1, 1],
  run: record,
};

function record(args: CliArguments, terminal: Terminal): number {
  const { title, design, options, world, calls } = readScenario(args, terminal, {
    ignoreSchedule: true,
  });
  terminal.out(recordCommand(compile(requireDesign(design), options, world, calls), title));
  return EXIT_STATUS.fine;
}
