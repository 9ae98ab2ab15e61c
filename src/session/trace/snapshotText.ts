import { propertyById } from '../../kernel/properties/properties';
import type { Snapshot } from './replay';
import { unreachedFaultsAt } from './unreachedFaultsAt';

/** What the last transition did, in one line, with the titles of the violated properties; at the end of a run also the faults that it has not reached. */
export function snapshotText(snapshot: Snapshot): string {
  return [
    eventText(snapshot),
    ...snapshot.violations.map(
      ({ property }) => `property violated: ${propertyById(property).title}`,
    ),
  ].join('; ');
}

/** The same without the violations, beside the sentence of one. */
export function eventText(snapshot: Snapshot): string {
  const { step } = snapshot;
  const texts = textsWithoutViolations(snapshot);
  return [
    ...(texts.length > 0 ? texts : [step ? step.title : 'Initial state']),
    ...unreachedFaultsAt(snapshot).map(({ path, message }) => `error: ${path}: ${message}`),
  ].join('; ');
}

function textsWithoutViolations({ events, eventTexts, violations }: Snapshot): readonly string[] {
  return eventTexts.filter((_, index) => {
    const template = events[index]?.template;
    return (
      template?.kind !== 'violation' ||
      violations.every(({ property }) => property !== template.property)
    );
  });
}

/** The same in place of a caption: it always names the task. */
export function stepSentence(snapshot: Snapshot): string {
  const { eventTexts, step, task, program } = snapshot;
  return step && eventTexts.length === 0
    ? `${program.tasks[task ?? -1]?.name}: ${step.title}`
    : snapshotText(snapshot);
}

/** `Property violated: One owner per device. vfio0 has two owners`. */
export function violationSentence({ property, text }: Snapshot['violations'][number]): string {
  return `Property violated: ${propertyById(property).title}. ${text}`;
}
