import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Mutation } from '../../kernel/language/mutation';
import type { Setup } from '../trace/traceTree';
import type { CheckState } from './checkState';
import { type Run, freshRun } from '../trace/run';

export type ThemeSetting = 'system' | 'light' | 'dark';

export interface Settings {
  /** Steps per second while playing. */
  readonly speed: number;
  readonly playing: boolean;
  /** Who moves next while playing: what is recorded ahead and then call by call, or a seeded pick among the tasks that can. */
  readonly scheduler: 'sequential' | 'random';
  readonly seed: number;
  readonly theme: ThemeSetting;
}

/** Dialogs of the page; at most one is open. */
export type DialogId = 'help' | 'library' | 'palette' | 'share' | 'quiz';

/** What the page shows where. No part of the run: undo does not touch it. */
export interface PageLayout {
  /** What fills the middle. */
  readonly view: 'stage' | 'compare' | 'verdicts';
  /** What stands beside it. */
  readonly sidePanel: 'source' | 'check';
  readonly bottomPanel: 'timeline' | 'table';
  /** The one panel on a narrow screen. */
  readonly narrowPanel: 'stage' | 'processes' | 'steps' | 'source' | 'details';
  /** Large type and nothing but the stage and its caption. */
  readonly presenting: boolean;
  /** Where one stands in the guided tour; undefined outside it. */
  readonly tourStop: number | undefined;
  /** Whether an action runs its call to the end, or only starts it. */
  readonly callMode: 'run' | 'start';
  /** The page has just been opened without a wish: it moves by itself once. */
  readonly autoplayIntro: boolean;
}

/** What the pointer or the keyboard rests on; indices into the program of the current frame. */
export interface HoverTarget {
  readonly objects: readonly number[];
  readonly fields: readonly number[];
  /** Stable name of a step (`upstream/bind_iommufd/BIND.9`). */
  readonly step: string | undefined;
}

/** Something to tell the user outside the run. */
export interface SessionNotification {
  readonly id: number;
  readonly severity: 'error' | 'info';
  readonly title: string;
  readonly lines: readonly string[];
  /** What helps next, by the id of a command. */
  readonly commandId?: string | undefined;
}

/** One entry of undo or redo: where one stood before, and what was done. */
export interface UndoEntry {
  readonly run: Run;
  readonly undoLabel: string;
}

/** The whole truth of one playground on a page. */
export interface SessionState {
  readonly run: Run;
  readonly undo: readonly UndoEntry[];
  readonly redo: readonly UndoEntry[];
  /** Name of the selected object or task. */
  readonly selection: string | undefined;
  readonly hover: HoverTarget | undefined;
  readonly settings: Settings;
  readonly layout: PageLayout;
  /** The last check of every interleaving. */
  readonly check: CheckState;
  /** Rows of the design that are changed for the next check. */
  readonly mutations: readonly Mutation[];
  readonly notifications: readonly SessionNotification[];
  readonly dialog: DialogId | undefined;
  /** Parts of the program (`onDemand`) that somebody waits for. */
  readonly pendingLoads: number;
  /** The last thing said to screen readers. */
  readonly announcement: string;
}

export type Session = StoreApi<SessionState>;

/** A playground of its own: a page with two embeds has two. */
export function createSession(setup: Setup, run: Run = freshRun(setup)): Session {
  return createStore<SessionState>(() => ({
    run,
    undo: [],
    redo: [],
    selection: undefined,
    hover: undefined,
    settings: { speed: 2, playing: false, scheduler: 'sequential', seed: 1, theme: 'system' },
    layout: {
      view: 'stage',
      sidePanel: 'source',
      bottomPanel: 'timeline',
      narrowPanel: 'stage',
      presenting: false,
      tourStop: undefined,
      callMode: 'run',
      autoplayIntro: false,
    },
    check: { kind: 'idle' },
    mutations: [],
    notifications: [],
    dialog: undefined,
    pendingLoads: 0,
    announcement: '',
  }));
}
