import { callErrorText } from '../../kernel/language/errno';
import type { StepEvent } from '../../kernel/machine/machine';
import type { Program, Step } from '../../kernel/compiler/program';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Call } from '../../kernel/language/world';
import type { Badge } from './graph';

/** One step of a run, or an issued call (no step), with its events. */
export interface StepRecord {
  readonly program: Program;
  readonly task: number | undefined;
  readonly step: Step | undefined;
  readonly events: readonly StepEvent[];
  /** Violations found after it. */
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
 * The badges after a run, by the name of their object or process: the last failure of each task until it begins another
 * call, and every violation so far. The node with the latest violation is last.
 */
export function badgesOf(records: readonly StepRecord[]): ReadonlyMap<string, readonly Badge[]> {
  const failures = new Map<string, CallFailure>();
  const badges = new Map<string, Badge[]>();
  const add = (name: string, badge: Badge): void => {
    const list = badges.get(name) ?? [];
    badges.delete(name);
    badges.set(name, [...list, badge]);
  };
  for (const record of records) {
    const task = record.task === undefined ? undefined : record.program.tasks[record.task];
    if (!task) continue;
    const nameOf = (object: number | undefined): string =>
      record.program.objects[object ?? -1]?.name ?? task.process;
    const call = record.step && record.program.calls[record.step.call]?.call;
    if (failures.get(task.name)?.call !== call) failures.delete(task.name);
    for (const { template } of record.events) {
      if (template.kind === 'fail')
        failures.set(task.name, {
          call,
          shownAt: nameOf(template.object),
          badge: {
            kind: 'errno',
            title: callErrorText(template.errno),
            text: `${task.name}: ${template.reason}`,
          },
        });
    }
    for (const { property, text, object } of record.violations)
      add(nameOf(object), { kind: 'violation', title: property, text });
  }
  for (const { shownAt, badge } of failures.values()) add(shownAt, badge);
  return badges;
}
