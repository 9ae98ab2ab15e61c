import type { DesignOption, Options } from '../../kernel/language/design';
import { enumValues } from '../../kernel/language/primitives';
import { PARKED_OPTIONS, parseParkedOptions } from '../parked-shim/options';
import type { ParkedOptions } from '../parked-shim/options';

/** Where the state that keeps the two paths apart is kept. */
export type ExtraState = 'none' | 'perDevice' | 'perGroup' | 'perDeviceUnlocked';

/** The parsed options of the split design. */
export interface SplitOptions extends ParkedOptions {
  readonly extraState: ExtraState;
  /** Whether SET_CONTAINER claims the DMA of the IOMMU group, as Linux does since v5.19. */
  readonly type1ClaimsOwner: boolean;
  /** Whether the file of GET_DEVICE_FD is parked until its open op has run. */
  readonly groupFdStartsParked: boolean;
}

/** The values of `opened_by`. */
export const OPENED_BY = enumValues('none', 'group', 'cdev');

/** The options of the split design: its own, then those of the proposal. */
export const SPLIT_OPTIONS: readonly DesignOption[] = [
  {
    id: 'extraState',
    title: 'State that keeps group path and cdev path apart',
    values: ['none', 'perDevice', 'perGroup', 'perDeviceUnlocked'],
    effects: {
      none: 'No state keeps the group path and the cdev path apart',
      perDevice: 'Each device records under its lock which path uses it',
      perGroup: 'Each group counts its users under a lock and records which path they use',
      perDeviceUnlocked:
        'Each device records which path uses it, and this is checked without a lock',
    },
  },
  {
    id: 'type1ClaimsOwner',
    title: 'SET_CONTAINER claims the DMA owner',
    values: ['false', 'true'],
    effects: {
      false: 'SET_CONTAINER claims no DMA owner',
      true: 'SET_CONTAINER claims the DMA owner of the IOMMU group',
    },
  },
  {
    id: 'groupFdStartsParked',
    title: 'A group device fd starts parked',
    values: ['true', 'false'],
    effects: {
      true: 'The device fd that a group gives starts parked',
      false: 'The device fd that a group gives starts with normal fops',
    },
  },
  ...PARKED_OPTIONS,
];

const EXTRA_STATES: readonly ExtraState[] = ['none', 'perDevice', 'perGroup', 'perDeviceUnlocked'];

/** Parses the option values. */
export function parseSplitOptions(options: Options): SplitOptions {
  return {
    ...parseParkedOptions(options),
    extraState: EXTRA_STATES.find((s) => s === options['extraState']) ?? 'none',
    type1ClaimsOwner: options['type1ClaimsOwner'] === 'true',
    groupFdStartsParked: options['groupFdStartsParked'] === 'true',
  };
}
