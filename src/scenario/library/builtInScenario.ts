import { designById } from '../../designs/registry';
import type { Options } from '../../kernel/language/design';
import { parseScenario, inputErrorText } from '../format/parseScenario';
import type { ParsedScenario } from '../format/parseScenario';
import { portToDesign } from '../format/portToDesign';
import type { Scenario } from '../format/scenario';

/** A built-in scenario, told for every design in which it makes sense. */
export interface BuiltInScenario {
  readonly id: string;
  readonly title: string;
  /** The designs of `tellings`, each once; the file's own first. */
  readonly designs: readonly string[];
  /** As its file tells it, in the file's design. */
  readonly scenario: Scenario;
  /** The same calls per design, and per choice of options where that changes the story: own schedule, beats and expectation. The first is `scenario`. */
  readonly variants: readonly Scenario[];
  /** Those of one design, which alone has to be loaded for them. */
  readonly variantsIn: (design: string) => readonly Scenario[];
}

/** A built-in scenario in its files; each is checked when it is first looked at, for a page shows one scenario in one design. */
export class BuiltInScenarioFiles implements BuiltInScenario {
  readonly title: string;
  readonly designs: readonly string[];
  private readonly files: readonly object[];
  private readonly parsedFiles = new Map<object, Scenario>();

  /** `retellings` are in the file next to it (`*.variants.json`): what differs in other designs. */
  constructor(
    readonly id: string,
    file: object,
    retellings: readonly object[],
  ) {
    // The shared parts stay; what belongs to a design is told anew.
    this.files = [
      file,
      ...retellings.map((r) => ({
        ...file,
        options: undefined,
        schedule: undefined,
        beats: undefined,
        expect: undefined,
        ...r,
      })),
    ];
    this.title = String((file as { readonly title: unknown }).title);
    this.designs = [...new Set(this.files.map(designOf))];
  }

  get scenario(): Scenario {
    const [file] = this.files;
    if (!file) throw new Error(`built-in scenario ${this.id} has no file`);
    return this.parseFile(file);
  }

  get variants(): readonly Scenario[] {
    return this.files.map((file) => this.parseFile(file));
  }

  variantsIn(design: string): readonly Scenario[] {
    return this.files
      .filter((file) => designOf(file) === design)
      .map((file) => this.parseFile(file));
  }

  private parseFile(file: object): Scenario {
    const told = this.parsedFiles.get(file);
    if (told) return told;
    const parsed = parseScenario(file);
    if (!parsed.ok)
      throw new Error(
        `built-in scenario ${this.id} in ${designOf(file)}:\n${inputErrorText(parsed.errors)}`,
      );
    this.parsedFiles.set(file, parsed.scenario);
    return parsed.scenario;
  }
}

const builtInScenarios = new Map<string, BuiltInScenario>();

/** Lets a built-in scenario be found by its id. `library.ts` does so with all of them; a page that shows one does with that one. */
export function registerBuiltInScenario(entry: BuiltInScenario): void {
  builtInScenarios.set(entry.id, entry);
}

/** A loaded built-in scenario by its id. */
export function builtInScenario(id: string): BuiltInScenario | undefined {
  return builtInScenarios.get(id);
}

function designOf(file: object): string {
  return 'design' in file ? String(file.design) : 'upstream';
}

/**
 * A built-in scenario in a design, its options changed by `options`: the telling made for exactly that where there is one,
 * else the calls alone (`redesign`). Errors are about options that the design does not have.
 */
export function scenarioVariant(
  entry: BuiltInScenario,
  design: string,
  options: Options,
): ParsedScenario {
  const [base, ...others] = entry.variantsIn(design);
  if (!base) return portToDesign(entry.scenario, design, options);
  const wanted = withDefaultOptions(design, { ...base.options, ...options });
  const told = [base, ...others].find((t) =>
    sameOptions(withDefaultOptions(design, t.options), wanted),
  );
  return told ? { ok: true, scenario: told } : portToDesign(base, design, options);
}

/** Whether a scenario has the world and the calls of a built-in one; a fault is at a step of one design, so it may differ. */
export function isVariantOf(entry: BuiltInScenario, { world, calls }: Scenario): boolean {
  const shared = (s: Pick<Scenario, 'world' | 'calls'>): string =>
    JSON.stringify([s.world, s.calls.map((c) => ({ ...c, fault: undefined }))]);
  return shared({ world, calls }) === shared(entry.scenario);
}

function withDefaultOptions(design: string, options: Options): Options {
  return {
    ...Object.fromEntries(
      (designById(design)?.options ?? []).map((o) => [o.id, o.values[0] ?? '']),
    ),
    ...options,
  };
}

function sameOptions(a: Options, b: Options): boolean {
  return (
    Object.keys(a).length === Object.keys(b).length &&
    Object.entries(a).every(([k, value]) => b[k] === value)
  );
}
