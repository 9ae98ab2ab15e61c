/** What to tell people when a check throws. */
export function checkErrorText(error: unknown): string {
  if (error instanceof RangeError)
    return `The search ran out of memory (${error.message}). Lower its limit of states, or leave calls out.`;
  return `The search failed: ${error instanceof Error ? error.message : String(error)}`;
}
