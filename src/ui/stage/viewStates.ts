interface ViewStateEntry<T> {
  value: T;
  readonly listeners: Set<() => void>;
}

/**
 * The view state of each node or edge, by id. A value keeps its identity while it is shallowly equal, and each component subscribes to
 * its own id, so that a step re-renders only what it changes.
 */
export class ViewStates<State, T extends object> {
  private readonly entries = new Map<string, ViewStateEntry<T>>();

  constructor(
    private state: State,
    private readonly compute: (state: State, id: string) => T,
  ) {}

  get(id: string): T {
    return this.entryOf(id).value;
  }

  /** Calls `listener` after each change of the value; returns the unsubscribe function. */
  subscribe(id: string, listener: () => void): () => void {
    const entry = this.entryOf(id);
    entry.listeners.add(listener);
    return () => {
      entry.listeners.delete(listener);
      if (entry.listeners.size === 0 && this.entries.get(id) === entry) this.entries.delete(id);
    };
  }

  /** Recomputes every value that has been read or subscribed to. */
  update(state: State): void {
    this.state = state;
    for (const [id, entry] of this.entries) {
      const next = this.compute(state, id);
      if (shallowEqual(entry.value, next)) continue;
      entry.value = next;
      for (const listener of entry.listeners) listener();
    }
  }

  private entryOf(id: string): ViewStateEntry<T> {
    const known = this.entries.get(id);
    if (known) return known;
    const entry = { value: this.compute(this.state, id), listeners: new Set<() => void>() };
    this.entries.set(id, entry);
    return entry;
  }
}

function shallowEqual<T extends object>(a: T, b: T): boolean {
  for (const key in a) if (a[key] !== b[key]) return false;
  return true;
}
