import { designById } from '../designs/index';
import type { Options } from '../kernel/design';
import { parseScenario, errorText } from './parse';
import type { Parsed } from './parse';
import { redesign } from './redesign';
import type { Scenario } from './scenario';
import bindErrorPath from './library/bind-error-path.scenario.json';
import bindErrorPathRetold from './library/bind-error-path.retold.json';
import bindRace from './library/bind-race.scenario.json';
import bindRaceRetold from './library/bind-race.retold.json';
import cdevFirst from './library/cdev-first.scenario.json';
import cdevFirstRetold from './library/cdev-first.retold.json';
import cdevPath from './library/cdev-path.scenario.json';
import cdevPathRetold from './library/cdev-path.retold.json';
import containerClosedFirst from './library/container-closed-first.scenario.json';
import containerClosedFirstRetold from './library/container-closed-first.retold.json';
import containerDropped from './library/container-dropped.scenario.json';
import containerDroppedRetold from './library/container-dropped.retold.json';
import containerListCorruption from './library/container-list-corruption.scenario.json';
import containerListCorruptionRetold from './library/container-list-corruption.retold.json';
import destroyInUse from './library/destroy-in-use.scenario.json';
import destroyInUseRetold from './library/destroy-in-use.retold.json';
import devsetShared from './library/devset-shared.scenario.json';
import devsetSharedRetold from './library/devset-shared.retold.json';
import devsetSplit from './library/devset-split.scenario.json';
import devsetSplitRetold from './library/devset-split.retold.json';
import doubleBind from './library/double-bind.scenario.json';
import doubleBindRetold from './library/double-bind.retold.json';
import fdPassing from './library/fd-passing.scenario.json';
import fdPassingRetold from './library/fd-passing.retold.json';
import groupClosedFirst from './library/group-closed-first.scenario.json';
import groupClosedFirstRetold from './library/group-closed-first.retold.json';
import groupFileNotPinned from './library/group-file-not-pinned.scenario.json';
import groupFileNotPinnedRetold from './library/group-file-not-pinned.retold.json';
import groupFirst from './library/group-first.scenario.json';
import groupFirstRetold from './library/group-first.retold.json';
import groupPath from './library/group-path.scenario.json';
import groupPathRetold from './library/group-path.retold.json';
import hotUnplug from './library/hot-unplug.scenario.json';
import hotUnplugRetold from './library/hot-unplug.retold.json';
import iommufdClosedEarly from './library/iommufd-closed-early.scenario.json';
import iommufdClosedEarlyRetold from './library/iommufd-closed-early.retold.json';
import kvmFailedBind from './library/kvm-failed-bind.scenario.json';
import lateClose from './library/late-close.scenario.json';
import lateCloseRetold from './library/late-close.retold.json';
import mailAnswer from './library/mail-answer.scenario.json';
import mailQuestion from './library/mail-question.scenario.json';
import mailQuestionRetold from './library/mail-question.retold.json';
import mailResolution from './library/mail-resolution.scenario.json';
import mailResolutionRetold from './library/mail-resolution.retold.json';
import nameCollisions from './library/name-collisions.scenario.json';
import nameCollisionsRetold from './library/name-collisions.retold.json';
import openBeforeBind from './library/open-before-bind.scenario.json';
import openBeforeBindRetold from './library/open-before-bind.retold.json';
import openRacesRegister from './library/open-races-register.scenario.json';
import openRacesRegisterRetold from './library/open-races-register.retold.json';
import openRacesUnregister from './library/open-races-unregister.scenario.json';
import openRacesUnregisterRetold from './library/open-races-unregister.retold.json';
import sameIommufdTwice from './library/same-iommufd-twice.scenario.json';
import sameIommufdTwiceRetold from './library/same-iommufd-twice.retold.json';
import setIommuForgotten from './library/set-iommu-forgotten.scenario.json';
import setIommuForgottenRetold from './library/set-iommu-forgotten.retold.json';
import sharedGroup from './library/shared-group.scenario.json';
import sharedGroupRetold from './library/shared-group.retold.json';
import splitMirror from './library/split-mirror.scenario.json';
import splitMirrorRetold from './library/split-mirror.retold.json';
import splitRace from './library/split-race.scenario.json';
import splitRaceRetold from './library/split-race.retold.json';
import splitTwoDevices from './library/split-two-devices.scenario.json';
import splitTwoDevicesRetold from './library/split-two-devices.retold.json';
import staleAccess from './library/stale-access.scenario.json';
import staleAccessRetold from './library/stale-access.retold.json';
import transientEbusy from './library/transient-ebusy.scenario.json';
import transientEbusyRetold from './library/transient-ebusy.retold.json';
import unregisterStarved from './library/unregister-starved.scenario.json';
import unregisterStarvedRetold from './library/unregister-starved.retold.json';
import unwindTour from './library/unwind-tour.scenario.json';
import unwindTourRetold from './library/unwind-tour.retold.json';

/** The groups of the picker, in its order. */
export const LIBRARY_GROUPS = [
  { id: 'first-steps', title: 'First steps' },
  { id: 'races', title: 'Races' },
  { id: 'lifetime', title: 'Lifetime' },
  { id: 'groups', title: 'Groups' },
  { id: 'argument', title: "The mail thread's argument" },
] as const;

type LibraryGroup = (typeof LIBRARY_GROUPS)[number]['id'];

/** A built-in scenario, told for every design in which it makes sense. */
export interface LibraryEntry {
  readonly id: string;
  readonly group: LibraryGroup;
  /** Number in domain.md section 9, or the finding of its section 2.9. */
  readonly source: number | `D1-R${number}`;
  readonly title: string;
  /** The designs of `tellings`, each once; the file's own first. */
  readonly designs: readonly string[];
  /** As its file tells it, in the file's design. */
  readonly scenario: Scenario;
  /** The same calls per design, and per choice of options where that changes the story: own schedule, beats and expectation. The first is `scenario`. */
  readonly tellings: readonly Scenario[];
}

/** An entry whose files are checked when they are first looked at: a page shows one scenario, not all. */
class Entry implements LibraryEntry {
  readonly title: string;
  readonly designs: readonly string[];
  private told: readonly Scenario[] | undefined;

  constructor(readonly id: string, readonly group: LibraryGroup, readonly source: LibraryEntry['source'], private readonly files: readonly object[]) {
    this.title = String((files[0] as { readonly title: unknown }).title);
    this.designs = [...new Set(files.map(designOf))];
  }

  get tellings(): readonly Scenario[] {
    this.told ??= this.files.map(file => {
      const parsed = parseScenario(file);
      if (!parsed.ok) throw new Error(`built-in scenario ${this.id} in ${designOf(file)}:\n${errorText(parsed.errors)}`);
      return parsed.scenario;
    });
    return this.told;
  }

  get scenario(): Scenario {
    const [scenario] = this.tellings;
    if (!scenario) throw new Error(`built-in scenario ${this.id} has no file`);
    return scenario;
  }
}

const entries = new Map<string, LibraryEntry>();

/** One scenario: its file, and the file next to it (`*.retold.json`) with what differs in other designs. */
function add(id: string, group: LibraryGroup, source: LibraryEntry['source'], file: object, retellings: readonly object[] = []): void {
  if (entries.has(id)) throw new Error(`two built-in scenarios are called ${id}`);
  // The shared parts stay; what belongs to a design is told anew.
  entries.set(id, new Entry(id, group, source, [file, ...retellings.map(r => ({ ...file, options: undefined, schedule: undefined, beats: undefined, expect: undefined, ...r }))]));
}

function designOf(file: object): string {
  return 'design' in file ? String(file.design) : 'upstream';
}

add('cdev-path', 'first-steps', 1, cdevPath, cdevPathRetold);
add('group-path', 'first-steps', 2, groupPath, groupPathRetold);
add('set-iommu-forgotten', 'first-steps', 28, setIommuForgotten, setIommuForgottenRetold);
add('cdev-first', 'first-steps', 5, cdevFirst, cdevFirstRetold);
add('group-first', 'first-steps', 6, groupFirst, groupFirstRetold);
add('bind-race', 'races', 3, bindRace, bindRaceRetold);
add('double-bind', 'races', 4, doubleBind, doubleBindRetold);
add('same-iommufd-twice', 'races', 27, sameIommufdTwice, sameIommufdTwiceRetold);
add('open-races-register', 'races', 12, openRacesRegister, openRacesRegisterRetold);
add('open-races-unregister', 'races', 13, openRacesUnregister, openRacesUnregisterRetold);
add('transient-ebusy', 'races', 7, transientEbusy, transientEbusyRetold);
add('container-dropped', 'races', 21, containerDropped, containerDroppedRetold);
add('container-list-corruption', 'races', 'D1-R3', containerListCorruption, containerListCorruptionRetold);
add('stale-access', 'races', 23, staleAccess, staleAccessRetold);
add('late-close', 'lifetime', 15, lateClose, lateCloseRetold);
add('fd-passing', 'lifetime', 16, fdPassing, fdPassingRetold);
add('hot-unplug', 'lifetime', 11, hotUnplug, hotUnplugRetold);
add('unregister-starved', 'lifetime', 14, unregisterStarved, unregisterStarvedRetold);
add('iommufd-closed-early', 'lifetime', 17, iommufdClosedEarly, iommufdClosedEarlyRetold);
add('destroy-in-use', 'lifetime', 18, destroyInUse, destroyInUseRetold);
add('container-closed-first', 'lifetime', 19, containerClosedFirst, containerClosedFirstRetold);
add('unwind-tour', 'lifetime', 24, unwindTour, unwindTourRetold);
add('bind-error-path', 'lifetime', 'D1-R4', bindErrorPath, bindErrorPathRetold);
add('kvm-failed-bind', 'lifetime', 25, kvmFailedBind);
add('shared-group', 'groups', 10, sharedGroup, sharedGroupRetold);
add('split-two-devices', 'groups', 8, splitTwoDevices, splitTwoDevicesRetold);
add('group-closed-first', 'groups', 20, groupClosedFirst, groupClosedFirstRetold);
add('group-file-not-pinned', 'groups', 20, groupFileNotPinned, groupFileNotPinnedRetold);
add('devset-shared', 'groups', 22, devsetShared, devsetSharedRetold);
add('devset-split', 'groups', 22, devsetSplit, devsetSplitRetold);
add('name-collisions', 'lifetime', 26, nameCollisions, nameCollisionsRetold);
add('open-before-bind', 'argument', 'D1-R6', openBeforeBind, openBeforeBindRetold);
add('mail-question', 'argument', 9, mailQuestion, mailQuestionRetold);
add('mail-answer', 'argument', 9, mailAnswer);
add('mail-resolution', 'argument', 9, mailResolution, mailResolutionRetold);
add('split-race', 'argument', 8, splitRace, splitRaceRetold);
add('split-mirror', 'argument', 8, splitMirror, splitMirrorRetold);

/** The built-in scenarios, in the order of the picker. */
export const LIBRARY: readonly LibraryEntry[] = LIBRARY_GROUPS.flatMap(g => [...entries.values()].filter(e => e.group === g.id));

/** A built-in scenario by its id. */
export function libraryEntry(id: string): LibraryEntry | undefined {
  return entries.get(id);
}

/**
 * A built-in scenario in a design, its options changed by `options`: the telling made for exactly that where there is one,
 * else the calls alone (`redesign`). Errors are about options that the design does not have.
 */
export function retell(entry: LibraryEntry, design: string, options: Options): Parsed {
  const base = entry.tellings.find(t => t.design === design);
  if (!base) return redesign(entry.scenario, design, options);
  const wanted = inForce(design, { ...base.options, ...options });
  const told = entry.tellings.find(t => t.design === design && sameOptions(inForce(design, t.options), wanted));
  return told ? { ok: true, scenario: told } : redesign(base, design, options);
}

/** Whether a scenario has the world and the calls of a built-in one; a fault is at a step of one design, so it may differ. */
export function isTelling(entry: LibraryEntry, { world, calls }: Scenario): boolean {
  const shared = (s: Pick<Scenario, 'world' | 'calls'>): string => JSON.stringify([s.world, s.calls.map(c => ({ ...c, fault: undefined }))]);
  return shared({ world, calls }) === shared(entry.scenario);
}

function inForce(design: string, options: Options): Options {
  return { ...Object.fromEntries((designById(design)?.options ?? []).map(o => [o.id, o.values[0] ?? ''])), ...options };
}

function sameOptions(a: Options, b: Options): boolean {
  return Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([k, value]) => b[k] === value);
}
