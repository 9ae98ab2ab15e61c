import { designById } from '../designs/index';
import { parseScenario, errorText } from './parse';
import type { Scenario } from './scenario';
import bindRace from './library/bind-race.scenario.json';
import cdevFirst from './library/cdev-first.scenario.json';
import cdevPath from './library/cdev-path.scenario.json';
import destroyInUse from './library/destroy-in-use.scenario.json';
import doubleBind from './library/double-bind.scenario.json';
import groupFirst from './library/group-first.scenario.json';
import groupPath from './library/group-path.scenario.json';
import hotUnplug from './library/hot-unplug.scenario.json';
import iommufdClosedEarly from './library/iommufd-closed-early.scenario.json';
import sharedGroup from './library/shared-group.scenario.json';

/** The groups of the picker, in its order. */
export const LIBRARY_GROUPS = [
  { id: 'first-steps', title: 'First steps' },
  { id: 'races', title: 'Races' },
  { id: 'lifetime', title: 'Lifetime' },
  { id: 'groups', title: 'Groups' },
  { id: 'argument', title: "The mail thread's argument" },
] as const;

export type LibraryGroup = (typeof LIBRARY_GROUPS)[number]['id'];

/** A built-in scenario. */
export interface LibraryEntry {
  readonly id: string;
  readonly group: LibraryGroup;
  /** Number in domain.md section 9. */
  readonly source: number;
  /** Designs in which it makes sense; its `expect` is for the first, which is the file's own. */
  readonly designs: readonly string[];
  readonly scenario: Scenario;
}

const entries = new Map<string, LibraryEntry>();

function add(id: string, group: LibraryGroup, source: number, designs: readonly string[], file: unknown): void {
  const design = designs.find(each => designById(each) !== undefined);
  if (design === undefined) return;
  const parsed = parseScenario(design === designs[0] ? file : retold(file, design));
  if (!parsed.ok) throw new Error(`built-in scenario ${id}:\n${errorText(parsed.errors)}`);
  if (entries.has(id)) throw new Error(`two built-in scenarios are called ${id}`);
  if (design === designs[0] && designs[0] !== parsed.scenario.design) throw new Error(`built-in scenario ${id} is written for ${parsed.scenario.design}, which must come first in its list`);
  entries.set(id, { id, group, source, designs, scenario: parsed.scenario });
}

/** The same calls under another design, while the file's own is not built: its beats, schedule and results do not carry over. */
function retold(file: unknown, design: string): unknown {
  return { ...(file as object), design, options: undefined, schedule: undefined, beats: undefined, expect: undefined };
}

const CDEV_GATED = ['upstream', 'parked-shim', 'parked-split'];
const ALL = [...CDEV_GATED, 'rfc-opened'];

add('cdev-path', 'first-steps', 1, ALL, cdevPath);
add('group-path', 'first-steps', 2, ALL, groupPath);
add('cdev-first', 'first-steps', 5, ALL, cdevFirst);
add('group-first', 'first-steps', 6, ALL, groupFirst);
add('bind-race', 'races', 3, ALL, bindRace);
add('double-bind', 'races', 4, ALL, doubleBind);
add('hot-unplug', 'lifetime', 11, ALL, hotUnplug);
add('iommufd-closed-early', 'lifetime', 17, CDEV_GATED, iommufdClosedEarly);
add('destroy-in-use', 'lifetime', 18, CDEV_GATED, destroyInUse);
add('shared-group', 'groups', 10, CDEV_GATED, sharedGroup);

/** The built-in scenarios, in the order of the picker. */
export const LIBRARY: readonly LibraryEntry[] = LIBRARY_GROUPS.flatMap(g => [...entries.values()].filter(e => e.group === g.id));

/** A built-in scenario by its id. */
export function libraryEntry(id: string): LibraryEntry | undefined {
  return entries.get(id);
}
