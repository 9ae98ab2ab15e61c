/** How well a step's citation is confirmed, for display; `MINE` marks our own reading. */
export function confidenceText(confidence: string): string {
  return confidence === 'MINE' ? 'found by reading, not run' : confidence;
}
