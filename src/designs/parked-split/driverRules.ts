import { allOf, live, ne } from '../../kernel/language/primitives';
import { containerNotifier } from '../shared/kernelDriver';
import type { KernelDriverRules } from '../shared/kernelDriver';
import type { SplitOptions } from './options';

/** The claim refuses a kernel driver; without a claim by type1, a group in a container has only the notifier of v5.14. */
export function splitDriverRules({ type1ClaimsOwner }: SplitOptions): KernelDriverRules {
  return {
    claimsDefaultDomain: true,
    notifiers: type1ClaimsOwner
      ? []
      : [containerNotifier('PROBE.4b', allOf(live('group'), ne('group.container_users', 0)))],
  };
}
