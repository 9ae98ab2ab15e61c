import { useEffect, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { readStored, writeStored } from '../storage';
import styles from './Splitter.module.css';

interface PanelSizeRange {
  /** Key that the size is remembered under. */
  readonly storageKey: string;
  readonly initial: number;
  readonly min: number;
  readonly max: number;
}

export interface PanelSize extends PanelSizeRange {
  readonly value: number;
  /** Somebody has set it: until then a panel may take less where it holds little. */
  readonly isUserSet: boolean;
  readonly setValue: (value: number) => void;
}

/** A panel size in px that lasts over visits where storage allows. */
export function usePanelSize({ storageKey: id, initial, min, max }: PanelSizeRange): PanelSize {
  const [chosen, setChosen] = useState(() => {
    const known = Number(readStored(`size.${id}`) ?? Number.NaN);
    return Number.isFinite(known) ? Math.max(min, Math.min(max, known)) : undefined;
  });
  const set = (next: number): void => {
    const within = Math.round(Math.max(min, Math.min(max, next)));
    setChosen(within);
    writeStored(`size.${id}`, String(within));
  };
  return {
    storageKey: id,
    initial,
    min,
    max,
    value: chosen ?? initial,
    isUserSet: chosen !== undefined,
    setValue: set,
  };
}

interface SplitterProps {
  readonly size: PanelSize;
  readonly label: string;
  /** On which side of the splitter the panel lies that it sizes. */
  readonly panelSide: 'left' | 'right' | 'below';
  /** Id of the panel. */
  readonly panelId: string;
}

const KEY_STEP_PX = 24;

/** The border between two panels: drag it, move it with the arrow keys, double-click for the usual size. */
export function Splitter({ size, label, panelSide: panel, panelId: controls }: SplitterProps) {
  const flat = panel === 'below';
  const value = useElementSize(controls, flat) ?? size.value;
  const sign = panel === 'left' ? 1 : -1;
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    const bar = event.currentTarget;
    const from = flat ? event.clientY : event.clientX;
    const start = value;
    bar.setPointerCapture(event.pointerId);
    const move = (next: globalThis.PointerEvent): void =>
      size.setValue(start + sign * ((flat ? next.clientY : next.clientX) - from));
    const end = (): void => {
      bar.removeEventListener('pointermove', move);
      bar.removeEventListener('pointerup', end);
      bar.removeEventListener('pointercancel', end);
    };
    bar.addEventListener('pointermove', move);
    bar.addEventListener('pointerup', end);
    bar.addEventListener('pointercancel', end);
  };
  const key = (event: KeyboardEvent): void => {
    const by =
      {
        ArrowRight: flat ? 0 : 1,
        ArrowLeft: flat ? 0 : -1,
        ArrowDown: flat ? 1 : 0,
        ArrowUp: flat ? -1 : 0,
      }[event.key] ?? 0;
    const to =
      event.key === 'Home'
        ? size.min
        : event.key === 'End'
          ? size.max
          : value + sign * by * KEY_STEP_PX;
    if (to === value) return;
    event.preventDefault();
    size.setValue(to);
  };
  return (
    <div
      className={styles.splitter}
      data-flat={flat ? '' : undefined}
      data-own-arrows=""
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={flat ? 'horizontal' : 'vertical'}
      aria-controls={controls}
      aria-valuenow={value}
      aria-valuemin={size.min}
      aria-valuemax={size.max}
      onPointerDown={drag}
      onKeyDown={key}
      onDoubleClick={() => size.setValue(size.initial)}
    />
  );
}

/** The size in effect, in px: a panel gets less than was asked for where the page has no room for it. */
function useElementSize(id: string, flat: boolean): number | undefined {
  const [measured, setMeasured] = useState<number>();
  useEffect(() => {
    const panel = document.getElementById(id);
    if (!panel) return undefined;
    const observer = new ResizeObserver(() =>
      setMeasured(flat ? panel.offsetHeight : panel.offsetWidth),
    );
    observer.observe(panel);
    return () => observer.disconnect();
  }, [id, flat]);
  return measured;
}
