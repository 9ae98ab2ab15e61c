import type { Options } from '../kernel/design';
import { libraryEntry, retell } from './library';
import { runScenario } from './schedule';
import type { Scenario } from './scenario';

/** One stop of the tour: a moment of a built-in scenario in one design, and what is said there. */
export interface TourStop {
  /** Heading, a few words. */
  readonly title: string;
  /** One or two sentences for a newcomer. */
  readonly say: string;
  /** Id of the built-in scenario, and the design and options that it is told in. */
  readonly scenario: string;
  readonly design: string;
  readonly options?: Options;
  /** Right after task `by` has made the step of this stable name, the first time or the `time`th. */
  readonly at: { readonly by: string; readonly step: string; readonly time?: number };
}

/** The tour: the argument of the mail thread, from the RFC to what v6.6 does. */
export const TOUR: readonly TourStop[] = [
  {
    title: 'The proposal of the review: parked fops',
    say: 'A new fd can do one thing only: bind the device to an iommufd. Success swaps the fops of this one file, so no call can reach the driver before.',
    scenario: 'cdev-path', design: 'parked-shim', at: { by: 'qemu', step: 'parked-shim/bind_iommufd/BIND.8' },
  },
  {
    title: 'One switch for everybody',
    say: 'Under the lock of the device the second bind finds an iommu context recorded, and fails. If type1 is a shim on iommufd, the group path leaves the same record.',
    scenario: 'bind-race', design: 'parked-shim', at: { by: 'dpdk', step: 'parked-shim/bind_iommufd/BIND.4' },
  },
  {
    title: 'The question of the reply',
    say: 'But if type1 stays separate, the group path records nothing: its fops are swapped while the record stays empty. What stops a bind now?',
    scenario: 'group-path', design: 'parked-split', at: { by: 'legacy', step: 'parked-split/get_device_fd/GDF.9' },
  },
];

/** A stop as the stage shows it: the scenario as told there, and how many steps of its own schedule have run. */
export interface TourPlace {
  readonly scenario: Scenario;
  readonly steps: number;
}

/** Where a stop is. Throws when there is no such moment: the tour is ours. */
export function tourPlace(stop: TourStop): TourPlace {
  const entry = libraryEntry(stop.scenario);
  const told = entry && retell(entry, stop.design, stop.options ?? {});
  if (!told?.ok) throw new Error(`no scenario ${stop.scenario} in ${stop.design}`);
  const ran = runScenario(told.scenario);
  if (!ran.ok) throw new Error(`${stop.scenario} in ${stop.design} cannot follow its schedule`);
  const { steps, program } = ran.trace;
  const here = steps.filter(s => s.step.name === stop.at.step && program.tasks[s.task]?.name === stop.at.by)[(stop.at.time ?? 1) - 1];
  if (!here) throw new Error(`${stop.at.by} never makes step ${stop.at.step} in ${stop.scenario}`);
  return { scenario: told.scenario, steps: here.index + 1 };
}
