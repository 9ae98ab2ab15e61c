import type { Snapshot } from './replay';

/** What the last move of a frame did, in one line. */
export function snapshotText(frame: Snapshot): string {
  if (frame.eventTexts.length > 0) return frame.eventTexts.join('; ');
  return frame.step ? frame.step.title : 'The beginning';
}
