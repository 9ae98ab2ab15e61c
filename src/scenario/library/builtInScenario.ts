import { requireDesign } from '../../designs/registry';
import { defaultOptions } from '../../kernel/compiler/designModel';
import type { Options } from '../../kernel/language/design';
import { parseScenario, inputErrorText } from '../format/parseScenario';
import type { ParsedScenario } from '../format/parseScenario';
import { portToDesign } from '../format/portToDesign';
import type { Scenario } from '../format/scenario';

/** A built-in scenario and its variants for other designs and options. */
export interface BuiltInScenario {
  readonly id: string;
  readonly title: string;
  /** The designs of `variants`, each once; the design of `scenario` first. */
  readonly designs: readonly string[];
  readonly scenario: Scenario;
  /**
   * The same world and calls per design, and per choice of options that changes what happens. Each has its own schedule,
   * captions and expectation. The first is `scenario`.
   */
  readonly variants: readonly Scenario[];
  /** The variants for one design. Only that design has to be loaded. */
  readonly variantsIn: (design: string) => readonly Scenario[];
}

/** What a built-in scenario is made from; as in the JSON files of this folder. */
export interface BuiltInFile {
  /** A scenario file (formats.md section 1). */
  readonly scenario: object;
  /** The keys in which each variant differs. Options, schedule, beats and expect are not taken over from `scenario`. */
  readonly variants?: readonly object[];
}

/** A built-in scenario that parses each variant at its first use, so that a page need not parse all of them. */
export class BuiltInScenarioFile implements BuiltInScenario {
  readonly title: string;
  readonly designs: readonly string[];
  private readonly variantFiles: readonly object[];
  private readonly parsed = new Map<object, Scenario>();

  constructor(
    readonly id: string,
    { scenario, variants = [] }: BuiltInFile,
  ) {
    this.variantFiles = [
      scenario,
      ...variants.map((variant) => ({
        ...scenario,
        options: undefined,
        schedule: undefined,
        beats: undefined,
        expect: undefined,
        ...variant,
      })),
    ];
    this.title = String((scenario as { readonly title: unknown }).title);
    this.designs = [...new Set(this.variantFiles.map(designOf))];
  }

  get scenario(): Scenario {
    const [file] = this.variantFiles;
    if (!file) throw new Error(`built-in scenario ${this.id} has no file`);
    return this.parse(file);
  }

  get variants(): readonly Scenario[] {
    return this.variantFiles.map((file) => this.parse(file));
  }

  variantsIn(design: string): readonly Scenario[] {
    return this.variantFiles
      .filter((file) => designOf(file) === design)
      .map((file) => this.parse(file));
  }

  /** Throws if the file is not a valid scenario. */
  private parse(file: object): Scenario {
    const known = this.parsed.get(file);
    if (known) return known;
    const result = parseScenario(file);
    if (!result.ok)
      throw new Error(
        `built-in scenario ${this.id} in ${designOf(file)}:\n${inputErrorText(result.errors)}`,
      );
    this.parsed.set(file, result.scenario);
    return result.scenario;
  }
}

const builtInScenarios = new Map<string, BuiltInScenario>();

/** Makes a built-in scenario available by its id. The library registers all of them, an embed only the one it shows. */
export function registerBuiltInScenario(entry: BuiltInScenario): void {
  builtInScenarios.set(entry.id, entry);
}

/** A registered built-in scenario by its id. */
export function builtInScenario(id: string): BuiltInScenario | undefined {
  return builtInScenarios.get(id);
}

function designOf(file: object): string {
  return 'design' in file ? String(file.design) : 'upstream';
}

/**
 * A built-in scenario for a design, with `options` added to those of its first variant there: the variant with exactly these
 * options, else only the world and calls (`portToDesign`). Errors are about options that the design does not have.
 */
export function scenarioVariant(
  entry: BuiltInScenario,
  design: string,
  options: Options,
): ParsedScenario {
  const variants = entry.variantsIn(design);
  const [base] = variants;
  if (!base) return portToDesign(entry.scenario, design, options);
  const defaults = defaultOptions(requireDesign(design));
  const wanted = { ...defaults, ...base.options, ...options };
  const variant = variants.find((v) => sameOptions({ ...defaults, ...v.options }, wanted));
  return variant ? { ok: true, scenario: variant } : portToDesign(base, design, options);
}

/** What opening a built-in scenario shows while this design is on screen: its variant there, else its first. */
export function variantToOpen(entry: BuiltInScenario, design: string): Scenario {
  const variant = entry.designs.includes(design) ? scenarioVariant(entry, design, {}) : undefined;
  return variant?.ok ? variant.scenario : entry.scenario;
}

/** Whether a scenario has the world and the calls of a built-in one. Faults may differ: each names a step of one design. */
export function isVariantOf(
  entry: BuiltInScenario,
  { world, calls }: Pick<Scenario, 'world' | 'calls'>,
): boolean {
  const comparedText = (s: Pick<Scenario, 'world' | 'calls'>): string =>
    JSON.stringify([s.world, s.calls.map((c) => ({ ...c, fault: undefined }))], inKeyOrder);
  return comparedText({ world, calls }) === comparedText(entry.scenario);
}

/** A replacer for `JSON.stringify`: a call from a link has its keys in another order than one from a file. */
function inKeyOrder(_key: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}

function sameOptions(a: Options, b: Options): boolean {
  return (
    Object.keys(a).length === Object.keys(b).length &&
    Object.entries(a).every(([k, value]) => b[k] === value)
  );
}
