import { type CallName } from '../../kernel/language/world';
import type { Snapshot } from '../trace/replay';
import { planIssue } from '../trace/issuePlan';
import { type OpenFd, openFds } from './openFds';
import {
  type CallChoice,
  type CallerContext,
  type CallTemplate,
  PROCESS_CALLS,
  DRIVER_CALLS,
} from './callTemplates';

/** A kind of call of an actor: what it could be made on now, or why it cannot be made. */
interface AvailableCall {
  readonly call: CallName;
  /** The verb alone, for people; several calls may share one. */
  readonly verb: string;
  /** What it is called where it cannot be made: `Open device`. */
  readonly title: string;
  /** Empty exactly when `reason` is set. */
  readonly choices: readonly CallChoice[];
  readonly unavailableReason: string | undefined;
}

/** A process or the driver: who acts. */
export interface Caller {
  readonly name: string;
  readonly kind: 'process' | 'driver';
  /** What it holds open now: fd names and the kinds of file behind them. */
  readonly fds: readonly OpenFd[];
  readonly calls: readonly AvailableCall[];
}

const memo = new WeakMap<Snapshot, readonly Caller[]>();

/** Every process and the driver, with what each can do at this frame. */
export function availableCalls(frame: Snapshot): readonly Caller[] {
  const known = memo.get(frame);
  if (known) return known;
  const used = usedNamesIn(frame);
  const { world } = frame.program;
  const actors = [
    ...world.processes.map((name) => callerOf(frame, name, 'process', PROCESS_CALLS, used)),
    callerOf(frame, 'driver', 'driver', DRIVER_CALLS, used),
  ];
  memo.set(frame, actors);
  return actors;
}

function callerOf(
  frame: Snapshot,
  name: string,
  kind: Caller['kind'],
  verbs: readonly CallTemplate[],
  used: ReadonlySet<string>,
): Caller {
  const view: CallerContext = {
    snapshot: frame,
    caller: name,
    fds: openFds(frame, name),
    usedNames: used,
  };
  const actions = verbs.map((verb): AvailableCall => {
    const choices = verb.choices(view);
    const first = choices[0];
    const plan = first && planIssue(frame, first.call);
    if (plan?.kind === 'refused')
      return {
        call: verb.call,
        verb: verb.verb,
        title: verb.title,
        choices: [],
        unavailableReason: plan.reason,
      };
    return {
      call: verb.call,
      verb: verb.verb,
      title: verb.title,
      choices,
      unavailableReason: first ? undefined : verb.noChoiceReason,
    };
  });
  return { name, kind, fds: view.fds, calls: actions };
}

function usedNamesIn({ program }: Snapshot): ReadonlySet<string> {
  const { world, calls } = program;
  return new Set([
    ...world.processes,
    ...world.devices.flatMap(({ name, group, devset }) => [name, group, devset ?? '']),
    ...calls.flatMap(({ call }) => [call.as ?? '', call.kvm ?? '']),
  ]);
}
