import styles from './effects.module.css';
import type { Effect, EffectKind, Point } from './plan';
import { markColour, markShape } from './ProcessMark';

const EASE = 'cubic-bezier(0.2, 0.7, 0.2, 1)';
const STEADY = 'cubic-bezier(0.45, 0.1, 0.4, 1)';

/** Moves tokens over the graph; returns how to stop at once. Nothing is told here that does not stand on the nodes as well. */
export function playEffects(layer: HTMLElement, root: HTMLElement, effects: readonly Effect[]): () => void {
  const player = new Player(layer, root);
  // Everything is measured before anything is added, so that the page is laid out once.
  player.measure(effects);
  for (const effect of effects) PLAYS[effect.kind](player, effect);
  return () => player.stop();
}

class Player {
  private readonly animations: Animation[] = [];
  private readonly endings: (() => void)[] = [];
  private readonly spots = new Map<Effect, Point>();

  constructor(private readonly layer: HTMLElement, private readonly root: HTMLElement) {}

  /** A new element on the layer, which goes with its animation. */
  add(look: string | undefined, { duration, delay }: Effect, frames: Keyframe[], style: Readonly<Record<string, string>> = {}, child?: Element, easing = EASE): void {
    const element = document.createElement('div');
    element.className = look ?? '';
    for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
    if (child) element.append(child);
    this.layer.append(element);
    this.endings.push(() => element.remove());
    const animation = element.animate(frames, { duration, delay, easing, fill: 'forwards' });
    animation.onfinish = () => element.remove();
    this.animations.push(animation);
  }

  /** Moves what stands on the stage; it ends as it is. */
  move(selector: string, { duration, delay }: Effect, frames: Keyframe[]): void {
    const element = this.root.querySelector(selector);
    if (element) this.animations.push(element.animate(frames, { duration, delay, easing: EASE }));
  }

  /** Hides an element while something moves in its stead. */
  holdBack(selector: string, { duration }: Effect): void {
    const element = this.root.querySelector(selector);
    if (!element) return;
    element.setAttribute('data-held-back', '');
    const show = (): void => element.removeAttribute('data-held-back');
    this.endings.push(show);
    const clock = element.animate([], { duration });
    clock.onfinish = show;
    this.animations.push(clock);
  }

  measure(effects: readonly Effect[]): void {
    // From miles away no row is drawn: the page need not be laid out before the step's own frame.
    const rows = this.root.getAttribute('data-near') !== 'miles' && effects.some(effect => effect.row !== undefined);
    const zero = rows ? this.layer.getBoundingClientRect() : undefined;
    for (const effect of effects) {
      const spot = zero && this.find(effect, zero);
      if (spot) this.spots.set(effect, spot);
    }
  }

  /** Where the value of a row stands now, which depends on how near the stage is seen. */
  spot(effect: Effect): Point | undefined {
    return this.spots.get(effect);
  }

  private find({ node, row }: Effect, zero: DOMRect): Point | undefined {
    const value = row === undefined ? undefined : this.root.querySelector(`[data-node="${CSS.escape(node)}"] [data-row="${CSS.escape(row)}"] dd`);
    const frame = value?.closest('[data-node]');
    if (!value || !(frame instanceof HTMLElement)) return undefined;
    const at = value.getBoundingClientRect();
    const zoom = frame.getBoundingClientRect().width / frame.offsetWidth;
    if (at.width === 0 || zoom === 0) return undefined;
    return { x: (at.left + at.width / 2 - zero.left) / zoom, y: (at.top + at.height / 2 - zero.top) / zoom };
  }

  stop(): void {
    for (const animation of this.animations) animation.cancel();
    for (const end of this.endings) end();
  }
}

const PLAYS: Readonly<Record<EffectKind, (player: Player, effect: Effect) => void>> = {
  // A new node grows in by itself: it is drawn after the step is.
  alloc: () => undefined,
  free: (player, effect) => {
    player.add(styles.husk, effect, [{ opacity: 1, transform: at(effect.from) }, { opacity: 0, transform: `${at(effect.from)} scale(0.9)` }], box(effect));
  },
  take: fly,
  handover: fly,
  contend: fly,
  release: fly,
  swap: (player, effect) => {
    turnChip(player, effect);
    const { from, via, to } = effect;
    if (!via) return;
    player.holdBack(`[data-edge="${CSS.escape(`fops:${effect.node.slice('file:'.length)}`)}"]`, effect);
    const [old, now] = [rod(from, via), rod(from, to)];
    const turned = old.angle + shortest(now.angle - old.angle);
    const move = (angle: number, length: number): string => `${at(from)} rotate(${angle}deg) scaleX(${length / 100})`;
    const path = [move(old.angle, old.length), move(old.angle, old.length * 0.4), move(turned, now.length * 0.4), move(turned, now.length)];
    const fade = (opacities: readonly number[]): Keyframe[] => path.map((transform, i) => ({ transform, opacity: opacities[i] ?? 1, offset: [0, 0.3, 0.62, 1][i] ?? 1 }));
    player.add(styles.rod, effect, fade([1, 1, 0, 0]), { '--tone': 'var(--parked)' }, undefined, STEADY);
    player.add(styles.rod, effect, fade([0, 0, 1, 1]), { '--tone': effect.text === 'normal' ? 'var(--normal)' : 'var(--parked)' }, undefined, STEADY);
  },
  gate: (player, effect) => {
    turnChip(player, effect);
    const { x, y } = effect.from;
    const open = effect.text === 'normal';
    for (const side of [-1, 1]) {
      const shut = at({ x: x + (side < 0 ? -34 : 0), y: y - 11 });
      const away = `${at({ x: x + (side < 0 ? -34 : 0) + side * 30, y: y - 11 })} scaleX(0.2)`;
      player.add(styles.door, effect, [{ transform: open ? shut : away, opacity: open ? 1 : 0 }, { transform: open ? away : shut, opacity: open ? 0 : 1 }], {}, undefined, STEADY);
    }
  },
  reach: (player, effect) => pulse(player, effect, 'var(--normal)', 1),
  order: (player, effect) => word(player, effect, -30),
  count: (player, effect) => word(player, effect, -18),
  write: (player, effect) => {
    const to = player.spot(effect) ?? effect.to;
    player.add(styles.flash, effect, [{ transform: `${at(to)} scaleX(0.4)`, opacity: 0.55 }, { transform: `${at(to)} scaleX(1)`, opacity: 0 }]);
  },
  complete: (player, effect) => {
    const to = player.spot(effect) ?? effect.to;
    player.add(styles.flash, effect, [{ transform: `${at(to)} scaleX(0.3)`, opacity: 0.8 }, { transform: `${at(to)} scaleX(1.5) scaleY(1.6)`, opacity: 0 }], { '--accent': 'var(--ok)' });
  },
  refuse: (player, effect) => {
    pulse(player, effect, 'var(--bad)', 1);
    player.move(`[data-node="${CSS.escape(effect.node)}"] [data-badge="errno"]`, effect, [{ transform: 'translateY(-8px) scale(0.92)', opacity: 0 }, { transform: 'none', opacity: 1 }]);
  },
  violate: (player, effect) => {
    pulse(player, effect, 'var(--bad)', 2);
    player.move(`[data-node="${CSS.escape(effect.node)}"]`, effect, [0, -6, 5, -4, 3, 0].map(x => ({ transform: `translateX(${x}px)` })));
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
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('width', '14');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', markShape(mark.process));
  path.setAttribute('fill', 'currentColor');
  path.setAttribute('fill-rule', 'evenodd');
  svg.append(path);
  player.add(styles.token, effect, [
    { transform: at(from), opacity: 1 },
    { transform: at(to), opacity: 1, offset: 0.75 },
    { transform: `${at(to)} scale(${kind === 'release' ? 0.5 : 1.5})`, opacity: 0 },
  ], { '--who': markColour(mark.process) }, svg);
}

function word(player: Player, effect: Effect, rise: number): void {
  const text = document.createElement('span');
  text.textContent = effect.text;
  const { x, y } = player.spot(effect) ?? effect.to;
  player.add(styles.word, effect, [
    { transform: at({ x, y }), opacity: 0 },
    { transform: at({ x, y: y + rise * 0.7 }), opacity: 1, offset: 0.35 },
    { transform: at({ x, y: y + rise }), opacity: 0 },
  ], {}, text);
}

/** A frame around a node, once or more. */
function pulse(player: Player, effect: Effect, tone: string, times: number): void {
  const place = at(effect.from);
  const beat: Keyframe[] = [{ transform: `${place} scale(1)`, opacity: 0.9 }, { transform: `${place} scale(1.05)`, opacity: 0 }];
  player.add(styles.frame, effect, Array.from({ length: times }, () => beat).flat(), { ...box(effect), '--tone': tone });
}

function turnChip(player: Player, effect: Effect): void {
  player.move(`[data-node="${CSS.escape(effect.node)}"] [data-part="access"]`, effect, [{ transform: 'rotateX(0deg) scale(1)', opacity: 0.4 }, { transform: 'rotateX(90deg) scale(1.25)', opacity: 0.6 }, { transform: 'rotateX(0deg) scale(1.1)', opacity: 1 }, { transform: 'none', opacity: 1 }]);
}

function at({ x, y }: Point): string {
  return `translate(${x}px, ${y}px)`;
}

function box({ size }: Effect): Record<string, string> {
  return { width: `${size.width}px`, height: `${size.height}px` };
}

function rod(a: Point, b: Point): { readonly angle: number; readonly length: number } {
  return { angle: (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI, length: Math.hypot(b.x - a.x, b.y - a.y) };
}

/** The same turn, the short way round. */
function shortest(angle: number): number {
  return ((((angle + 180) % 360) + 360) % 360) - 180;
}
