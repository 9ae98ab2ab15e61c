import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Scenario } from '../../scenario/format/scenario';
import { freshRun, type Run } from '../trace/run';
import type { TraceReport } from './traceReport';
import type { Setup } from '../trace/traceTree';
import type {
  CheckState,
  ExplanationState,
  LiveCheck,
  UnnoticedRemovals,
  VerdictsState,
} from './checkState';

/** `system` follows the colour scheme of the operating system. */
export type ThemeSetting = 'system' | 'light' | 'dark';

/** Settings of playback and display. Undo does not touch them. */
export interface Settings {
  /** Steps per second of playback. */
  readonly speed: number;
  readonly playing: boolean;
  /** `sequential` plays the recorded steps, then call by call; `random` picks among the enabled tasks by `seed`. */
  readonly scheduler: 'sequential' | 'random';
  readonly seed: number;
  readonly theme: ThemeSetting;
  /** The stage emphasizes and follows the current step; otherwise it shows everything alike. */
  readonly focus: boolean;
}

/** Dialogs of the page; at most one is open. */
export type DialogId = 'help' | 'library' | 'palette' | 'share' | 'record' | 'quiz' | 'trace';

/** What the page shows where. Undo does not touch it. */
export interface PageLayout {
  /** The view in the middle. */
  readonly view: 'stage' | 'compare' | 'verdicts';
  readonly sidePanel: 'scenario' | 'source' | 'edit' | 'check';
  readonly scenarioView: 'form' | 'text';
  readonly bottomPanel: 'timeline' | 'table';
  /** The only panel that a narrow screen shows. */
  readonly narrowPanel: 'stage' | 'processes' | 'steps' | 'source' | 'details';
  /** Large type, and only the stage and its caption. */
  readonly presenting: boolean;
  /** Index of the current tour stop; undefined outside the tour. */
  readonly tourStop: number | undefined;
  /** Whether a call button runs its call to the end, or only starts it. */
  readonly callMode: 'run' | 'start';
  /** The page was opened without a link: it shows one question in place of the panels. The next change of the layout ends that. */
  readonly welcome: boolean;
}

/** What a presentation shows. Undo does not touch it. */
export interface PresentationState {
  /** `end`: the card with the link, after the last step. */
  readonly screen: 'stage' | 'black' | 'end';
  /** A dot follows the mouse or the finger. */
  readonly pointer: boolean;
  /** The audience sees the link to this step. */
  readonly link: boolean;
  /** Depth of the caption to which the steps play; its text shows while they do. */
  readonly captionDepth: number | undefined;
  /** The layout that the presentation was started from, to return to. */
  readonly startedFrom: PageLayout | undefined;
}

/** What the comparison shows. Undo does not touch it. */
export interface ComparisonState {
  /** Position on the shared timeline. */
  readonly tick: number;
  /** The option whose values are compared; undefined compares all designs. */
  readonly option: string | undefined;
  /** Names of the columns that are not shown. */
  readonly hidden: readonly string[];
}

/** What the pointer or the keyboard focus is on. Indices are into the program of the current snapshot. */
export interface HoverTarget {
  readonly objects: readonly number[];
  readonly fields: readonly number[];
  /** Stable name of a step: `upstream/bind_iommufd/BIND.9`. */
  readonly step: string | undefined;
}

/** A call that was run at once and is now shown step by step, on the branch on screen. */
export interface CallPlayback {
  /** Says which button ran it. */
  readonly button: string;
  readonly branchId: number;
  /** Where the call ends or blocks. */
  readonly depth: number;
}

/** A message to the user that does not concern the run. */
export interface SessionNotification {
  readonly id: number;
  readonly severity: 'error' | 'info';
  readonly title: string;
  readonly lines: readonly string[];
  /** Id of a menu command that helps; the notification offers it as a button. */
  readonly commandId?: string | undefined;
  /** Applies as long as the scenario is open, not only until the next change. */
  readonly lasting: boolean;
}

/** One entry of undo or redo: the run before a change, and the name of that change. */
export interface UndoEntry {
  readonly run: Run;
  readonly undoLabel: string;
}

/** The whole state of one playground on a page. */
export interface SessionState {
  readonly run: Run;
  readonly undo: readonly UndoEntry[];
  readonly redo: readonly UndoEntry[];
  /** Name of the selected object, task, process or fops. */
  readonly selection: string | undefined;
  readonly hover: HoverTarget | undefined;
  /** A command opened the text of the scenario, which takes the focus when it is drawn. */
  readonly focusesText: boolean;
  readonly settings: Settings;
  readonly callPlayback: CallPlayback | undefined;
  readonly layout: PageLayout;
  readonly check: CheckState;
  /** Of a violated property of the latest check. */
  readonly explanation: ExplanationState | undefined;
  /** The check while typing; undefined before the first key in the editor. */
  readonly live: LiveCheck | undefined;
  /** Undefined while the text on screen has not been tested. */
  readonly removals: UnnoticedRemovals | undefined;
  readonly verdicts: VerdictsState;
  readonly comparison: ComparisonState;
  readonly presentation: PresentationState;
  /** The text in the design editor while the design on screen is another one: it has an error. `of` says which design it edits. */
  readonly draft: { readonly of: string; readonly text: string } | undefined;
  /** The text in the scenario editor. It counts while the scenario `of` is on screen. */
  readonly scenarioDraft: { readonly of: Scenario; readonly text: string } | undefined;
  /** Of the kernel trace that was opened last. */
  readonly traceReport: TraceReport | undefined;
  readonly notifications: readonly SessionNotification[];
  readonly dialog: DialogId | undefined;
  /** Number of lazy parts that an action is waiting for. */
  readonly pendingLoads: number;
  /** Latest text for screen readers. */
  readonly announcement: string;
}

export type Session = StoreApi<SessionState>;

/** An independent playground; a page with two embeds has two. */
export function createSession(setup: Setup, run: Run = freshRun(setup)): Session {
  return createStore<SessionState>(() => ({
    run,
    undo: [],
    redo: [],
    selection: undefined,
    hover: undefined,
    focusesText: false,
    settings: {
      speed: 2,
      playing: false,
      scheduler: 'sequential',
      seed: 1,
      theme: 'system',
      focus: true,
    },
    callPlayback: undefined,
    layout: {
      view: 'stage',
      sidePanel: 'source',
      scenarioView: 'form',
      bottomPanel: 'timeline',
      narrowPanel: 'stage',
      presenting: false,
      tourStop: undefined,
      callMode: 'run',
      welcome: false,
    },
    check: { kind: 'idle' },
    explanation: undefined,
    live: undefined,
    removals: undefined,
    verdicts: { cells: [], running: false },
    comparison: { tick: 0, option: undefined, hidden: [] },
    presentation: {
      screen: 'stage',
      pointer: false,
      link: false,
      captionDepth: undefined,
      startedFrom: undefined,
    },
    draft: undefined,
    scenarioDraft: undefined,
    traceReport: undefined,
    notifications: [],
    dialog: undefined,
    pendingLoads: 0,
    announcement: '',
  }));
}
