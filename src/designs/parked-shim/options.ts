import type { DesignOption, Options } from '../../kernel/language/design';

/** The parsed options of the parked-fops proposal. */
export interface ParkedOptions {
  /** Whether bind looks at `iommu_dev` under the device's lock. */
  readonly perDeviceCheck: boolean;
  /** Whether unregister deletes the cdev before it waits for the open files. */
  readonly delBeforeWait: boolean;
  /** Whether register sets the refcount before it adds the cdev. */
  readonly refcountBeforeAdd: boolean;
}

/** The options that every parked design has. */
export const PARKED_OPTIONS: readonly DesignOption[] = [
  {
    id: 'perDeviceCheck',
    title: 'Bind checks iommu_dev under the lock',
    values: ['true', 'false'],
  },
  {
    id: 'delBeforeWait',
    title: 'Unregister deletes the cdev before it waits',
    values: ['true', 'false'],
  },
  {
    id: 'refcountBeforeAdd',
    title: 'Register sets refcount before it adds the cdev',
    values: ['false', 'true'],
  },
];

/** Parses the option values. */
export function parseParkedOptions(options: Options): ParkedOptions {
  return {
    perDeviceCheck: options['perDeviceCheck'] === 'true',
    delBeforeWait: options['delBeforeWait'] === 'true',
    refcountBeforeAdd: options['refcountBeforeAdd'] === 'true',
  };
}
