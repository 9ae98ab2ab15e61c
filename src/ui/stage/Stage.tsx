export function Stage() {
  return undefined;
}
