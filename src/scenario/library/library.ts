import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import {
  BuiltInScenarioFile,
  registerBuiltInScenario,
  type BuiltInFile,
  type BuiltInScenario,
} from './builtInScenario';

/** The groups of the picker, in its order. A library file names its group by id. */
export const LIBRARY_GROUPS = [
  { id: 'first-steps', title: 'First steps' },
  { id: 'races', title: 'Races' },
  { id: 'lifetime', title: 'Lifetime' },
  { id: 'groups', title: 'Groups' },
  { id: 'argument', title: 'The 2021 mail thread' },
] as const;

type LibraryGroup = (typeof LIBRARY_GROUPS)[number]['id'];

/** A scenario of the library with its group in the picker. */
export interface LibraryEntry extends BuiltInScenario {
  readonly group: LibraryGroup;
  /** A number for a teaching scenario, or the name of a race of the RFC (designs/rfc-opened/races.test.ts). */
  readonly source: number | `D1-R${number}` | undefined;
}

/** The content of `<id>.json` in this folder. */
interface LibraryFile extends BuiltInFile {
  readonly group: LibraryGroup;
  /** Position within the group; equal positions sort by id. Gaps leave room for a new file. */
  readonly order: number;
  readonly source?: LibraryEntry['source'];
}

const LIBRARY_FILE_KEYS = ['group', 'order', 'source', 'scenario', 'variants'];

class LibraryFileEntry extends BuiltInScenarioFile implements LibraryEntry {
  readonly group: LibraryGroup;
  readonly source: LibraryEntry['source'];

  constructor(id: string, file: LibraryFile) {
    super(id, file);
    this.group = file.group;
    this.source = file.source;
  }
}

/** Throws if the keys around the scenario are wrong. The scenario itself is checked when it is first used. */
function checkLibraryFile(path: string, file: LibraryFile): void {
  const groups = LIBRARY_GROUPS.map((g) => g.id);
  if (!groups.includes(file.group))
    throw new Error(
      `${path}: group: expected one of ${groups.join(', ')}, got ${JSON.stringify(file.group)}`,
    );
  if (typeof file.order !== 'number')
    throw new Error(`${path}: order: expected a number, got ${JSON.stringify(file.order)}`);
  const unknown = Object.keys(file).find((key) => !LIBRARY_FILE_KEYS.includes(key));
  if (unknown !== undefined)
    throw new Error(`${path}: expected the keys ${LIBRARY_FILE_KEYS.join(', ')}, got "${unknown}"`);
}

// The library has variants for every design.
registerDesigns(DESIGNS);

const files = import.meta.glob<LibraryFile>('./*.json', { eager: true, import: 'default' });

/** The built-in scenarios in the order of the picker. */
export const LIBRARY: readonly LibraryEntry[] = sortedFiles().map(([path, file]) => {
  checkLibraryFile(path, file);
  const entry = new LibraryFileEntry(path.slice('./'.length, -'.json'.length), file);
  registerBuiltInScenario(entry);
  return entry;
});

function sortedFiles(): readonly (readonly [path: string, file: LibraryFile])[] {
  const groups: readonly string[] = LIBRARY_GROUPS.map((g) => g.id);
  return Object.entries(files).sort(
    ([pathA, a], [pathB, b]) =>
      groups.indexOf(a.group) - groups.indexOf(b.group) ||
      a.order - b.order ||
      (pathA < pathB ? -1 : 1),
  );
}

const entriesById = new Map(LIBRARY.map((entry) => [entry.id, entry]));

/** A built-in scenario by its id, which is the name of its file. */
export function libraryEntry(id: string): LibraryEntry | undefined {
  return entriesById.get(id);
}
