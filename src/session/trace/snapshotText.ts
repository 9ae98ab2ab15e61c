import type { Snapshot } from './replay';
import { unreachedFaultsAt } from './unreachedFaultsAt';

/** What the last transition did, in one line; at the end of a run also the faults that it has not reached. */
export function snapshotText(snapshot: Snapshot): string {
  const { eventTexts, step } = snapshot;
  return [
    ...(eventTexts.length > 0 ? eventTexts : [step ? step.title : 'Initial state']),
    ...unreachedFaultsAt(snapshot).map(({ path, message }) => `error: ${path}: ${message}`),
  ].join('; ');
}
