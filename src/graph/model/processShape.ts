/** One shape per process, so that colour is not the only cue. */
const PROCESS_SHAPES = [
  'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z',
  'M2.8 2.8h10.4v10.4H2.8z',
  'M8 1 15 8l-7 7-7-7z',
  'M8 1.6 15 13.8H1z',
  'M4.6 2.2h6.8L14.8 8l-3.4 5.8H4.6L1.2 8z',
  'M8 1.2 14.9 6.3l-2.6 8.1H3.7L1.1 6.3z',
  'M5.6 1.6h4.8v4h4v4.8h-4v4H5.6v-4h-4V5.6h4z',
  'M1 2.2h14L8 14.4z',
] as const;
const KERNEL_RING =
  'M8 1.4a6.6 6.6 0 1 0 0 13.2A6.6 6.6 0 0 0 8 1.4zm0 3.4a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4z';

/** The shape of a process by index (-1: the driver), as a path in a 16 × 16 box. */
export function processShapeAt(process: number): string {
  return process < 0
    ? KERNEL_RING
    : (PROCESS_SHAPES[process % PROCESS_SHAPES.length] ?? KERNEL_RING);
}
