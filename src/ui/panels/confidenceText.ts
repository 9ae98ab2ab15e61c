/** How well a step's citation is confirmed, for display. */
export function confidenceText(confidence: string): string {
  return CONFIDENCE_TEXT[confidence] ?? confidence;
}

/** The same in one or two words, for a label. */
export function confidenceTag(confidence: string): string {
  return CONFIDENCE_TAGS[confidence] ?? confidence;
}

const CONFIDENCE_TAGS: Readonly<Record<string, string>> = {
  MINE: 'found here',
  THREAD: 'list',
  DERIVED: 'derived',
  MEM: 'memory',
};

const CONFIDENCE_TEXT: Readonly<Record<string, string>> = {
  MINE: 'found by this project by reading in 2026, not run',
  THREAD: 'from the mailing list',
  DERIVED: 'completed by this project: the proposal leaves it open',
  MEM: 'from memory, not looked up',
};
