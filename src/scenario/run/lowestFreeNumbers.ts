/** Hands out the lowest free number of each space, as the kernel does for fds and ids. */
export class LowestFreeNumbers<Holder> {
  private readonly spaces = new Map<string, (Holder | undefined)[]>();

  /** Takes the lowest free number from `first` on. */
  take(space: string, first: number, holder: Holder): number {
    const holders = this.spaces.get(space) ?? [];
    this.spaces.set(space, holders);
    let number = first;
    while (holders[number] !== undefined) number++;
    holders[number] = holder;
    return number;
  }

  /** Frees the number of a holder, if it has one. */
  release(holder: Holder): void {
    for (const holders of this.spaces.values()) {
      const number = holders.indexOf(holder);
      if (number >= 0) holders[number] = undefined;
    }
  }
}
