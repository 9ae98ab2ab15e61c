const isThorough = (): boolean => import.meta.env['VITE_FUZZ'] === 'thorough';

/**
 * How many random inputs a fuzz test tries: `everyday`, or `thorough` in `npm run fuzz`, which takes minutes.
 * Both start from the same seed.
 */
export function fuzzRounds(everyday: number, thorough: number): number {
  return isThorough() ? thorough : everyday;
}

/** The goal for one input. */
const GOAL_MS = 50;
/** Inputs that are tried once more at the end. */
const MAX_REPEATED = 20;

interface TimedInput {
  readonly index: number;
  readonly milliseconds: number;
  readonly again: () => unknown;
}

/** Runs the inputs of a fuzz test in `npm run fuzz` and measures the CPU time of each. `cpuUsage` is the one of `node:process`, in µs. */
export class InputTimes {
  private readonly milliseconds: number[] = [];
  private slowest: TimedInput[] = [];

  constructor(
    private readonly cpuUsage: () => { readonly user: number; readonly system: number },
  ) {}

  /** Calls `input`, and once more at the end if it was one of the slowest. */
  run<T>(input: () => T): T {
    const begin = this.now();
    const result = input();
    this.add(this.now() - begin, input);
    return result;
  }

  /** The same for an input that is awaited. */
  async runAsync<T>(input: () => Promise<T>): Promise<T> {
    const begin = this.now();
    const result = await input();
    this.add(this.now() - begin, input);
    return result;
  }

  /** One line: how many inputs, and the CPU time of one. Empty outside `npm run fuzz`. */
  async report(what: string): Promise<string> {
    if (!isThorough()) return '';
    const sorted = this.milliseconds.toSorted((a, b) => a - b);
    const at = (share: number): string =>
      (sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(1);
    const over = sorted.filter((each) => each > GOAL_MS).length;
    const repeated: string[] = [];
    for (const { index, milliseconds, again } of this.slowest.slice(
      0,
      over === 0 ? 1 : undefined,
    )) {
      const begin = this.now();
      await again();
      repeated.push(
        `input ${index} ${milliseconds.toFixed(1)} and ${(this.now() - begin).toFixed(1)} ms`,
      );
    }
    return (
      `fuzz: ${sorted.length} ${what}: CPU time of one input: median ${at(0.5)} ms, 99.9 % under ${at(0.999)} ms, worst ${at(1)} ms; ` +
      `${over} over ${GOAL_MS} ms. The worst, and again at the end: ${repeated.join(', ')}`
    );
  }

  private now(): number {
    const { user, system } = this.cpuUsage();
    return (user + system) / 1000;
  }

  private add(milliseconds: number, again: () => unknown): void {
    const index = this.milliseconds.push(milliseconds) - 1;
    if (milliseconds <= (this.slowest[MAX_REPEATED - 1]?.milliseconds ?? 0)) return;
    this.slowest = [...this.slowest, { index, milliseconds, again }]
      .toSorted((a, b) => b.milliseconds - a.milliseconds)
      .slice(0, MAX_REPEATED);
  }
}
