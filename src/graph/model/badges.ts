import { callErrorText } from '../../kernel/language/errno';
import type { StepEvent } from '../../kernel/machine/machine';
import type { Program, Step } from '../../kernel/compiler/program';
import { propertyById } from '../../kernel/properties/properties';
import type { PropertyId } from '../../kernel/language/propertyId';
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
  readonly shownAt: string;
  readonly badge: Badge;
}

/**
 * The badges after a run, by the name of their object or process: the last failure of each task until any task begins a
 * call, which may change why it failed, and every violation so far. The node with the latest violation is last.
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
    const call = record.program.calls[record.step?.call ?? -1];
    if (call === undefined || record.step?.pc === call.start) failures.clear();
    for (const { template } of record.events) {
      if (template.kind === 'fail')
        failures.set(task.name, {
          shownAt: nameOf(template.object),
          badge: {
            kind: 'errno',
            title: callErrorText(template.errno),
            text: `${task.name}: ${template.reason}`,
          },
        });
    }
    for (const { property, text, object } of record.violations)
      add(nameOf(object), { kind: 'violation', title: propertyById(property).title, text });
  }
  for (const { shownAt, badge } of failures.values()) add(shownAt, badge);
  return badges;
}
