import { useEffect, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { readStored, writeStored } from '../storage';
import styles from './Splitter.module.css';

interface PanelSizeRange {
  /** The size is stored under `size.` and this key. */
  readonly storageKey: string;
  readonly initial: number;
  readonly min: number;
  readonly max: number;
}

export interface PanelSize extends PanelSizeRange {
  readonly value: number;
  /** Until the user sets a size, a panel with little content may be smaller. */
  readonly isUserSet: boolean;
  readonly setValue: (value: number) => void;
}

/** A panel size in px, stored between visits if the browser allows it. */
export function usePanelSize({ storageKey, initial, min, max }: PanelSizeRange): PanelSize {
  const [userSize, setUserSize] = useState(() => {
    const stored = Number(readStored(`size.${storageKey}`) ?? Number.NaN);
    return Number.isFinite(stored) ? Math.max(min, Math.min(max, stored)) : undefined;
  });
  const setValue = (next: number): void => {
    const size = Math.round(Math.max(min, Math.min(max, next)));
    setUserSize(size);
    writeStored(`size.${storageKey}`, String(size));
  };
  return {
    storageKey,
    initial,
    min,
    max,
    value: userSize ?? initial,
    isUserSet: userSize !== undefined,
    setValue,
  };
}

interface SplitterProps {
  readonly size: PanelSize;
  readonly label: string;
  /** Where the resized panel is, seen from the splitter. */
  readonly panelSide: 'left' | 'right' | 'below';
  /** Id of the panel. */
  readonly panelId: string;
}

const KEY_STEP_PX = 24;

/** The border between two panels: drag it, move it with the arrow keys, double-click for the initial size. */
export function Splitter({ size, label, panelSide, panelId }: SplitterProps) {
  const isHorizontal = panelSide === 'below';
  const value = useElementSize(panelId, isHorizontal) ?? size.value;
  const sign = panelSide === 'left' ? 1 : -1;
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    const bar = event.currentTarget;
    const from = isHorizontal ? event.clientY : event.clientX;
    const start = value;
    bar.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent): void =>
      size.setValue(start + sign * ((isHorizontal ? moved.clientY : moved.clientX) - from));
    const end = (): void => {
      bar.removeEventListener('pointermove', move);
      bar.removeEventListener('pointerup', end);
      bar.removeEventListener('pointercancel', end);
    };
    bar.addEventListener('pointermove', move);
    bar.addEventListener('pointerup', end);
    bar.addEventListener('pointercancel', end);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const direction =
      {
        ArrowRight: isHorizontal ? 0 : 1,
        ArrowLeft: isHorizontal ? 0 : -1,
        ArrowDown: isHorizontal ? 1 : 0,
        ArrowUp: isHorizontal ? -1 : 0,
      }[event.key] ?? 0;
    const next =
      event.key === 'Home'
        ? size.min
        : event.key === 'End'
          ? size.max
          : value + sign * direction * KEY_STEP_PX;
    if (next === value) return;
    event.preventDefault();
    size.setValue(next);
  };
  return (
    <div
      className={styles.splitter}
      data-horizontal={isHorizontal ? '' : undefined}
      data-own-arrows=""
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={isHorizontal ? 'horizontal' : 'vertical'}
      aria-controls={panelId}
      aria-valuenow={value}
      aria-valuemin={size.min}
      aria-valuemax={size.max}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDoubleClick={() => size.setValue(size.initial)}
    />
  );
}

/** The actual size of an element in px: less than requested if the page has no room for it. */
function useElementSize(id: string, isHorizontal: boolean): number | undefined {
  const [measured, setMeasured] = useState<number>();
  useEffect(() => {
    const panel = document.getElementById(id);
    if (!panel) return undefined;
    const observer = new ResizeObserver(() =>
      setMeasured(isHorizontal ? panel.offsetHeight : panel.offsetWidth),
    );
    observer.observe(panel);
    return () => observer.disconnect();
  }, [id, isHorizontal]);
  return measured;
}
