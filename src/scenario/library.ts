import { DESIGNS } from '../designs/index';
import { registerDesigns } from '../designs/registry';
import { BuiltInScenarioFiles, registerBuiltInScenario, type BuiltInScenario } from './builtIn';
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
  { id: 'argument', title: 'The 2021 mail thread' },
] as const;

type LibraryGroup = (typeof LIBRARY_GROUPS)[number]['id'];

/** A built-in scenario and its place in the picker. */
export interface LibraryEntry extends BuiltInScenario {
  readonly group: LibraryGroup;
  /** Number in domain.md section 9, or the finding of its section 2.9. */
  readonly source: number | `D1-R${number}`;
}

// Every scenario is told in every design.
registerDesigns(DESIGNS);

class LibraryFileEntry extends BuiltInScenarioFiles implements LibraryEntry {
  constructor(
    id: string,
    readonly group: LibraryGroup,
    readonly source: LibraryEntry['source'],
    file: object,
    retellings: readonly object[],
  ) {
    super(id, file, retellings);
  }
}

const entriesById = new Map<string, LibraryEntry>();

/** One scenario: its file, and the file next to it (`*.retold.json`) with what differs in other designs. */
function addEntry(
  id: string,
  group: LibraryGroup,
  source: LibraryEntry['source'],
  file: object,
  retellings: readonly object[] = [],
): void {
  if (entriesById.has(id)) throw new Error(`two built-in scenarios are called ${id}`);
  const entry = new LibraryFileEntry(id, group, source, file, retellings);
  entriesById.set(id, entry);
  registerBuiltInScenario(entry);
}

addEntry('cdev-path', 'first-steps', 1, cdevPath, cdevPathRetold);
addEntry('group-path', 'first-steps', 2, groupPath, groupPathRetold);
addEntry('set-iommu-forgotten', 'first-steps', 28, setIommuForgotten, setIommuForgottenRetold);
addEntry('cdev-first', 'first-steps', 5, cdevFirst, cdevFirstRetold);
addEntry('group-first', 'first-steps', 6, groupFirst, groupFirstRetold);
addEntry('bind-race', 'races', 3, bindRace, bindRaceRetold);
addEntry('double-bind', 'races', 4, doubleBind, doubleBindRetold);
addEntry('same-iommufd-twice', 'races', 27, sameIommufdTwice, sameIommufdTwiceRetold);
addEntry('open-races-register', 'races', 12, openRacesRegister, openRacesRegisterRetold);
addEntry('open-races-unregister', 'races', 13, openRacesUnregister, openRacesUnregisterRetold);
addEntry('transient-ebusy', 'races', 7, transientEbusy, transientEbusyRetold);
addEntry('container-dropped', 'races', 21, containerDropped, containerDroppedRetold);
addEntry(
  'container-list-corruption',
  'races',
  'D1-R3',
  containerListCorruption,
  containerListCorruptionRetold,
);
addEntry('stale-access', 'races', 23, staleAccess, staleAccessRetold);
addEntry('late-close', 'lifetime', 15, lateClose, lateCloseRetold);
addEntry('fd-passing', 'lifetime', 16, fdPassing, fdPassingRetold);
addEntry('hot-unplug', 'lifetime', 11, hotUnplug, hotUnplugRetold);
addEntry('unregister-starved', 'lifetime', 14, unregisterStarved, unregisterStarvedRetold);
addEntry('iommufd-closed-early', 'lifetime', 17, iommufdClosedEarly, iommufdClosedEarlyRetold);
addEntry('destroy-in-use', 'lifetime', 18, destroyInUse, destroyInUseRetold);
addEntry(
  'container-closed-first',
  'lifetime',
  19,
  containerClosedFirst,
  containerClosedFirstRetold,
);
addEntry('unwind-tour', 'lifetime', 24, unwindTour, unwindTourRetold);
addEntry('bind-error-path', 'lifetime', 'D1-R4', bindErrorPath, bindErrorPathRetold);
addEntry('kvm-failed-bind', 'lifetime', 25, kvmFailedBind);
addEntry('shared-group', 'groups', 10, sharedGroup, sharedGroupRetold);
addEntry('split-two-devices', 'groups', 8, splitTwoDevices, splitTwoDevicesRetold);
addEntry('group-closed-first', 'groups', 20, groupClosedFirst, groupClosedFirstRetold);
addEntry('group-file-not-pinned', 'groups', 20, groupFileNotPinned, groupFileNotPinnedRetold);
addEntry('devset-shared', 'groups', 22, devsetShared, devsetSharedRetold);
addEntry('devset-split', 'groups', 22, devsetSplit, devsetSplitRetold);
addEntry('name-collisions', 'lifetime', 26, nameCollisions, nameCollisionsRetold);
addEntry('open-before-bind', 'argument', 'D1-R6', openBeforeBind, openBeforeBindRetold);
addEntry('mail-question', 'argument', 9, mailQuestion, mailQuestionRetold);
addEntry('mail-answer', 'argument', 9, mailAnswer);
addEntry('mail-resolution', 'argument', 9, mailResolution, mailResolutionRetold);
addEntry('split-race', 'argument', 8, splitRace, splitRaceRetold);
addEntry('split-mirror', 'argument', 8, splitMirror, splitMirrorRetold);

/** The built-in scenarios, in the order of the picker. */
export const LIBRARY: readonly LibraryEntry[] = LIBRARY_GROUPS.flatMap((g) =>
  [...entriesById.values()].filter((e) => e.group === g.id),
);

/** A built-in scenario by its id. */
export function libraryEntry(id: string): LibraryEntry | undefined {
  return entriesById.get(id);
}
