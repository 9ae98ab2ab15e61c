/** What a move tells of itself. */
type Phase = 'start' | 'end' | 'interrupt';
type Args = [datum: undefined, index: number, group: readonly object[]];
type Act = (this: object, ...args: Args) => void;
type MakeTween = (this: object, ...args: Args) => (this: object, at: number) => void;

/** The one element that moves, as d3-selection holds it. */
interface Selection {
  readonly node: () => object;
}

interface ViewMove<From extends Selection> {
  readonly selection: () => From;
  readonly duration: (milliseconds: number) => ViewMove<From>;
  readonly ease: (curve: (at: number) => number) => ViewMove<From>;
  /** Names of phases, each with an own name behind a dot or without, apart by blanks. */
  readonly on: (names: string, act: Act) => ViewMove<From>;
  readonly tween: (name: string, make: MakeTween) => ViewMove<From>;
}

const stops = new WeakMap<object, () => void>();

/** Stops what moves an element or is about to. */
export function interrupt(node: object): void {
  stops.get(node)?.();
}

/** Moves a selection's element from frame to frame: the part of d3-transition that pan and zoom need. The move that ran before is interrupted in the first frame. */
export function viewMove<From extends Selection>(from: From): ViewMove<From> {
  const node = from.node();
  const args: Args = [undefined, 0, [node]];
  const acts: (readonly [Phase, Act])[] = [];
  const tweens: MakeTween[] = [];
  const began = performance.now();
  const stopBefore = stops.get(node);
  let [duration, ease] = [250, (at: number): number => at];
  let phase: 'waiting' | 'moving' | 'over' = 'waiting';
  let steps: readonly ReturnType<MakeTween>[] = [];
  const tell = (what: Phase): void => {
    for (const [wanted, act] of acts) if (wanted === what) act.apply(node, args);
  };
  const end = (what: Phase | undefined): void => {
    phase = 'over';
    cancelAnimationFrame(frame);
    if (stops.get(node) === stop) stops.delete(node);
    if (what) tell(what);
  };
  const stop = (): void => {
    if (phase === 'waiting') stopBefore?.();
    if (phase !== 'over') end(phase === 'moving' ? 'interrupt' : undefined);
  };
  const tick = (): void => {
    if (phase === 'waiting') {
      stopBefore?.();
      phase = 'moving';
      tell('start');
      steps = tweens.map((make) => make.apply(node, args));
    }
    const at = Math.min(1, (performance.now() - began) / duration);
    if (at < 1 && !isOver()) frame = requestAnimationFrame(tick);
    for (const step of steps) if (!isOver()) step.call(node, at < 1 ? ease(at) : 1);
    if (at === 1 && !isOver()) end('end');
  };
  const isOver = (): boolean => phase === 'over';
  let frame = requestAnimationFrame(tick);
  stops.set(node, stop);
  const move: ViewMove<From> = {
    selection: () => from,
    duration: (milliseconds) => {
      duration = milliseconds;
      return move;
    },
    ease: (curve) => {
      ease = curve;
      return move;
    },
    on: (names, act) => {
      for (const name of names.split(' ')) acts.push([name.split('.')[0] as Phase, act]);
      return move;
    },
    tween: (_name, make) => {
      tweens.push(make);
      return move;
    },
  };
  return move;
}
