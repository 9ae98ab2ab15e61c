/** More than the absolute value of any element. */
const MAX_VALUE = 2 ** 20;

/** Numbers tuples of integers, element by element: equal tuples get equal numbers. The empty tuple is 0. */
export class TupleNumbers {
  private readonly numbers = new Map<number, number>();

  /** The number of a tuple with one more element. */
  append(tuple: number, value: number): number {
    const key = (2 * tuple + 1) * MAX_VALUE + value;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const next = this.numbers.size + 1;
    this.numbers.set(key, next);
    return next;
  }
}
