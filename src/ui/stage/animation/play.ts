import styles from './EffectLayer.module.css';
import { afterPaint } from '../../afterPaint';
import type { Point } from '../../../graph/layout/geometry';
import type { Effect, EffectKind, TargetPositions } from './effect';
import { processColourAt, processShapeAt } from '../../controls/ProcessMark';

const EASING = 'cubic-bezier(0.2, 0.7, 0.2, 1)';
/** By which part of a swap the edge has let go, from where it takes again, and when it has. */
const DETACHED_AT = 0.36;
const ATTACH_FROM = 0.48;
const ATTACHED_AT = 0.9;
/** Half the width of what is drawn of an edge. */
const HALF_LINE_WIDTH = 1.75;
const ACCESS_ICON_PATHS = { parked: 'M4 2.6v6.8M8 2.6v6.8', normal: 'm2 6.4 2.8 2.8L10 3.4' };

/** Moves tokens over the graph; returns how to stop at once. Nothing is told here that does not stand on the nodes as well. */
export function playEffects(
  layer: HTMLElement,
  root: HTMLElement,
  effects: readonly Effect[],
  spots: TargetPositions,
): () => void {
  const player = new Player(layer, root, spots);
  for (const effect of effects) ANIMATIONS[effect.kind](player, effect);
  return () => player.stop();
}

/** These turn the chip of a file. */
const BADGE_FLIP_KINDS: ReadonlySet<EffectKind> = new Set(['swap', 'gate']);

/** Where the values of rows and the chips that turn stand, which depends on how near the stage is seen. Asked for while the page is laid out, it costs nothing. */
export function measureTargets(
  layer: HTMLElement,
  root: HTMLElement,
  effects: readonly Effect[],
): TargetPositions {
  const spots = new Map<Effect, Point>();
  // From miles away no row is drawn.
  const rows =
    root.getAttribute('data-near') !== 'miles' &&
    effects.some((effect) => effect.row !== undefined || BADGE_FLIP_KINDS.has(effect.kind));
  const zero = rows ? layer.getBoundingClientRect() : undefined;
  for (const effect of effects) {
    const spot = zero && targetPosition(root, effect, zero);
    if (spot) spots.set(effect, spot);
  }
  return spots;
}

function targetPosition(
  root: HTMLElement,
  { kind, node, row }: Effect,
  zero: DOMRect,
): Point | undefined {
  const part =
    row === undefined
      ? BADGE_FLIP_KINDS.has(kind)
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
  private readonly cleanups: (() => void)[] = [];
  private readonly added: Element[] = [];
  private running = 0;
  private readonly startedAt = performance.now();

  constructor(
    private readonly layer: HTMLElement,
    private readonly root: HTMLElement,
    private readonly targets: TargetPositions,
  ) {}

  /** A new element on the layer. All go together when the last has come to its end: whatever goes, the page is put together anew. */
  add(
    look: string | undefined,
    { duration, delay }: Effect,
    frames: Keyframe[],
    style: Readonly<Record<string, string>> = {},
    child?: Element,
    easing = EASING,
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
  animateExisting(
    selector: string,
    { duration, delay }: Effect,
    frames: Keyframe[],
    {
      easing = EASING,
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
  hideFor(selector: string, duration: number, how = 'data-held-back'): void {
    const element = this.root.querySelector(selector);
    if (!element) return;
    element.setAttribute(how, '');
    const show = (): void => element.removeAttribute(how);
    this.cleanups.push(show);
    const clock = element.animate([], { duration });
    clock.onfinish = show;
    this.animations.push(clock);
  }

  targetOf(effect: Effect): Point | undefined {
    return this.targets.get(effect);
  }

  /** What stands on the stage. */
  find(selector: string): Element | null {
    return this.root.querySelector(selector);
  }

  /** Adds what is not seen from the start when the step's own frame is painted, which has enough to show; it moves as if it had been there. */
  afterFirstPaint(effect: Effect, act: (effect: Effect) => void): void {
    this.cleanups.push(
      afterPaint(() =>
        act({ ...effect, delay: effect.delay + this.startedAt - performance.now() }),
      ),
    );
  }

  stop(): void {
    for (const animation of this.animations) animation.cancel();
    for (const end of this.cleanups) end();
    this.clear();
  }

  private clear(): void {
    for (const element of this.added) element.remove();
  }
}

const ANIMATIONS: Readonly<Record<EffectKind, (player: Player, effect: Effect) => void>> = {
  // A frame closes about a new node. What moves among the others would part them into pictures, each drawn anew: in a crowd that is most of the step's cost.
  alloc: (player, effect) => {
    const place = translateTo(effect.from);
    player.add(
      styles.frame,
      effect,
      [
        { transform: `${place} scale(1.12)`, opacity: 0 },
        { transform: `${place} scale(1)`, opacity: 0.8, offset: 0.6 },
        { transform: `${place} scale(1)`, opacity: 0 },
      ],
      { ...sizeStyle(effect), '--tone': 'var(--ink-2)' },
    );
  },
  free: (player, effect) => {
    player.add(
      styles.husk,
      effect,
      [
        { opacity: 1, transform: translateTo(effect.from) },
        { opacity: 0, transform: `${translateTo(effect.from)} scale(0.9)` },
      ],
      sizeStyle(effect),
    );
  },
  take: animateToken,
  handover: animateToken,
  contend: animateToken,
  release: animateToken,
  swap: (player, effect) => {
    flipBadge(player, effect);
    animateEdgeSwap(player, effect);
  },
  gate: (player, effect) => {
    flipBadge(player, effect);
    animateEdgeSwap(player, effect);
    player.afterFirstPaint(effect, (late) => animateAccessChange(player, late));
  },
  reach: (player, effect) =>
    player.animateExisting(
      `[data-node="${CSS.escape(effect.node)}"]`,
      effect,
      [
        { opacity: 0, transform: 'scale(1.12)' },
        { opacity: 1, transform: 'none' },
      ],
      { pseudoElement: '::after' },
    ),
  open: (player, effect) =>
    player.hideFor(`[data-edge="${CSS.escape(effect.text)}"]`, effect.delay, 'data-shut'),
  order: (player, effect) => animateText(player, effect, -30),
  count: (player, effect) => animateText(player, effect, -18),
  write: (player, effect) => {
    const to = player.targetOf(effect) ?? effect.to;
    player.add(styles.flash, effect, [
      { transform: `${translateTo(to)} scaleX(0.4)`, opacity: 0.55 },
      { transform: `${translateTo(to)} scaleX(1)`, opacity: 0 },
    ]);
  },
  complete: (player, effect) => {
    const to = player.targetOf(effect) ?? effect.to;
    player.add(
      styles.flash,
      effect,
      [
        { transform: `${translateTo(to)} scaleX(0.3)`, opacity: 0.8 },
        { transform: `${translateTo(to)} scaleX(1.5) scaleY(1.6)`, opacity: 0 },
      ],
      { '--accent': 'var(--ok)' },
    );
  },
  refuse: (player, effect) => {
    animateOutline(player, effect, 'var(--bad)', 1);
    player.animateExisting(
      `[data-node="${CSS.escape(effect.node)}"] [data-badge="errno"]`,
      effect,
      [
        { transform: 'translateY(-8px) scale(0.92)', opacity: 0 },
        { transform: 'none', opacity: 1 },
      ],
    );
  },
  violate: (player, effect) => {
    animateOutline(player, effect, 'var(--bad)', 2);
    player.animateExisting(
      `[data-node="${CSS.escape(effect.node)}"]`,
      effect,
      [0, -6, 5, -4, 3, 0].map((x) => ({ transform: `translateX(${x}px)` })),
    );
  },
};

/** A task goes to what it takes, or back from it. */
function animateToken(player: Player, effect: Effect): void {
  const { mark, kind } = effect;
  if (!mark) return;
  const spot = player.targetOf(effect);
  const queue = spot && { x: spot.x + 34, y: spot.y };
  const from = (kind === 'release' ? spot : kind === 'handover' ? queue : undefined) ?? effect.from;
  const to = (kind === 'release' ? undefined : kind === 'contend' ? queue : spot) ?? effect.to;
  const svg = svgIcon('0 0 16 16', processShapeAt(mark.process), {
    fill: 'currentColor',
    'fill-rule': 'evenodd',
  });
  player.add(
    styles.token,
    effect,
    [
      { transform: translateTo(from), opacity: 1 },
      { transform: translateTo(to), opacity: 1, offset: 0.75 },
      { transform: `${translateTo(to)} scale(${kind === 'release' ? 0.5 : 1.5})`, opacity: 0 },
    ],
    { '--who': processColourAt(mark.process) },
    svg,
  );
}

/** A word that goes where it is meant for, or rises. */
function animateText(player: Player, effect: Effect, rise: number): void {
  const text = document.createElement('span');
  text.textContent = effect.text;
  const from = player.targetOf(effect) ?? effect.from;
  const away = effect.to.x !== effect.from.x || effect.to.y !== effect.from.y;
  const to = away ? effect.to : { x: from.x, y: from.y + rise };
  player.add(
    styles.word,
    effect,
    [
      { transform: translateTo(from), opacity: away ? 1 : 0 },
      {
        transform: translateTo({
          x: from.x + (to.x - from.x) * 0.7,
          y: from.y + (to.y - from.y) * 0.7,
        }),
        opacity: 1,
        offset: 0.35,
      },
      { transform: translateTo(to), opacity: away ? 1 : 0, offset: 0.8 },
      { transform: translateTo(to), opacity: 0 },
    ],
    {},
    text,
  );
}

/** A frame around a node, once or more. */
function animateOutline(player: Player, effect: Effect, tone: string, times: number): void {
  const place = translateTo(effect.from);
  const beat: Keyframe[] = [
    { transform: `${place} scale(1)`, opacity: 0.9 },
    { transform: `${place} scale(1.05)`, opacity: 0 },
  ];
  player.add(styles.frame, effect, Array.from({ length: times }, () => beat).flat(), {
    ...sizeStyle(effect),
    '--tone': tone,
  });
}

/** The chip of a file turns over: what it was, then what it is. */
function flipBadge(player: Player, effect: Effect): void {
  const selector = `[data-node="${CSS.escape(effect.node)}"] [data-part="access"]`;
  player.animateExisting(
    selector,
    effect,
    [
      { transform: 'rotateX(90deg)', opacity: 0 },
      { transform: 'rotateX(90deg)', opacity: 0, offset: DETACHED_AT },
      { transform: 'scale(1.3)', opacity: 1, offset: ATTACH_FROM + 0.1 },
      { transform: 'none', opacity: 1 },
    ],
    { easing: 'linear' },
  );
  const spot = player.targetOf(effect);
  const chip = player.find(selector)?.cloneNode(true);
  if (!spot || !(chip instanceof HTMLElement)) return;
  const was = effect.text === 'normal' ? 'parked' : 'normal';
  chip.dataset['access'] = was;
  chip.querySelector('path')?.setAttribute('d', ACCESS_ICON_PATHS[was]);
  const words = chip.querySelector(':scope > span:last-child');
  if (words)
    words.textContent = effect.kind === 'swap' ? was : was === 'parked' ? 'closed' : 'open';
  const place = `${translateTo(spot)} translate(-50%, -50%)`;
  player.add(
    styles.chip,
    effect,
    [
      { transform: place, opacity: 1 },
      { transform: place, opacity: 1, offset: DETACHED_AT - 0.12 },
      { transform: `${place} rotateX(90deg)`, opacity: 1, offset: DETACHED_AT + 0.06 },
      { transform: `${place} rotateX(90deg)`, opacity: 0 },
    ],
    {},
    chip,
    'linear',
  );
}

/** The two leaves of a gate part, or meet. */
function animateAccessChange(player: Player, effect: Effect): void {
  const {
    from: { x, y },
    size: { width, height },
  } = effect;
  const open = effect.text === 'normal';
  for (const right of [0, 1]) {
    const leaf = (across: number): string =>
      `${translateTo({ x: x + (right * width) / 2, y })} scaleX(${across})`;
    const [first, last] = open ? [1, 0] : [0, 1];
    player.add(
      styles.door,
      effect,
      [
        { transform: leaf(first), opacity: 1 },
        { transform: leaf(first), opacity: 1, offset: DETACHED_AT },
        { transform: leaf(last), opacity: 1 },
      ],
      { width: `${width / 2}px`, height: `${height}px`, 'transform-origin': `${right * 100}% 50%` },
      undefined,
      'linear',
    );
  }
}

/** The edge draws back from the table that it held, turns at the file, and goes out to the other one. */
function animateEdgeSwap(player: Player, effect: Effect): void {
  const { edgePaths: ways, text, node, duration } = effect;
  if (!ways) return;
  player.hideFor(
    `[data-edge="${CSS.escape(`fops:${node.slice('file:'.length)}`)}"]`,
    duration * ATTACHED_AT,
  );
  const now = text === 'normal' ? 'normal' : 'parked';
  const was = now === 'normal' ? 'parked' : 'normal';
  animatePath(player, effect, ways[0], was, (part) => DETACHED_AT * (1 - part));
  player.afterFirstPaint(effect, (late) =>
    animatePath(
      player,
      late,
      ways[1],
      now,
      (part) => ATTACH_FROM + (ATTACHED_AT - ATTACH_FROM) * part,
    ),
  );
}

/** A way as it shortens or grows, with a plug at its end; `when` says at which part of the time it ends at which part of its length. */
function animatePath(
  player: Player,
  effect: Effect,
  way: readonly Point[],
  table: keyof typeof ACCESS_ICON_PATHS,
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
    .map((point) => ({ transform: translateTo(point), offset: when(0) }));
  way.slice(1).forEach((b, i) => {
    const a = way[i] ?? b;
    const length = lengths[i] ?? 0;
    const angle = Math.atan2(b.y - a.y, b.x - a.x);
    const from = {
      x: a.x - Math.cos(angle) * HALF_LINE_WIDTH,
      y: a.y - Math.sin(angle) * HALF_LINE_WIDTH,
    };
    const [begins, ends] = [when(gone / whole), when((gone += length) / whole)];
    const long = (part: number, offset: number): Keyframe => ({
      transform: `${translateTo(from)} rotate(${angle}rad) scaleX(${((length + 2 * HALF_LINE_WIDTH) / 100) * part})`,
      opacity: 1,
      offset,
    });
    const frames = grows
      ? [long(0, 0), long(0, begins), long(1, ends), long(1, 1)]
      : [long(1, 0), long(1, ends), long(0, begins), long(0, 1)];
    player.add(styles.rod, effect, frames, style, undefined, 'linear');
    corners.push({ transform: translateTo(b), offset: ends });
  });
  const [first, last] = [corners[0]?.transform ?? 'none', corners.at(-1)?.transform ?? 'none'];
  const opaque = corners.map((frame): Keyframe => ({ ...frame, opacity: 1 }));
  const frames: Keyframe[] = grows
    ? [
        { transform: first, opacity: 0, offset: 0 },
        { transform: `${first} scale(1.3)`, opacity: 0, offset: DETACHED_AT + 0.06 },
        ...opaque,
        { transform: last, opacity: 0, offset: 1 },
      ]
    : [
        ...opaque.toReversed(),
        { transform: `${first} scale(1.3)`, opacity: 1, offset: DETACHED_AT + 0.06 },
        { transform: first, opacity: 0, offset: ATTACH_FROM },
        { transform: first, opacity: 0, offset: 1 },
      ];
  player.add(
    styles.plug,
    effect,
    frames,
    style,
    svgIcon('0 0 12 12', ACCESS_ICON_PATHS[table], {
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': '2',
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    }),
    'linear',
  );
}

function svgIcon(
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

function translateTo({ x, y }: Point): string {
  return `translate(${x}px, ${y}px)`;
}

function sizeStyle({ size }: Effect): Record<string, string> {
  return { width: `${size.width}px`, height: `${size.height}px` };
}
