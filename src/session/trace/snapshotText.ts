import type { Snapshot } from './replay';

/** What the last transition did, in one line. */
export function snapshotText({ eventTexts, step }: Snapshot): string {
  if (eventTexts.length > 0) return eventTexts.join('; ');
  return step ? step.title : 'Initial state';
}
