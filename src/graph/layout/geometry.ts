/** A position, in px of the stage unless stated otherwise: x to the right, y down. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point and the direction at it, a unit vector. */
export interface DirectedPoint extends Point {
  readonly dx: number;
  readonly dy: number;
}

/** An axis-aligned rectangle: its top left corner and its extent. */
export interface Rect extends Point {
  readonly width: number;
  readonly height: number;
}
