import type { WorldDevice } from '../../kernel/language/world';

/** Who drives a device before the first call: the name, the verb phrase, and the change of the device. */
export const DEVICE_DRIVERS = {
  vfio: {
    text: 'VFIO driver',
    verb: 'Give it the VFIO driver',
    change: { registered: true, kernelDriver: false },
  },
  none: {
    text: 'no driver yet',
    verb: 'Take its driver away',
    change: { registered: false, kernelDriver: false },
  },
  kernel: {
    text: 'kernel driver',
    verb: 'Give it a kernel driver',
    change: { registered: false, kernelDriver: true },
  },
} as const;

/** Who drives the device before the first call. */
export function driverOf({
  kernelDriver,
  registered,
}: Pick<WorldDevice, 'kernelDriver' | 'registered'>): keyof typeof DEVICE_DRIVERS {
  return kernelDriver ? 'kernel' : registered === false ? 'none' : 'vfio';
}
