/** The message for the user when a check throws. */
export function checkErrorText(error: unknown): string {
  // Engines report a failed array allocation as a RangeError.
  if (error instanceof RangeError)
    return `The checker ran out of memory (${error.message}). Lower the state limit or remove calls.`;
  return `The checker failed: ${error instanceof Error ? error.message : String(error)}`;
}
