import { afterPaint } from '../../schedule';
import type { Point } from '../../../graph/layout/geometry';
import type { Effect, TargetPositions } from './effect';

const EASING = 'cubic-bezier(0.2, 0.7, 0.2, 1)';

/** Plays the effects of one step, and cleans up after them. */
export class Player {
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

  /** Animates a new element on the layer. All are removed together after the last ends: each removal costs a compositing update. */
  add(
    className: string | undefined,
    { kind, duration, delay }: Effect,
    keyframes: Keyframe[],
    style: Readonly<Record<string, string>> = {},
    child?: Element,
    easing = EASING,
    piece = '',
  ): void {
    const element = document.createElement('div');
    element.className = className ?? '';
    element.dataset['effect'] = kind;
    element.dataset['piece'] = piece;
    for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
    if (child) element.append(child);
    this.layer.append(element);
    this.added.push(element);
    this.running += 1;
    const animation = element.animate(keyframes, { duration, delay, easing, fill: 'forwards' });
    animation.onfinish = () => {
      this.running -= 1;
      if (this.running === 0) this.removeAdded();
    };
    this.animations.push(animation);
  }

  /** Animates an element of the stage towards its current style. */
  animateExisting(
    selector: string,
    { duration, delay }: Effect,
    keyframes: Keyframe[],
    {
      easing = EASING,
      pseudoElement,
    }: Pick<KeyframeAnimationOptions, 'easing' | 'pseudoElement'> = {},
  ): void {
    const element = this.find(selector);
    if (element)
      this.animations.push(
        element.animate(keyframes, {
          duration,
          delay,
          easing,
          fill: 'backwards',
          ...(pseudoElement && { pseudoElement }),
        }),
      );
  }

  /** Sets an attribute for `duration` ms: by default the one that hides the element while an effect stands in for it. */
  hideFor(selector: string, duration: number, attribute = 'data-hidden-by-effect'): void {
    const element = this.find(selector);
    if (!element) return;
    element.setAttribute(attribute, '');
    const show = (): void => element.removeAttribute(attribute);
    this.cleanups.push(show);
    const timer = element.animate([], { duration });
    timer.onfinish = show;
    this.animations.push(timer);
  }

  targetOf(effect: Effect): Point | undefined {
    return this.targets.get(effect);
  }

  /** An element of the stage. */
  find(selector: string): Element | null {
    return this.root.querySelector(selector);
  }

  /** Starts part of an effect after the step's first paint, to keep that frame short. The delay is reduced by the time lost. */
  afterFirstPaint(effect: Effect, start: (effect: Effect) => void): void {
    this.cleanups.push(
      afterPaint(() =>
        start({ ...effect, delay: effect.delay + this.startedAt - performance.now() }),
      ),
    );
  }

  stop(): void {
    for (const animation of this.animations) animation.cancel();
    for (const cleanup of this.cleanups) cleanup();
    this.removeAdded();
  }

  private removeAdded(): void {
    for (const element of this.added) element.remove();
  }
}

export function translateTo({ x, y }: Point): string {
  return `translate(${x}px, ${y}px)`;
}

/** The node's size as CSS. */
export function sizeStyle({ size }: Effect): Record<string, string> {
  return { width: `${size.width}px`, height: `${size.height}px` };
}

export function nodeSelector({ node }: Effect): string {
  return `[data-node="${CSS.escape(node)}"]`;
}

export function svgIcon(
  viewBox: string,
  d: string,
  attributes: Readonly<Record<string, string>>,
): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', viewBox);
  svg.setAttribute('width', '14');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', d);
  for (const [name, value] of Object.entries(attributes)) path.setAttribute(name, value);
  svg.append(path);
  return svg;
}
