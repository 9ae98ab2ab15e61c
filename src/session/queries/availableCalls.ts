import type { CallName } from '../../kernel/language/world';
import { planIssue } from '../trace/issuePlan';
import { pendingCalls, plannedCalls } from '../trace/pendingCalls';
import { memoizeByKey } from '../trace/memoize';
import type { Snapshot } from '../trace/replay';
import { DRIVER_CALLS, PROCESS_CALLS, type CallChoice, type CallTemplate } from './callTemplates';
import { callsOfDesign } from './ownCalls';
import { openFds, type OpenFd } from './openFds';

/** One kind of call of a caller: the choices of its arguments, or why it cannot be made. */
interface AvailableCall {
  readonly call: CallName;
  /** The verb alone; several calls may share one. */
  readonly verb: string;
  /** For example `Open device`. */
  readonly title: string;
  /** Empty exactly if `unavailableReason` is set. */
  readonly choices: readonly CallChoice[];
  readonly unavailableReason: string | undefined;
}

/** A process, or the driver. */
export interface Caller {
  readonly name: string;
  readonly kind: 'process' | 'driver';
  readonly fds: readonly OpenFd[];
  readonly calls: readonly AvailableCall[];
}

/** Every process and the driver, with the calls that each can make now. */
export const availableCalls = memoizeByKey((snapshot: Snapshot): readonly Caller[] => {
  const usedNames = usedNamesIn(snapshot);
  const planned = plannedCalls(snapshot.node.setup);
  const callerOf = (
    name: string,
    kind: Caller['kind'],
    templates: readonly CallTemplate[],
  ): Caller => {
    const fds = openFds(snapshot, name);
    const calls = templates.map((template): AvailableCall => {
      const { call, verb, title, noChoiceReason } = template;
      const choices = template.choices({ snapshot, caller: name, fds, usedNames, planned });
      const [first] = choices;
      if (!first) return { call, verb, title, choices, unavailableReason: noChoiceReason };
      // The plan depends on the caller only, so the first choice stands for all.
      const plan = planIssue(snapshot, first.call);
      return plan.kind === 'refused'
        ? { call, verb, title, choices: [], unavailableReason: plan.reason }
        : { call, verb, title, choices, unavailableReason: undefined };
    });
    return { name, kind, fds, calls };
  };
  const { design, world } = snapshot.program;
  const ofProcess = callsOfDesign(design, 'process', PROCESS_CALLS);
  return [
    ...world.processes.map((name) => callerOf(name, 'process', ofProcess)),
    callerOf('driver', 'driver', callsOfDesign(design, 'driver', DRIVER_CALLS)),
  ];
});

/** Names that a new fd, IOAS or container may not have. A call that the user makes replaces the pending ones, so their names are free. */
function usedNamesIn(snapshot: Snapshot): ReadonlySet<string> {
  const { world, calls } = snapshot.program;
  const pending = pendingCalls(snapshot);
  return new Set([
    ...world.processes,
    ...world.devices.flatMap(({ name, group, devset }) => [name, group, devset ?? '']),
    ...calls.flatMap(({ call, index }) =>
      pending.has(index) ? [] : [call.as ?? '', call.kvm ?? ''],
    ),
  ]);
}
