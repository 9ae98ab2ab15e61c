/** A label at its place in a line of marks. */
interface Label {
  readonly text: string;
  /** Left edge, px. */
  readonly x: number;
  readonly width: number;
}

/** A label with the row that it has for itself: 0 is next to its mark. */
export interface PlacedLabel extends Label {
  readonly row: number;
}

/** Between two labels of a row, px. */
const GAP = 8;

/** Puts labels, ordered by `x`, into as few rows as a first fit needs, so that none covers another. */
export function stackLabels(labels: readonly Label[]): readonly PlacedLabel[] {
  const ends: number[] = [];
  return labels.map((label) => {
    const free = ends.findIndex((end) => end + GAP <= label.x);
    const row = free < 0 ? ends.length : free;
    ends[row] = label.x + label.width;
    return { ...label, row };
  });
}
