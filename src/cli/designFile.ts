import { designById } from '../designs/designs';
import { changeOfText } from '../designs/changedDesign';
import { applyDesignDiff, isDesignDiff } from '../designs/designDiff';
import { overrideDesign } from '../designs/registry';
import { defaultOptions } from '../kernel/compiler/designModel';
import type { Design } from '../kernel/language/design';
import { diagnosticsText } from '../kernel/text/diagnostic';
import { parseDesign } from '../kernel/text/parseDesign';
import { printDesign } from '../kernel/text/printDesign';
import { CliInputError, optionValue } from './arguments';
import type { CliArguments, Terminal } from './command';

/** Whether the value of `--design` names a file: ids have neither dot nor slash. */
function isDesignFile(value: string): boolean {
  return value === '-' || /[./\\]/.test(value);
}

/** The design of a file, a text or a diff to a built-in one. Each problem is `FILE:LINE:COLUMN: …`. */
export function readDesignFile(file: string, terminal: Terminal): Design {
  let text: string;
  try {
    text = terminal.read(file);
  } catch (error) {
    throw new CliInputError(
      `${file}: expected a readable design file, got ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  if (isDesignDiff(text)) {
    const applied = applyDesignDiff(text, (id) => {
      const base = designById(id);
      return base && printDesign(base);
    });
    if (!applied.ok) throw new CliInputError(`${file}: ${applied.message}`);
    text = applied.text;
  }
  const { design, diagnostics } = parseDesign(text);
  if (!design)
    throw new CliInputError(diagnosticsText(file === '-' ? 'standard input' : file, diagnostics));
  const change = changeOfText(design, text);
  return change ? { ...design, modified: [change] } : design;
}

/** Arguments whose `--design` files are replaced by their ids, and how to undo what that registered. */
export interface ResolvedDesigns {
  readonly args: CliArguments;
  /** Whether a file was read. */
  readonly used: boolean;
  readonly restore: () => void;
}

/** Reads the files of `--design` and makes their designs available by id, in the place of built-in ones. */
export function resolveDesignFiles(args: CliArguments, terminal: Terminal): ResolvedDesigns {
  const given = args.options.get('design') ?? [];
  if (!given.some(isDesignFile)) return { args, used: false, restore: () => {} };
  const undo: (() => void)[] = [];
  const ids = given.map((value) => {
    if (!isDesignFile(value)) return value;
    const design = readDesignFile(value, terminal);
    undo.push(overrideDesign(design));
    return design.id;
  });
  return {
    args: { ...args, options: new Map([...args.options, ['design', ids]]) },
    used: true,
    restore: () => undo.toReversed().forEach((each) => each()),
  };
}

/** The options of a design file: its text has one value of each. None for a built-in design. */
export function fixedOptions(args: CliArguments): Readonly<Record<string, string>> {
  const design = designById(optionValue(args, 'design') ?? '');
  return design && design.options.every((o) => o.values.length === 1) ? defaultOptions(design) : {};
}
