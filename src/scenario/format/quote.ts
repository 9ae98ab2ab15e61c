/** Text from an untrusted source with its control characters escaped, so that it cannot control a terminal. */
export function escapeControlCharacters(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** An untrusted value for a message: JSON of at most 60 characters, or `nothing` for undefined. */
export function quote(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string')
    return escapeControlCharacters(
      value.length <= 60 ? JSON.stringify(value) : `${JSON.stringify(value.slice(0, 56))}…`,
    );
  return JSON.stringify(value) ?? typeof value;
}
