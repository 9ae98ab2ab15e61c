import {
  makeMessage,
  parseRequest,
  type MessageId,
  type PlaygroundState,
  type Report,
  type Request,
  type Theme,
} from './protocol';
import { libraryEntry } from '../scenario/library/library';
import { inputErrorText, parseScenario } from '../scenario/format/parseScenario';
import { branchPath, currentSnapshot, snapshotAt } from '../session/trace/replay';
import { seekTo } from '../session/actions/stepping';
import { openScenario } from '../session/trace/openScenario';
import { openPermalink, permalinkOf } from '../session/url/permalink';
import type { Session, SessionState } from '../session/store/session';
import { canPlay, stepForward, pause, play } from '../session/actions/playback';
import { snapshotText } from '../session/trace/snapshotText';
import { showRun } from '../session/actions/showRun';
import { changeSettings } from '../session/actions/settings';
import { showPermalink } from '../session/actions/showPermalink';

/** What the embed itself has to tell its host. */
export interface PortAdapter {
  readonly resize: (height: number) => void;
  readonly focusExit: () => void;
}

/** Milliseconds between two `stateChanged`. */
const STATE_INTERVAL_MS = 100;
const MAX_PORTS = 16;

type SendReport = (report: Report, id?: MessageId) => void;

/**
 * Obeys the requests of the page around and tells it what happens. Only the parent window is heard. State goes to its
 * origin, or through the port that came with its `ping`; a parent without an origin or a port gets none.
 */
export function startPortAdapter(session: Session, page: Window): PortAdapter {
  let parent: SendReport | undefined;
  // A host that pings twice before it hears the answer listens on one of its ports, and it alone knows on which.
  let ports: readonly SendReport[] = [];
  let height: number | undefined;
  const say: SendReport = (report) => {
    parent?.(report);
    for (const each of ports) each(report);
  };
  const greet = (sink: SendReport, id: MessageId | undefined): void => {
    sink({ type: 'pong' }, id);
    if (height !== undefined) sink({ type: 'resize', height });
  };
  const hear = (data: unknown, sink: SendReport): void => {
    const parsed = parseRequest(data);
    if (!parsed) return;
    if (!parsed.ok) return sink({ type: 'error', message: parsed.message }, parsed.id);
    const { request, id } = parsed;
    if (request.type === 'ping') return greet(sink, id);
    const refused = handleRequest(session, request);
    sink(
      refused === undefined
        ? { type: 'state', state: playgroundStateOf(session.getState()) }
        : { type: 'error', message: refused },
      id,
    );
  };
  page.addEventListener(
    'message',
    ({ source, origin, data, ports: [port] }: MessageEvent<unknown>) => {
      if (source !== page.parent || page.parent === page) return;
      const parsed = parseRequest(data);
      if (!parsed) return;
      if (port) {
        const through: SendReport = (report, id) => port.postMessage(makeMessage(report, id));
        ports = [...ports.slice(1 - MAX_PORTS), through];
        port.addEventListener('message', (event: MessageEvent<unknown>) =>
          hear(event.data, through),
        );
        port.start();
        hear(data, through);
      } else if (origin === 'null' || origin === '') {
        // Whoever stands there now could read it: so nothing that says anything.
        const nameless: Report =
          parsed.ok && parsed.request.type === 'ping'
            ? { type: 'pong' }
            : {
                type: 'error',
                message:
                  'a page without an origin sends a port with its ping and talks through that',
              };
        page.parent.postMessage(makeMessage(nameless, parsed.id), '*');
      } else {
        parent = (report, id) => page.parent.postMessage(makeMessage(report, id), origin);
        hear(data, parent);
      }
    },
  );
  // Holds nothing, so that whoever listens may hear it.
  if (page.parent !== page) page.parent.postMessage(makeMessage({ type: 'ready' }), '*');
  reportChanges(session, say);
  return {
    resize: (next) => {
      if (height === next) return;
      height = next;
      say({ type: 'resize', height });
    },
    focusExit: () => say({ type: 'focusExit' }),
  };
}

function reportChanges(session: Session, tell: (report: Report) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let seen = session.getState();
  session.subscribe((state) => {
    const before = seen;
    seen = state;
    if (
      state.run === before.run &&
      state.settings.playing === before.settings.playing &&
      state.settings.theme === before.settings.theme
    )
      return;
    timer ??= setTimeout(() => {
      timer = undefined;
      tell({ type: 'stateChanged', state: playgroundStateOf(session.getState()) });
    }, STATE_INTERVAL_MS);
    const frame = currentSnapshot(state);
    if (frame === currentSnapshot(before)) return;
    for (const violation of violationsOf(state).filter(({ move }) => move === state.run.cursor))
      tell({ type: 'violation', violation });
  });
}

/** Does what is asked; returns why not where it cannot be done. */
function handleRequest(
  session: Session,
  request: Exclude<Request, { readonly type: 'ping' }>,
): string | undefined {
  switch (request.type) {
    case 'load':
      return handleLoad(session, request);
    case 'step': {
      pause(session);
      const { count = 1 } = request;
      if (count < 0) seekTo(session, session.getState().run.cursor + count);
      for (let made = 0; made < count && canPlay(session.getState()); made += 1)
        stepForward(session);
      return undefined;
    }
    case 'seek':
      pause(session);
      seekTo(session, request.to);
      return undefined;
    case 'play':
      if (request.speed !== undefined) changeSettings(session, { speed: request.speed });
      play(session);
      return undefined;
    case 'pause':
      pause(session);
      return undefined;
    case 'setTheme':
      changeSettings(session, { theme: request.theme === 'auto' ? 'system' : request.theme });
      return undefined;
    case 'getState':
      return undefined;
  }
}

function handleLoad(
  session: Session,
  target: Extract<Request, { readonly type: 'load' }>,
): string | undefined {
  if ('link' in target) {
    const opened = openPermalink(target.link);
    if (!opened.ok) return opened.message;
    showPermalink(session, target.link);
    return undefined;
  }
  const entry = 'scenario' in target ? libraryEntry(target.scenario) : undefined;
  if ('scenario' in target && !entry)
    return `there is no built-in scenario ${JSON.stringify(target.scenario.slice(0, 64))}`;
  const parsed = 'file' in target ? parseScenario(target.file) : undefined;
  if (parsed && !parsed.ok) return inputErrorText(parsed.errors);
  const scenario = entry?.scenario ?? parsed?.scenario;
  if (!scenario) throw new Error('nothing to load');
  const opened = openScenario(scenario, entry?.id);
  if (!opened.ok) return inputErrorText(opened.errors);
  showRun(session, { run: opened.run });
  return undefined;
}

/** What is on screen, for the host. */
function playgroundStateOf(state: SessionState): PlaygroundState {
  const { run, settings } = state;
  return {
    link: permalinkOf(state),
    scenario: run.setup.libraryId,
    title: run.setup.scenario.title,
    design: run.setup.design.id,
    cursor: run.cursor,
    moves: branchPath(state).length - 1,
    playing: settings.playing,
    theme: protocolTheme(settings.theme),
    text: snapshotText(currentSnapshot(state)),
    violations: violationsOf(state),
  };
}

function protocolTheme(theme: SessionState['settings']['theme']): Theme {
  return theme === 'system' ? 'auto' : theme;
}

function violationsOf(state: SessionState): PlaygroundState['violations'] {
  return branchPath(state)
    .slice(0, state.run.cursor + 1)
    .flatMap((moment) => {
      const { violations, program, task } = snapshotAt(moment);
      return violations.map(({ property, text }) => ({
        property,
        text,
        move: moment.depth,
        by: program.tasks[task ?? -1]?.name,
      }));
    });
}
