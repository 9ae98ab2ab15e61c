import type { Options } from '../../kernel/language/design';
import { scenarioVariant } from './builtInScenario';
import { libraryEntry } from './library';
import { runScenario } from '../run/runScenario';
import type { Scenario } from '../format/scenario';

/** One stop of the tour: a step of a built-in scenario in one design, with a text. */
export interface TourStop {
  /** Heading, a few words. */
  readonly title: string;
  /** One or two sentences for a newcomer. */
  readonly text: string;
  /** Id of the built-in scenario, and its design and options. */
  readonly scenario: string;
  readonly design: string;
  readonly options?: Options;
  /** Right after task `by` has run the step with this name for the `time`th time (default 1). */
  readonly at: { readonly by: string; readonly step: string; readonly time?: number };
}

/** The tour: the argument of the mail thread, from the RFC to what v6.6 does. */
export const TOUR_STOPS: readonly TourStop[] = [
  {
    title: '2021: a device node per device',
    text: 'An RFC lets a program open a device without its group. The open increments group.opened and sets device.opened. These counters exclude the group path.',
    scenario: 'cdev-path',
    design: 'rfc-opened',
    at: { by: 'qemu', step: 'rfc-opened/open_cdev/OPEN.4' },
  },
  {
    title: 'The driver runs before the bind',
    text: 'No iommufd isolates the device yet, but an ioctl already reaches its driver. The review asks for an fd that can do nothing before it is bound.',
    scenario: 'open-before-bind',
    design: 'rfc-opened',
    at: { by: 'qemu', step: 'rfc-opened/device_io/GATE.1' },
  },
  {
    title: 'A wrong counter',
    text: 'The release has to infer which path opened the file. Here it infers the wrong path, and device.opened becomes -1. Found by reading the RFC, not run.',
    scenario: 'container-dropped',
    design: 'rfc-opened',
    at: { by: 'legacy', step: 'rfc-opened/release_device/REL.3b' },
  },
  {
    title: 'The proposal of the review: parked fops',
    text: 'A new fd starts with parked fops, which accept only the bind to an iommufd. A successful bind swaps the fops of this one file.',
    scenario: 'cdev-path',
    design: 'parked-shim',
    at: { by: 'qemu', step: 'parked-shim/bind_iommufd/BIND.8' },
  },
  {
    title: 'One check for both paths',
    text: 'A bind records its iommu context under the device lock. The next bind finds it and fails. So does the group path, if type1 is a shim on iommufd.',
    scenario: 'bind-race',
    design: 'parked-shim',
    at: { by: 'dpdk', step: 'parked-shim/bind_iommufd/BIND.4' },
  },
  {
    title: 'The question in the reply',
    text: 'What if type1 stays separate? Then the group path records nothing, this bind succeeds, and two owners reach one device.',
    scenario: 'mail-question',
    design: 'parked-split',
    at: { by: 'dpdk', step: 'parked-split/bind_iommufd/BIND.8' },
  },
  {
    title: 'The answer: claim DMA ownership',
    text: 'type1 claims DMA ownership of the IOMMU group too. The claim is in the IOMMU core, which every path goes through. This bind fails.',
    scenario: 'mail-answer',
    design: 'parked-split',
    at: { by: 'dpdk', step: 'parked-split/bind_iommufd/BIND.5:IBIND.4' },
  },
  {
    title: 'Both checks together',
    text: 'Parked fops block calls until the bind is done. The claim excludes other owners. Neither can replace the other.',
    scenario: 'mail-resolution',
    design: 'parked-split',
    at: { by: 'legacy', step: 'parked-split/device_io/GATE.3', time: 2 },
  },
  {
    title: '2023: what v6.6 does',
    text: 'Access is a flag per file, and no fops are swapped. The bind sets access_granted last, with a store-release. A reader that sees it also sees the finished bind.',
    scenario: 'cdev-path',
    design: 'upstream',
    at: { by: 'qemu', step: 'upstream/bind_iommufd/BIND.16' },
  },
  {
    title: 'v6.6 makes both checks',
    text: 'The group records its open file, so the bind fails early. The claim, which type1 now makes too, is a second check. Now run your own interleavings.',
    scenario: 'mail-resolution',
    design: 'upstream',
    at: { by: 'dpdk', step: 'upstream/bind_iommufd/BIND.4' },
  },
];

/** A stop on the stage: the scenario variant, and how many steps of its schedule have run. */
export interface TourPosition {
  readonly scenario: Scenario;
  readonly steps: number;
}

/** The position of a stop. Throws if its step is never reached, which is a bug in the tour. */
export function tourPositionOf(stop: TourStop): TourPosition {
  const entry = libraryEntry(stop.scenario);
  const variant = entry && scenarioVariant(entry, stop.design, stop.options ?? {});
  if (!variant?.ok) throw new Error(`no scenario ${stop.scenario} in ${stop.design}`);
  const outcome = runScenario(variant.scenario);
  if (!outcome.ok) throw new Error(`${stop.scenario} in ${stop.design} cannot follow its schedule`);
  const { steps, program } = outcome.trace;
  const reached = steps.filter(
    (s) => s.step.name === stop.at.step && program.tasks[s.task]?.name === stop.at.by,
  )[(stop.at.time ?? 1) - 1];
  if (!reached)
    throw new Error(`${stop.at.by} never runs step ${stop.at.step} in ${stop.scenario}`);
  return { scenario: variant.scenario, steps: reached.index + 1 };
}
