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
    effects: {
      true: 'Bind checks under the lock that the device has no iommu_dev yet',
      false: 'Bind does not check whether the device has an iommu_dev already',
    },
  },
  {
    id: 'delBeforeWait',
    title: 'Unregister deletes the cdev before it waits',
    values: ['true', 'false'],
    effects: {
      true: 'Unregister deletes the cdev first and then waits for its open files',
      false: 'Unregister waits for the open files first and then deletes the cdev',
    },
  },
  {
    id: 'refcountBeforeAdd',
    title: 'Register sets refcount before it adds the cdev',
    values: ['false', 'true'],
    effects: {
      false: 'Register adds the cdev first and then sets the refcount of the device',
      true: 'Register sets the refcount of the device first and then adds the cdev',
    },
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
