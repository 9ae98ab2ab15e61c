import { useEffect, useRef } from 'react';
import { placeBeside } from './placeBeside';
import styles from './TooltipLayer.module.css';

const SHOW_DELAY_MS = 450;
/** Long enough to move the pointer from the control onto its tooltip. */
const HIDE_DELAY_MS = 200;

/**
 * The one tooltip of the page: shows the `data-tooltip` text of the control that is hovered or has keyboard focus, and the
 * picture at the URL `data-tooltip-picture`.
 * As WCAG 1.4.13 asks, the pointer can move onto it, Escape hides it, and nothing else does while the control is hovered or focused.
 * A pressed control has been understood: its tooltip stays away until the pointer has left it.
 */
export function TooltipLayer() {
  const layer = useRef<HTMLDivElement>(null);
  useEffect(() => (layer.current ? followPointerAndFocus(layer.current) : undefined), []);
  return <div ref={layer} popover="manual" role="tooltip" className={styles.tooltip} />;
}

function followPointerAndFocus(layer: HTMLElement): () => void {
  let owner: HTMLElement | undefined;
  let pressed: HTMLElement | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const place = (): void => {
    if (!owner) return;
    const side = owner.dataset['tooltipSide'] === 'below' ? 'below' : 'above';
    placeBeside(layer, owner.getBoundingClientRect(), side, 'center');
  };
  const show = (next: HTMLElement): void => {
    clearTimeout(timer);
    owner = next;
    const { tooltip = '', tooltipPicture } = next.dataset;
    layer.replaceChildren(
      tooltip,
      ...(tooltipPicture === undefined ? [] : [picture(tooltipPicture)]),
    );
    layer.togglePopover(true);
    place();
    changes.observe(next, { attributeFilter: ['data-tooltip', 'data-tooltip-picture'] });
  };
  const picture = (source: string): HTMLImageElement => {
    const image = new Image();
    image.alt = '';
    image.addEventListener('load', place);
    image.src = source;
    return image;
  };
  const hide = (): void => {
    clearTimeout(timer);
    owner = undefined;
    changes.disconnect();
    layer.togglePopover(false);
  };
  const hideSoon = (): void => {
    clearTimeout(timer);
    if (owner?.matches(':focus-visible') !== true) timer = setTimeout(hide, HIDE_DELAY_MS);
  };
  const changes = new MutationObserver(() => owner && show(owner));
  const listeners = new AbortController();
  const on = <Type extends keyof DocumentEventMap>(
    type: Type,
    listener: (event: DocumentEventMap[Type]) => void,
  ): void => document.addEventListener(type, listener, { capture: true, signal: listeners.signal });
  on('pointerover', ({ target, pointerType }) => {
    if (pointerType === 'touch' || !(target instanceof Element)) return;
    clearTimeout(timer);
    const hovered = target.closest<HTMLElement>('[data-tooltip]');
    if (layer.contains(target) || hovered === owner) return;
    if (hovered && hovered === pressed) return;
    pressed = undefined;
    if (hovered) timer = setTimeout(() => hovered.isConnected && show(hovered), SHOW_DELAY_MS);
    else hideSoon();
  });
  on('pointerout', ({ relatedTarget }) => {
    if (relatedTarget === null) hideSoon();
  });
  on('focusin', ({ target }) => {
    if (!(target instanceof Element) || !target.matches(':focus-visible')) return;
    const focused = target.closest<HTMLElement>('[data-tooltip]');
    if (focused) show(focused);
  });
  on('focusout', hide);
  on('pointerdown', ({ target }) => {
    hide();
    pressed =
      target instanceof Element
        ? (target.closest<HTMLElement>('[data-tooltip]') ?? undefined)
        : undefined;
  });
  on('keydown', ({ key }) => {
    if (key === 'Escape') hide();
  });
  on('scroll', place);
  return () => {
    listeners.abort();
    hide();
  };
}
