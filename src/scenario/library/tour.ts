import type { Options } from '../../kernel/language/design';
import { scenarioVariant } from './builtInScenario';
import { libraryEntry } from './library';
import { runScenario } from '../run/runScenario';
import type { Scenario } from '../format/scenario';

/** One stop of the tour: a moment of a built-in scenario in one design, and what is said there. */
export interface TourStop {
  /** Heading, a few words. */
  readonly title: string;
  /** One or two sentences for a newcomer. */
  readonly text: string;
  /** Id of the built-in scenario, and the design and options that it is told in. */
  readonly scenario: string;
  readonly design: string;
  readonly options?: Options;
  /** Right after task `by` has made the step of this stable name, the first time or the `time`th. */
  readonly at: { readonly by: string; readonly step: string; readonly time?: number };
}

/** The tour: the argument of the mail thread, from the RFC to what v6.6 does. */
export const TOUR_STOPS: readonly TourStop[] = [
  {
    title: '2021: a node for every device',
    text: 'A patch lets programs open a device directly, without its group. The open sets counters at the group and at the device, so that the old way in stays shut meanwhile.',
    scenario: 'cdev-path',
    design: 'rfc-opened',
    at: { by: 'qemu', step: 'rfc-opened/open_cdev/OPEN.4' },
  },
  {
    title: 'The driver runs too early',
    text: 'Nothing isolates the device yet, and an ioctl already reaches its driver. The review wants an fd that can do nothing before it is bound.',
    scenario: 'open-before-bind',
    design: 'rfc-opened',
    at: { by: 'qemu', step: 'rfc-opened/device_io/GATE.1' },
  },
  {
    title: 'Counters that lie',
    text: 'The release has to guess which way a file was opened. Here it guesses wrong, and a counter drops below zero. Found by reading, unconfirmed.',
    scenario: 'container-dropped',
    design: 'rfc-opened',
    at: { by: 'legacy', step: 'rfc-opened/release_device/REL.3b' },
  },
  {
    title: 'The proposal of the review: parked fops',
    text: 'A new fd can do one thing only: bind the device to an iommufd. Success swaps the fops of this one file.',
    scenario: 'cdev-path',
    design: 'parked-shim',
    at: { by: 'qemu', step: 'parked-shim/bind_iommufd/BIND.8' },
  },
  {
    title: 'One switch for everybody',
    text: 'The bind records its iommu context under the lock of the device. The next one finds the record and fails; so does the group path, if type1 becomes a shim on iommufd.',
    scenario: 'bind-race',
    design: 'parked-shim',
    at: { by: 'dpdk', step: 'parked-shim/bind_iommufd/BIND.4' },
  },
  {
    title: 'The question of the reply',
    text: 'And if type1 stays separate? Then the group path records nothing, this bind passes, and two owners reach one device.',
    scenario: 'mail-question',
    design: 'parked-split',
    at: { by: 'dpdk', step: 'parked-split/bind_iommufd/BIND.8' },
  },
  {
    title: 'The answer: who owns the DMA?',
    text: 'Let type1 claim the DMA of the IOMMU group as well. The claim lives in the IOMMU core, where every path comes by, and this bind is refused.',
    scenario: 'mail-answer',
    design: 'parked-split',
    at: { by: 'dpdk', step: 'parked-split/bind_iommufd/BIND.5:IBIND.4' },
  },
  {
    title: 'Both together',
    text: 'Parked fops keep calls out until the bind is done; the claim keeps other owners out. Each does what the other cannot.',
    scenario: 'mail-resolution',
    design: 'parked-split',
    at: { by: 'legacy', step: 'parked-split/device_io/GATE.3', time: 2 },
  },
  {
    title: '2023: what v6.6 does',
    text: 'A gate per file instead of swapped fops. It is opened last, with a store-release, so who sees it open also sees the finished bind.',
    scenario: 'cdev-path',
    design: 'upstream',
    at: { by: 'qemu', step: 'upstream/bind_iommufd/BIND.16' },
  },
  {
    title: 'And both sides were right',
    text: 'The group remembers who has it open, and refuses the bind early; behind it stands the claim, which type1 now makes too. Your turn: race them.',
    scenario: 'mail-resolution',
    design: 'upstream',
    at: { by: 'dpdk', step: 'upstream/bind_iommufd/BIND.4' },
  },
];

/** A stop as the stage shows it: the scenario as told there, and how many steps of its own schedule have run. */
export interface TourPosition {
  readonly scenario: Scenario;
  readonly steps: number;
}

/** Where a stop is. Throws when there is no such moment: the tour is ours. */
export function tourPositionOf(stop: TourStop): TourPosition {
  const entry = libraryEntry(stop.scenario);
  const told = entry && scenarioVariant(entry, stop.design, stop.options ?? {});
  if (!told?.ok) throw new Error(`no scenario ${stop.scenario} in ${stop.design}`);
  const ran = runScenario(told.scenario);
  if (!ran.ok) throw new Error(`${stop.scenario} in ${stop.design} cannot follow its schedule`);
  const { steps, program } = ran.trace;
  const here = steps.filter(
    (s) => s.step.name === stop.at.step && program.tasks[s.task]?.name === stop.at.by,
  )[(stop.at.time ?? 1) - 1];
  if (!here) throw new Error(`${stop.at.by} never makes step ${stop.at.step} in ${stop.scenario}`);
  return { scenario: told.scenario, steps: here.index + 1 };
}
