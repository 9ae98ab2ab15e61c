/** How well a step's citation is confirmed, for display; `MINE` marks a step that nobody else has confirmed. */
export function confidenceText(confidence: string): string {
  return confidence === 'MINE' ? 'from code reading, unconfirmed' : confidence;
}
