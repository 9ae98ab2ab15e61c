import { inputErrorText, parseScenario } from '../scenario/format/parseScenario';
import { libraryEntry } from '../scenario/library/library';
import { dispatch, type EmbedCommandId } from '../session/actions/dispatch';
import { comparisonPart } from '../session/actions/lazyParts';
import type { ShownRun } from '../session/actions/showRun';
import type { Session, SessionState } from '../session/store/session';
import { openScenario } from '../session/trace/openScenario';
import { branchPath, currentSnapshot, snapshotAt } from '../session/trace/replay';
import { snapshotText } from '../session/trace/snapshotText';
import { openPermalink, permalinkOf } from '../session/url/permalink';
import {
  makeMessage,
  parseRequest,
  type LoadTarget,
  type MessageId,
  type PlaygroundState,
  type Report,
  type Request,
} from './protocol';
import { protocolThemeOf, themeSettingOf } from './theme';

/** The reports that the view of the embed sends itself. */
export interface PortAdapter {
  /** Height of the content in px; repeated values are sent once. */
  readonly resize: (height: number) => void;
  readonly focusExit: () => void;
}

/** Minimum milliseconds between two `stateChanged` events. */
const STATE_INTERVAL_MS = 100;
const MAX_PORTS = 16;

type SendReport = (report: Report, id?: MessageId) => void;

/**
 * Serves the host page: requests become commands, changes become events. Only messages of the parent window count.
 * The state goes to the parent's origin or through the port of its `ping`; a parent with neither gets no state.
 */
export function startPortAdapter(session: Session, page: Window): PortAdapter {
  let sendToParent: SendReport | undefined;
  // A host that pings twice before the first pong listens on one of its ports, and only the host knows on which.
  let ports: readonly SendReport[] = [];
  let height: number | undefined;
  const broadcast: SendReport = (report) => {
    sendToParent?.(report);
    for (const send of ports) send(report);
  };
  const receive = (data: unknown, send: SendReport): void => {
    const parsed = parseRequest(data);
    if (!parsed) return;
    const { id } = parsed;
    if (!parsed.ok) return send({ type: 'error', message: parsed.message }, id);
    if (parsed.request.type === 'ping') {
      send({ type: 'pong' }, id);
      if (height !== undefined) send({ type: 'resize', height });
      return;
    }
    const refusal = handleRequest(session, parsed.request);
    send(
      refusal === undefined
        ? { type: 'state', state: playgroundStateOf(session.getState()) }
        : { type: 'error', message: refusal },
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
        const send: SendReport = (report, id) => port.postMessage(makeMessage(report, id));
        ports = [...ports.slice(1 - MAX_PORTS), send];
        port.addEventListener('message', (event: MessageEvent<unknown>) =>
          receive(event.data, send),
        );
        port.start();
        receive(data, send);
      } else if (origin === 'null' || origin === '') {
        // Without a target origin any page in that window could read the answer, so it carries no state.
        const answer: Report =
          parsed.ok && parsed.request.type === 'ping'
            ? { type: 'pong' }
            : {
                type: 'error',
                message:
                  'expected a MessagePort with the ping of a page without an origin, got none: post ping with a port and use that port',
              };
        page.parent.postMessage(makeMessage(answer, parsed.id), '*');
      } else {
        sendToParent = (report, id) => page.parent.postMessage(makeMessage(report, id), origin);
        receive(data, sendToParent);
      }
    },
  );
  // `*` is safe: the message carries no state.
  if (page.parent !== page) page.parent.postMessage(makeMessage({ type: 'ready' }), '*');
  reportChanges(session, broadcast);
  return {
    resize: (next) => {
      if (height === next) return;
      height = next;
      broadcast({ type: 'resize', height });
    },
    focusExit: () => broadcast({ type: 'focusExit' }),
  };
}

function reportChanges(session: Session, send: SendReport): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  session.subscribe((state, before) => {
    if (
      state.run === before.run &&
      state.comparison === before.comparison &&
      state.settings.playing === before.settings.playing &&
      state.settings.theme === before.settings.theme
    )
      return;
    timer ??= setTimeout(() => {
      timer = undefined;
      send({ type: 'stateChanged', state: playgroundStateOf(session.getState()) });
    }, STATE_INTERVAL_MS);
    if (currentSnapshot(state) === currentSnapshot(before)) return;
    for (const violation of violationsOf(state).filter(({ move }) => move === state.run.cursor))
      send({ type: 'violation', violation });
  });
}

/** Only commands on the allow-list of embeds compile here. */
const dispatchEmbed: <Id extends EmbedCommandId>(...args: Parameters<typeof dispatch<Id>>) => void =
  dispatch;

/** Returns why the request was refused. */
function handleRequest(
  session: Session,
  request: Exclude<Request, { readonly type: 'ping' }>,
): string | undefined {
  switch (request.type) {
    case 'load': {
      const opened = openTarget(request);
      if (typeof opened === 'string') return opened;
      dispatchEmbed(session, 'show-run', opened);
      return undefined;
    }
    case 'step':
      dispatchEmbed(session, 'step', { count: request.count ?? 1 });
      return undefined;
    case 'seek':
      dispatchEmbed(session, 'pause');
      dispatchEmbed(session, 'seek', { depth: request.to });
      return undefined;
    case 'play':
      dispatchEmbed(session, 'play', { speed: request.speed });
      return undefined;
    case 'pause':
      dispatchEmbed(session, 'pause');
      return undefined;
    case 'setTheme':
      dispatchEmbed(session, 'change-settings', { theme: themeSettingOf(request.theme) });
      return undefined;
    case 'getState':
      return undefined;
  }
}

/** The run of a load target. A string says why it does not open. */
function openTarget(target: LoadTarget): ShownRun | string {
  if ('link' in target) {
    const opened = openPermalink(target.link);
    return opened.ok ? { run: opened.run, link: opened } : opened.message;
  }
  if ('scenario' in target) {
    const entry = libraryEntry(target.scenario);
    if (!entry)
      return `scenario: expected the id of a built-in scenario, got ${JSON.stringify(target.scenario.slice(0, 64))}`;
    const opened = openScenario(entry.scenario, entry.id);
    return opened.ok ? { run: opened.run } : inputErrorText(opened.errors);
  }
  const parsed = parseScenario(target.file);
  if (!parsed.ok) return inputErrorText(parsed.errors);
  const opened = openScenario(parsed.scenario, undefined);
  return opened.ok ? { run: opened.run } : inputErrorText(opened.errors);
}

function playgroundStateOf(state: SessionState): PlaygroundState {
  const { run, settings, layout } = state;
  const shared =
    layout.view === 'compare' ? comparisonPart.loaded()?.comparisonPosition(state) : undefined;
  return {
    link: permalinkOf(state),
    scenario: run.setup.libraryId,
    title: run.setup.scenario.title,
    design: run.setup.design.id,
    cursor: shared?.tick ?? run.cursor,
    moves: shared?.end ?? branchPath(state).length - 1,
    playing: settings.playing,
    theme: protocolThemeOf(settings.theme),
    text: snapshotText(currentSnapshot(state)),
    violations: violationsOf(state),
  };
}

/** Violations up to the cursor. */
function violationsOf(state: SessionState): PlaygroundState['violations'] {
  return branchPath(state)
    .slice(0, state.run.cursor + 1)
    .flatMap((node) => {
      const { violations, program, task } = snapshotAt(node);
      return violations.map(({ property, text }) => ({
        property,
        text,
        move: node.depth,
        by: program.tasks[task ?? -1]?.name,
      }));
    });
}
