/** Limits of the format. The error for a file beyond a limit names it. */
export const LIMITS = {
  devices: 8,
  groups: 4,
  tasks: 8,
  calls: 64,
  processes: 8,
  beats: 256,
  outcomes: 64,
  entries: 4096,
  name: 32,
  title: 200,
  text: 4000,
} as const;
