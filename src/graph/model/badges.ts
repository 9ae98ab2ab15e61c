import type { StepEvent } from '../../kernel/machine/machine';
import type { Program, Step } from '../../kernel/compiler/program';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Call } from '../../kernel/language/world';
import type { Badge } from './graph';

/** One step of a run, or a call put in (no step), with what it told. */
export interface StepRecord {
  readonly program: Program;
  readonly task: number | undefined;
  readonly step: Step | undefined;
  readonly events: readonly StepEvent[];
  /** Rules found broken after it. */
  readonly violations: readonly {
    readonly property: PropertyId;
    readonly text: string;
    readonly object: number | undefined;
  }[];
}

interface CallFailure {
  readonly call: Call | undefined;
  readonly shownAt: string;
  readonly badge: Badge;
}

/**
 * The badges that stand after a run, by the name of their object or process: the last refusal of each task until it begins
 * another call, and every rule broken so far; whose rule was broken last is last.
 */
export function badgesOf(run: readonly StepRecord[]): ReadonlyMap<string, readonly Badge[]> {
  const refusals = new Map<string, CallFailure>();
  const badges = new Map<string, Badge[]>();
  const put = (name: string, badge: Badge): void => {
    const list = badges.get(name) ?? [];
    badges.delete(name);
    badges.set(name, [...list, badge]);
  };
  for (const deed of run) {
    const task = deed.task === undefined ? undefined : deed.program.tasks[deed.task];
    if (!task) continue;
    const nameOf = (object: number | undefined): string =>
      deed.program.objects[object ?? -1]?.name ?? task.process;
    const call = deed.step && deed.program.calls[deed.step.call]?.call;
    if (refusals.get(task.name)?.call !== call) refusals.delete(task.name);
    for (const { template: note } of deed.events) {
      if (note.kind === 'fail')
        refusals.set(task.name, {
          call,
          shownAt: nameOf(note.object),
          badge: { kind: 'errno', title: `-${note.errno}`, text: `${task.name}: ${note.reason}` },
        });
    }
    for (const { property, text, object } of deed.violations)
      put(nameOf(object), { kind: 'violation', title: property, text });
  }
  for (const { shownAt: at, badge } of refusals.values()) put(at, badge);
  return badges;
}
