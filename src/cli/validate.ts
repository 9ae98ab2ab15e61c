import { EXPORTS } from '../export/exports';
import { validateTrace, type ValidateResult } from '../explore/validate/validateTrace';
import { MAX_STATES } from '../explore/engines/stateStore';
import { makeScenario } from '../scenario/format/makeScenario';
import { inputErrorText } from '../scenario/format/parseScenario';
import { readKernelTrace } from '../scenario/kernelTrace/readKernelTrace';
import { lossText } from '../scenario/kernelTrace/lostEvents';
import { libraryEntry } from '../scenario/library/library';
import { makeLink } from '../scenario/link/link';
import { linkOfTrace } from '../scenario/link/linkOfTrace';
import { runScenario } from '../scenario/run/runScenario';
import type { Trace } from '../scenario/run/trace';
import { choiceOption, CliInputError, integerOption, optionValue } from './arguments';
import { EXIT_STATUS, type CliArguments, type CliCommand, type Terminal } from './command';
import { fixedOptions } from './designFile';
import { exportOptions, writeExport } from './export';
import { designOptions, errorMessage, readScenarioFile, requireDesign } from './input';
import { colouredText, jsonText } from './output';

export const VALIDATE_COMMAND: CliCommand = {
  id: 'validate',
  usage:
    'validate TRACE [--design ID] [--option k=v] [--world FILE] [--ignore-lock ADDRESS] [--max-states N] [--json] [--export FORMAT [-o OUT] [--full]] [--base URL]',
  about:
    'tells whether a design explains a recorded trace: ftrace text of a kernel (record writes the command), or our own export. Explained: a schedule; else the first event that no schedule explains, and why',
  flags: ['json', 'full'],
  options: [
    'design',
    'option',
    'world',
    'ignore-lock',
    'max-states',
    'export',
    'o',
    'base',
    'theme',
  ],
  fileCount: [1, 1],
  run: validate,
};

function validate(args: CliArguments, terminal: Terminal): number {
  const file = args.files[0] ?? '-';
  let text: string;
  try {
    text = terminal.read(file);
  } catch (error) {
    throw new CliInputError(`${file}: expected a readable trace, got ${errorMessage(error)}`, {
      cause: error,
    });
  }
  const format = args.options.has('export') ? choiceOption(args, 'export', EXPORTS) : undefined;
  const toFile = (optionValue(args, 'o') ?? '-') !== '-';
  if (!format && args.options.has('o'))
    throw new CliInputError('-o: expected --export with it, got it alone');
  const forExport = exportOptions(args);
  const world = optionValue(args, 'world');
  const design = optionValue(args, 'design');
  if (design !== undefined) requireDesign(design);
  const parsed = readKernelTrace(text, {
    design,
    options: { ...fixedOptions(args), ...designOptions(args) },
    world:
      world === undefined
        ? undefined
        : (libraryEntry(world)?.scenario ?? readScenarioFile(world, terminal)).world,
    ignoredLocks: new Set(
      (args.options.get('ignore-lock') ?? []).map((address) => address.replace(/^0x/, '')),
    ),
  });
  if (!parsed.ok)
    throw new CliInputError(
      parsed.errors
        .map((each) => `${file === '-' ? 'standard input' : file}: ${inputErrorText([each])}`)
        .join('\n'),
    );
  const used = requireDesign(parsed.trace.scenario.design);
  const result = validateTrace(parsed.trace, used, integerOption(args, 'max-states', MAX_STATES));
  const outcome = runScenario(result.scenario, { design: used, endsWithSchedule: true });
  if (!outcome.ok)
    throw new Error(`the schedule of the trace cannot run: ${outcome.errors[0]?.message}`);
  if (!format || toFile)
    terminal.out(
      args.flags.has('json')
        ? jsonText({ ...result, scenario: JSON.parse(makeScenario(result.scenario)) as unknown })
        : colouredText(validateText(result, outcome.trace, forExport.base), terminal),
    );
  if (format) writeExport(format, outcome.trace, forExport, args, terminal);
  switch (result.verdict) {
    case 'explained':
      return EXIT_STATUS.fine;
    case 'rejected':
      return EXIT_STATUS.violated;
    case 'incomplete':
      return EXIT_STATUS.stopped;
  }
}

function validateText(result: ValidateResult, trace: Trace, base: string | undefined): string {
  const { verdict, design, events, accepted, schedule, at, possible, why = [], states } = result;
  const options = Object.entries(result.options)
    .map(([k, v]) => ` ${k}=${v}`)
    .join('');
  const lines = [
    `${verdict}: ${accepted} of ${events} events of ${result.scenario.calls.length} calls, ${design}${options}, ${states} states visited`,
    ...result.assumptions.map((text) => `assumed: ${text}`),
    ...(result.complete ? lossText(result.complete).map((text) => `lost: ${text}`) : []),
  ];
  if (at)
    lines.push(
      '',
      `line ${at.line}: ${at.event}`,
      `impossible in each of the ${possible} states that the trace can be in:`,
      ...why.map(({ text }) => `  ${text}`),
    );
  lines.push(
    '',
    at ? 'A schedule of the events before:' : 'A schedule:',
    `  --schedule ${schedule.join(',') || 'sequential'}`,
  );
  if (base !== undefined) lines.push('', `Link: ${base}${makeLink(linkOfTrace(trace))}`);
  return `${lines.join('\n')}\n`;
}
