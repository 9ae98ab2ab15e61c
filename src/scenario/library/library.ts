import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import {
  BuiltInScenarioFiles,
  registerBuiltInScenario,
  type BuiltInScenario,
} from './builtInScenario';
import bindErrorPath from './bind-error-path.scenario.json';
import bindErrorPathVariants from './bind-error-path.variants.json';
import bindRace from './bind-race.scenario.json';
import bindRaceVariants from './bind-race.variants.json';
import cdevFirst from './cdev-first.scenario.json';
import cdevFirstVariants from './cdev-first.variants.json';
import cdevPath from './cdev-path.scenario.json';
import cdevPathVariants from './cdev-path.variants.json';
import containerClosedFirst from './container-closed-first.scenario.json';
import containerClosedFirstVariants from './container-closed-first.variants.json';
import containerDropped from './container-dropped.scenario.json';
import containerDroppedVariants from './container-dropped.variants.json';
import containerListCorruption from './container-list-corruption.scenario.json';
import containerListCorruptionVariants from './container-list-corruption.variants.json';
import destroyInUse from './destroy-in-use.scenario.json';
import destroyInUseVariants from './destroy-in-use.variants.json';
import devsetShared from './devset-shared.scenario.json';
import devsetSharedVariants from './devset-shared.variants.json';
import devsetSplit from './devset-split.scenario.json';
import devsetSplitVariants from './devset-split.variants.json';
import doubleBind from './double-bind.scenario.json';
import doubleBindVariants from './double-bind.variants.json';
import fdPassing from './fd-passing.scenario.json';
import fdPassingVariants from './fd-passing.variants.json';
import groupClosedFirst from './group-closed-first.scenario.json';
import groupClosedFirstVariants from './group-closed-first.variants.json';
import groupFileNotPinned from './group-file-not-pinned.scenario.json';
import groupFileNotPinnedVariants from './group-file-not-pinned.variants.json';
import groupFirst from './group-first.scenario.json';
import groupFirstVariants from './group-first.variants.json';
import groupPath from './group-path.scenario.json';
import groupPathVariants from './group-path.variants.json';
import hotUnplug from './hot-unplug.scenario.json';
import hotUnplugVariants from './hot-unplug.variants.json';
import iommufdClosedEarly from './iommufd-closed-early.scenario.json';
import iommufdClosedEarlyVariants from './iommufd-closed-early.variants.json';
import kvmFailedBind from './kvm-failed-bind.scenario.json';
import lateClose from './late-close.scenario.json';
import lateCloseVariants from './late-close.variants.json';
import mailAnswer from './mail-answer.scenario.json';
import mailQuestion from './mail-question.scenario.json';
import mailQuestionVariants from './mail-question.variants.json';
import mailResolution from './mail-resolution.scenario.json';
import mailResolutionVariants from './mail-resolution.variants.json';
import nameCollisions from './name-collisions.scenario.json';
import nameCollisionsVariants from './name-collisions.variants.json';
import openBeforeBind from './open-before-bind.scenario.json';
import openBeforeBindVariants from './open-before-bind.variants.json';
import openRacesRegister from './open-races-register.scenario.json';
import openRacesRegisterVariants from './open-races-register.variants.json';
import openRacesUnregister from './open-races-unregister.scenario.json';
import openRacesUnregisterVariants from './open-races-unregister.variants.json';
import sameIommufdTwice from './same-iommufd-twice.scenario.json';
import sameIommufdTwiceVariants from './same-iommufd-twice.variants.json';
import setIommuForgotten from './set-iommu-forgotten.scenario.json';
import setIommuForgottenVariants from './set-iommu-forgotten.variants.json';
import sharedGroup from './shared-group.scenario.json';
import sharedGroupVariants from './shared-group.variants.json';
import splitMirror from './split-mirror.scenario.json';
import splitMirrorVariants from './split-mirror.variants.json';
import splitRace from './split-race.scenario.json';
import splitRaceVariants from './split-race.variants.json';
import splitTwoDevices from './split-two-devices.scenario.json';
import splitTwoDevicesVariants from './split-two-devices.variants.json';
import staleAccess from './stale-access.scenario.json';
import staleAccessVariants from './stale-access.variants.json';
import transientEbusy from './transient-ebusy.scenario.json';
import transientEbusyVariants from './transient-ebusy.variants.json';
import unregisterStarved from './unregister-starved.scenario.json';
import unregisterStarvedVariants from './unregister-starved.variants.json';
import unwindTour from './unwind-tour.scenario.json';
import unwindTourVariants from './unwind-tour.variants.json';

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

/** One scenario: its file, and the file next to it (`*.variants.json`) with what differs in other designs. */
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

addEntry('cdev-path', 'first-steps', 1, cdevPath, cdevPathVariants);
addEntry('group-path', 'first-steps', 2, groupPath, groupPathVariants);
addEntry('set-iommu-forgotten', 'first-steps', 28, setIommuForgotten, setIommuForgottenVariants);
addEntry('cdev-first', 'first-steps', 5, cdevFirst, cdevFirstVariants);
addEntry('group-first', 'first-steps', 6, groupFirst, groupFirstVariants);
addEntry('bind-race', 'races', 3, bindRace, bindRaceVariants);
addEntry('double-bind', 'races', 4, doubleBind, doubleBindVariants);
addEntry('same-iommufd-twice', 'races', 27, sameIommufdTwice, sameIommufdTwiceVariants);
addEntry('open-races-register', 'races', 12, openRacesRegister, openRacesRegisterVariants);
addEntry('open-races-unregister', 'races', 13, openRacesUnregister, openRacesUnregisterVariants);
addEntry('transient-ebusy', 'races', 7, transientEbusy, transientEbusyVariants);
addEntry('container-dropped', 'races', 21, containerDropped, containerDroppedVariants);
addEntry(
  'container-list-corruption',
  'races',
  'D1-R3',
  containerListCorruption,
  containerListCorruptionVariants,
);
addEntry('stale-access', 'races', 23, staleAccess, staleAccessVariants);
addEntry('late-close', 'lifetime', 15, lateClose, lateCloseVariants);
addEntry('fd-passing', 'lifetime', 16, fdPassing, fdPassingVariants);
addEntry('hot-unplug', 'lifetime', 11, hotUnplug, hotUnplugVariants);
addEntry('unregister-starved', 'lifetime', 14, unregisterStarved, unregisterStarvedVariants);
addEntry('iommufd-closed-early', 'lifetime', 17, iommufdClosedEarly, iommufdClosedEarlyVariants);
addEntry('destroy-in-use', 'lifetime', 18, destroyInUse, destroyInUseVariants);
addEntry(
  'container-closed-first',
  'lifetime',
  19,
  containerClosedFirst,
  containerClosedFirstVariants,
);
addEntry('unwind-tour', 'lifetime', 24, unwindTour, unwindTourVariants);
addEntry('bind-error-path', 'lifetime', 'D1-R4', bindErrorPath, bindErrorPathVariants);
addEntry('kvm-failed-bind', 'lifetime', 25, kvmFailedBind);
addEntry('shared-group', 'groups', 10, sharedGroup, sharedGroupVariants);
addEntry('split-two-devices', 'groups', 8, splitTwoDevices, splitTwoDevicesVariants);
addEntry('group-closed-first', 'groups', 20, groupClosedFirst, groupClosedFirstVariants);
addEntry('group-file-not-pinned', 'groups', 20, groupFileNotPinned, groupFileNotPinnedVariants);
addEntry('devset-shared', 'groups', 22, devsetShared, devsetSharedVariants);
addEntry('devset-split', 'groups', 22, devsetSplit, devsetSplitVariants);
addEntry('name-collisions', 'lifetime', 26, nameCollisions, nameCollisionsVariants);
addEntry('open-before-bind', 'argument', 'D1-R6', openBeforeBind, openBeforeBindVariants);
addEntry('mail-question', 'argument', 9, mailQuestion, mailQuestionVariants);
addEntry('mail-answer', 'argument', 9, mailAnswer);
addEntry('mail-resolution', 'argument', 9, mailResolution, mailResolutionVariants);
addEntry('split-race', 'argument', 8, splitRace, splitRaceVariants);
addEntry('split-mirror', 'argument', 8, splitMirror, splitMirrorVariants);

/** The built-in scenarios, in the order of the picker. */
export const LIBRARY: readonly LibraryEntry[] = LIBRARY_GROUPS.flatMap((g) =>
  [...entriesById.values()].filter((e) => e.group === g.id),
);

/** A built-in scenario by its id. */
export function libraryEntry(id: string): LibraryEntry | undefined {
  return entriesById.get(id);
}
