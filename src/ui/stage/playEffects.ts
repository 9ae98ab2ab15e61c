import styles from './effects.module.css';
import { afterPaint } from '../afterPaint';
import type { Effect, EffectKind, Point, Spots } from './effect';
import { markColour, markShape } from './ProcessMark';

const EASE = 'cubic-bezier(0.2, 0.7, 0.2, 1)';
/** By which part of a swap the edge has let go, from where it takes again, and when it has. */
const LET_GO = 0.36;
const TAKE = 0.48;
const TAKEN = 0.9;
/** Half the width of what is drawn of an edge. */
const HALF = 1.75;
const SIGN = { parked: 'M4 2.6v6.8M8 2.6v6.8', normal: 'm2 6.4 2.8 2.8L10 3.4' };

/** Moves tokens over the graph; returns how to stop at once. Nothing is told here that does not stand on the nodes as well. */
export function playEffects(
  layer: HTMLElement,
  root: HTMLElement,
  effects: readonly Effect[],
  spots: Spots,
): () => void {
  const player = new Player(layer, root, spots);
  for (const effect of effects) PLAYS[effect.kind](player, effect);
  return () => player.stop();
}

/** These turn the chip of a file. */
const TURNS: ReadonlySet<EffectKind> = new Set(['swap', 'gate']);

/** Where the values of rows and the chips that turn stand, which depends on how near the stage is seen. Asked for while the page is laid out, it costs nothing. */
export function measure(layer: HTMLElement, root: HTMLElement, effects: readonly Effect[]): Spots {
  const spots = new Map<Effect, Point>();
  // From miles away no row is drawn.
  const rows =
    root.getAttribute('data-near') !== 'miles' &&
    effects.some((effect) => effect.row !== undefined || TURNS.has(effect.kind));
  const zero = rows ? layer.getBoundingClientRect() : undefined;
  for (const effect of effects) {
    const spot = zero && place(root, effect, zero);
    if (spot) spots.set(effect, spot);
  }
  return spots;
}

function place(root: HTMLElement, { kind, node, row }: Effect, zero: DOMRect): Point | undefined {
  const part =
    row === undefined
      ? TURNS.has(kind)
        ? '[data-part="access"]'
        : undefined
      : `[data-row="${CSS.escape(row)}"] dd`;
  const value =
    part === undefined ? null : root.querySelector(`[data-node="${CSS.escape(node)}"] ${part}`);
  const frame = value?.closest('[data-node]');
  if (!value || !(frame instanceof HTMLElement)) return undefined;
  const at = value.getBoundingClientRect();
  const zoom = frame.getBoundingClientRect().width / frame.offsetWidth;
  if (at.width === 0 || zoom === 0) return undefined;
  return {
    x: (at.left + at.width / 2 - zero.left) / zoom,
    y: (at.top + at.height / 2 - zero.top) / zoom,
  };
}

class Player {
  private readonly animations: Animation[] = [];
  private readonly endings: (() => void)[] = [];
  private readonly added: Element[] = [];
  private running = 0;
  private readonly begun = performance.now();

  constructor(
    private readonly layer: HTMLElement,
    private readonly root: HTMLElement,
    private readonly spots: Spots,
  ) {}

  /** A new element on the layer. All go together when the last has come to its end: whatever goes, the page is put together anew. */
  add(
    look: string | undefined,
    { duration, delay }: Effect,
    frames: Keyframe[],
    style: Readonly<Record<string, string>> = {},
    child?: Element,
    easing = EASE,
  ): void {
    const element = document.createElement('div');
    element.className = look ?? '';
    for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
    if (child) element.append(child);
    this.layer.append(element);
    this.added.push(element);
    this.running += 1;
    const animation = element.animate(frames, { duration, delay, easing, fill: 'forwards' });
    animation.onfinish = () => {
      this.running -= 1;
      if (this.running === 0) this.clear();
    };
    this.animations.push(animation);
  }

  /** Moves what stands on the stage; it ends as it is. */
  move(
    selector: string,
    { duration, delay }: Effect,
    frames: Keyframe[],
    {
      easing = EASE,
      pseudoElement,
    }: Pick<KeyframeAnimationOptions, 'easing' | 'pseudoElement'> = {},
  ): void {
    const element = this.root.querySelector(selector);
    if (element)
      this.animations.push(
        element.animate(frames, {
          duration,
          delay,
          easing,
          fill: 'backwards',
          ...(pseudoElement && { pseudoElement }),
        }),
      );
  }

  /** Hides an element, or that it is new, while something moves in its stead. */
  holdBack(selector: string, duration: number, how = 'data-held-back'): void {
    const element = this.root.querySelector(selector);
    if (!element) return;
    element.setAttribute(how, '');
    const show = (): void => element.removeAttribute(how);
    this.endings.push(show);
    const clock = element.animate([], { duration });
    clock.onfinish = show;
    this.animations.push(clock);
  }

  spot(effect: Effect): Point | undefined {
    return this.spots.get(effect);
  }

  /** What stands on the stage. */
  find(selector: string): Element | null {
    return this.root.querySelector(selector);
  }

  /** Adds what is not seen from the start when the step's own frame is painted, which has enough to show; it moves as if it had been there. */
  later(effect: Effect, act: (effect: Effect) => void): void {
    this.endings.push(
      afterPaint(() => act({ ...effect, delay: effect.delay + this.begun - performance.now() })),
    );
  }

  stop(): void {
    for (const animation of this.animations) animation.cancel();
    for (const end of this.endings) end();
    this.clear();
  }

  private clear(): void {
    for (const element of this.added) element.remove();
  }
}

const PLAYS: Readonly<Record<EffectKind, (player: Player, effect: Effect) => void>> = {
  // A frame closes about a new node. What moves among the others would part them into pictures, each drawn anew: in a crowd that is most of the step's cost.
  alloc: (player, effect) => {
    const place = at(effect.from);
    player.add(
      styles.frame,
      effect,
      [
        { transform: `${place} scale(1.12)`, opacity: 0 },
        { transform: `${place} scale(1)`, opacity: 0.8, offset: 0.6 },
        { transform: `${place} scale(1)`, opacity: 0 },
      ],
      { ...box(effect), '--tone': 'var(--ink-2)' },
    );
  },
  free: (player, effect) => {
    player.add(
      styles.husk,
      effect,
      [
        { opacity: 1, transform: at(effect.from) },
        { opacity: 0, transform: `${at(effect.from)} scale(0.9)` },
      ],
      box(effect),
    );
  },
  take: fly,
  handover: fly,
  contend: fly,
  release: fly,
  swap: (player, effect) => {
    turnChip(player, effect);
    replug(player, effect);
  },
  gate: (player, effect) => {
    turnChip(player, effect);
    replug(player, effect);
    player.later(effect, (late) => openDoors(player, late));
  },
  reach: (player, effect) =>
    player.move(
      `[data-node="${CSS.escape(effect.node)}"]`,
      effect,
      [
        { opacity: 0, transform: 'scale(1.12)' },
        { opacity: 1, transform: 'none' },
      ],
      { pseudoElement: '::after' },
    ),
  open: (player, effect) =>
    player.holdBack(`[data-edge="${CSS.escape(effect.text)}"]`, effect.delay, 'data-shut'),
  order: (player, effect) => word(player, effect, -30),
  count: (player, effect) => word(player, effect, -18),
  write: (player, effect) => {
    const to = player.spot(effect) ?? effect.to;
    player.add(styles.flash, effect, [
      { transform: `${at(to)} scaleX(0.4)`, opacity: 0.55 },
      { transform: `${at(to)} scaleX(1)`, opacity: 0 },
    ]);
  },
  complete: (player, effect) => {
    const to = player.spot(effect) ?? effect.to;
    player.add(
      styles.flash,
      effect,
      [
        { transform: `${at(to)} scaleX(0.3)`, opacity: 0.8 },
        { transform: `${at(to)} scaleX(1.5) scaleY(1.6)`, opacity: 0 },
      ],
      { '--accent': 'var(--ok)' },
    );
  },
  refuse: (player, effect) => {
    pulse(player, effect, 'var(--bad)', 1);
    player.move(`[data-node="${CSS.escape(effect.node)}"] [data-badge="errno"]`, effect, [
      { transform: 'translateY(-8px) scale(0.92)', opacity: 0 },
      { transform: 'none', opacity: 1 },
    ]);
  },
  violate: (player, effect) => {
    pulse(player, effect, 'var(--bad)', 2);
    player.move(
      `[data-node="${CSS.escape(effect.node)}"]`,
      effect,
      [0, -6, 5, -4, 3, 0].map((x) => ({ transform: `translateX(${x}px)` })),
    );
  },
};

/** A task goes to what it takes, or back from it. */
function fly(player: Player, effect: Effect): void {
  const { mark, kind } = effect;
  if (!mark) return;
  const spot = player.spot(effect);
  const queue = spot && { x: spot.x + 34, y: spot.y };
  const from = (kind === 'release' ? spot : kind === 'handover' ? queue : undefined) ?? effect.from;
  const to = (kind === 'release' ? undefined : kind === 'contend' ? queue : spot) ?? effect.to;
  const svg = signed('0 0 16 16', markShape(mark.process), {
    fill: 'currentColor',
    'fill-rule': 'evenodd',
  });
  player.add(
    styles.token,
    effect,
    [
      { transform: at(from), opacity: 1 },
      { transform: at(to), opacity: 1, offset: 0.75 },
      { transform: `${at(to)} scale(${kind === 'release' ? 0.5 : 1.5})`, opacity: 0 },
    ],
    { '--who': markColour(mark.process) },
    svg,
  );
}

/** A word that goes where it is meant for, or rises. */
function word(player: Player, effect: Effect, rise: number): void {
  const text = document.createElement('span');
  text.textContent = effect.text;
  const from = player.spot(effect) ?? effect.from;
  const away = effect.to.x !== effect.from.x || effect.to.y !== effect.from.y;
  const to = away ? effect.to : { x: from.x, y: from.y + rise };
  player.add(
    styles.word,
    effect,
    [
      { transform: at(from), opacity: away ? 1 : 0 },
      {
        transform: at({ x: from.x + (to.x - from.x) * 0.7, y: from.y + (to.y - from.y) * 0.7 }),
        opacity: 1,
        offset: 0.35,
      },
      { transform: at(to), opacity: away ? 1 : 0, offset: 0.8 },
      { transform: at(to), opacity: 0 },
    ],
    {},
    text,
  );
}

/** A frame around a node, once or more. */
function pulse(player: Player, effect: Effect, tone: string, times: number): void {
  const place = at(effect.from);
  const beat: Keyframe[] = [
    { transform: `${place} scale(1)`, opacity: 0.9 },
    { transform: `${place} scale(1.05)`, opacity: 0 },
  ];
  player.add(styles.frame, effect, Array.from({ length: times }, () => beat).flat(), {
    ...box(effect),
    '--tone': tone,
  });
}

/** The chip of a file turns over: what it was, then what it is. */
function turnChip(player: Player, effect: Effect): void {
  const selector = `[data-node="${CSS.escape(effect.node)}"] [data-part="access"]`;
  player.move(
    selector,
    effect,
    [
      { transform: 'rotateX(90deg)', opacity: 0 },
      { transform: 'rotateX(90deg)', opacity: 0, offset: LET_GO },
      { transform: 'scale(1.3)', opacity: 1, offset: TAKE + 0.1 },
      { transform: 'none', opacity: 1 },
    ],
    { easing: 'linear' },
  );
  const spot = player.spot(effect);
  const chip = player.find(selector)?.cloneNode(true);
  if (!spot || !(chip instanceof HTMLElement)) return;
  const was = effect.text === 'normal' ? 'parked' : 'normal';
  chip.dataset['access'] = was;
  chip.querySelector('path')?.setAttribute('d', SIGN[was]);
  const words = chip.querySelector(':scope > span:last-child');
  if (words)
    words.textContent = effect.kind === 'swap' ? was : was === 'parked' ? 'closed' : 'open';
  const place = `${at(spot)} translate(-50%, -50%)`;
  player.add(
    styles.chip,
    effect,
    [
      { transform: place, opacity: 1 },
      { transform: place, opacity: 1, offset: LET_GO - 0.12 },
      { transform: `${place} rotateX(90deg)`, opacity: 1, offset: LET_GO + 0.06 },
      { transform: `${place} rotateX(90deg)`, opacity: 0 },
    ],
    {},
    chip,
    'linear',
  );
}

/** The two leaves of a gate part, or meet. */
function openDoors(player: Player, effect: Effect): void {
  const {
    from: { x, y },
    size: { width, height },
  } = effect;
  const open = effect.text === 'normal';
  for (const right of [0, 1]) {
    const leaf = (across: number): string =>
      `${at({ x: x + (right * width) / 2, y })} scaleX(${across})`;
    const [first, last] = open ? [1, 0] : [0, 1];
    player.add(
      styles.door,
      effect,
      [
        { transform: leaf(first), opacity: 1 },
        { transform: leaf(first), opacity: 1, offset: LET_GO },
        { transform: leaf(last), opacity: 1 },
      ],
      { width: `${width / 2}px`, height: `${height}px`, 'transform-origin': `${right * 100}% 50%` },
      undefined,
      'linear',
    );
  }
}

/** The edge draws back from the table that it held, turns at the file, and goes out to the other one. */
function replug(player: Player, effect: Effect): void {
  const { ways, text, node, duration } = effect;
  if (!ways) return;
  player.holdBack(
    `[data-edge="${CSS.escape(`fops:${node.slice('file:'.length)}`)}"]`,
    duration * TAKEN,
  );
  const now = text === 'normal' ? 'normal' : 'parked';
  const was = now === 'normal' ? 'parked' : 'normal';
  drawn(player, effect, ways[0], was, (part) => LET_GO * (1 - part));
  player.later(effect, (late) =>
    drawn(player, late, ways[1], now, (part) => TAKE + (TAKEN - TAKE) * part),
  );
}

/** A way as it shortens or grows, with a plug at its end; `when` says at which part of the time it ends at which part of its length. */
function drawn(
  player: Player,
  effect: Effect,
  way: readonly Point[],
  table: keyof typeof SIGN,
  when: (part: number) => number,
): void {
  const style = { '--tone': `var(--${table})` };
  const grows = when(1) > when(0);
  const lengths = way
    .slice(1)
    .map((point, i) => Math.hypot(point.x - (way[i]?.x ?? 0), point.y - (way[i]?.y ?? 0)));
  const whole = lengths.reduce((sum, each) => sum + each, 0) || 1;
  let gone = 0;
  const corners: Keyframe[] = way
    .slice(0, 1)
    .map((point) => ({ transform: at(point), offset: when(0) }));
  way.slice(1).forEach((b, i) => {
    const a = way[i] ?? b;
    const length = lengths[i] ?? 0;
    const angle = Math.atan2(b.y - a.y, b.x - a.x);
    const from = { x: a.x - Math.cos(angle) * HALF, y: a.y - Math.sin(angle) * HALF };
    const [begins, ends] = [when(gone / whole), when((gone += length) / whole)];
    const long = (part: number, offset: number): Keyframe => ({
      transform: `${at(from)} rotate(${angle}rad) scaleX(${((length + 2 * HALF) / 100) * part})`,
      opacity: 1,
      offset,
    });
    const frames = grows
      ? [long(0, 0), long(0, begins), long(1, ends), long(1, 1)]
      : [long(1, 0), long(1, ends), long(0, begins), long(0, 1)];
    player.add(styles.rod, effect, frames, style, undefined, 'linear');
    corners.push({ transform: at(b), offset: ends });
  });
  const [first, last] = [corners[0]?.transform ?? 'none', corners.at(-1)?.transform ?? 'none'];
  const opaque = corners.map((frame): Keyframe => ({ ...frame, opacity: 1 }));
  const frames: Keyframe[] = grows
    ? [
        { transform: first, opacity: 0, offset: 0 },
        { transform: `${first} scale(1.3)`, opacity: 0, offset: LET_GO + 0.06 },
        ...opaque,
        { transform: last, opacity: 0, offset: 1 },
      ]
    : [
        ...opaque.toReversed(),
        { transform: `${first} scale(1.3)`, opacity: 1, offset: LET_GO + 0.06 },
        { transform: first, opacity: 0, offset: TAKE },
        { transform: first, opacity: 0, offset: 1 },
      ];
  player.add(
    styles.plug,
    effect,
    frames,
    style,
    signed('0 0 12 12', SIGN[table], {
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': '2',
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    }),
    'linear',
  );
}

function signed(
  viewBox: string,
  d: string,
  paint: Readonly<Record<string, string>>,
): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', viewBox);
  svg.setAttribute('width', '14');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', d);
  for (const [name, value] of Object.entries(paint)) path.setAttribute(name, value);
  svg.append(path);
  return svg;
}

function at({ x, y }: Point): string {
  return `translate(${x}px, ${y}px)`;
}

function box({ size }: Effect): Record<string, string> {
  return { width: `${size.width}px`, height: `${size.height}px` };
}
