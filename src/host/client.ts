import {
  makeMessage,
  parseReport,
  type LoadTarget,
  type PlaygroundState,
  type Report,
  type Request,
  type Theme,
  type ViolationReport,
} from './protocol';

/** Events of a playground, by name. */
export interface PlaygroundEvents {
  readonly stateChanged: PlaygroundState;
  readonly violation: ViolationReport;
  /** Height of the content in px. */
  readonly resize: number;
  readonly focusExit: undefined;
}

/** A playground in a frame. Every request resolves with the state after it, or rejects with the error of the playground. */
export interface PlaygroundClient {
  readonly load: (target: LoadTarget) => Promise<PlaygroundState>;
  /** Steps forward, or back if `count` is negative. Default 1. */
  readonly step: (count?: number) => Promise<PlaygroundState>;
  readonly seek: (to: number) => Promise<PlaygroundState>;
  /** `speed` in steps per second. */
  readonly play: (speed?: number) => Promise<PlaygroundState>;
  readonly pause: () => Promise<PlaygroundState>;
  readonly setTheme: (theme: Theme) => Promise<PlaygroundState>;
  readonly getState: () => Promise<PlaygroundState>;
  /** Subscribes to an event; returns the function that unsubscribes. */
  readonly on: <K extends keyof PlaygroundEvents>(
    type: K,
    listener: (detail: PlaygroundEvents[K]) => void,
  ) => () => void;
  /** Closes the connection; pending requests reject. */
  readonly close: () => void;
}

const PING_INTERVAL_MS = 250;
const RESPONSE_TIMEOUT_MS = 10_000;

/** Connects to the playground in a frame: posts `ping` until `pong` arrives. Rejects after `timeout` milliseconds. */
export function connect(frame: HTMLIFrameElement, timeout = 15_000): Promise<PlaygroundClient> {
  return new Promise((resolve, reject) => {
    const channels: MessageChannel[] = [];
    const ping = (): void => {
      // A sandboxed frame has no origin to post to, so `*` carries only the ping; all other messages use its port.
      const channel = new MessageChannel();
      channels.push(channel);
      channel.port1.addEventListener(
        'message',
        ({ data }) => {
          if (parseReport(data)?.type !== 'pong') return;
          stop();
          for (const other of channels) if (other !== channel) other.port1.close();
          resolve(clientOverPort(channel.port1));
        },
        { once: true },
      );
      channel.port1.start();
      frame.contentWindow?.postMessage(makeMessage({ type: 'ping' }), '*', [channel.port2]);
    };
    const pingTimer = setInterval(ping, PING_INTERVAL_MS);
    const timeoutTimer = setTimeout(() => {
      stop();
      for (const { port1 } of channels) port1.close();
      reject(new Error(`The playground did not answer within ${timeout} ms.`));
    }, timeout);
    const stop = (): void => {
      clearInterval(pingTimer);
      clearTimeout(timeoutTimer);
    };
    ping();
  });
}

interface PendingRequest {
  readonly resolve: (state: PlaygroundState) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

function clientOverPort(port: MessagePort): PlaygroundClient {
  const pending = new Map<number, PendingRequest>();
  const listeners = new Map<keyof PlaygroundEvents, Set<(detail: never) => void>>();
  let lastId = 0;
  const emit = <K extends keyof PlaygroundEvents>(type: K, detail: PlaygroundEvents[K]): void => {
    for (const listener of listeners.get(type) ?? [])
      (listener as (detail: PlaygroundEvents[K]) => void)(detail);
  };
  const settle = (id: number, act: (request: PendingRequest) => void): void => {
    const request = pending.get(id);
    if (!request) return;
    pending.delete(id);
    clearTimeout(request.timer);
    act(request);
  };
  const receive = (report: Report & { readonly id?: number | string }): void => {
    const id = Number(report.id);
    switch (report.type) {
      case 'state':
        return settle(id, ({ resolve }) => resolve(report.state));
      case 'error':
        return settle(id, ({ reject }) => reject(new Error(report.message)));
      case 'stateChanged':
        return emit('stateChanged', report.state);
      case 'violation':
        return emit('violation', report.violation);
      case 'resize':
        return emit('resize', report.height);
      case 'focusExit':
        return emit('focusExit', undefined);
      default:
    }
  };
  port.addEventListener('message', ({ data }) => {
    const report = parseReport(data);
    if (report) receive(report);
  });
  const send = (request: Request): Promise<PlaygroundState> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      const timer = setTimeout(
        () =>
          settle(id, (late) =>
            late.reject(
              new Error(
                `The playground did not answer ${request.type} within ${RESPONSE_TIMEOUT_MS} ms.`,
              ),
            ),
          ),
        RESPONSE_TIMEOUT_MS,
      );
      pending.set(id, { resolve, reject, timer });
      port.postMessage(makeMessage(request, id));
    });
  return {
    load: (target) => send({ type: 'load', ...target }),
    step: (count) => send({ type: 'step', ...(count === undefined ? {} : { count }) }),
    seek: (to) => send({ type: 'seek', to }),
    play: (speed) => send({ type: 'play', ...(speed === undefined ? {} : { speed }) }),
    pause: () => send({ type: 'pause' }),
    setTheme: (theme) => send({ type: 'setTheme', theme }),
    getState: () => send({ type: 'getState' }),
    on: (type, listener) => {
      const set = listeners.get(type) ?? new Set();
      listeners.set(type, set.add(listener));
      return () => void set.delete(listener);
    },
    close: () => {
      port.close();
      for (const id of pending.keys())
        settle(id, ({ reject }) =>
          reject(new Error('The connection to the playground was closed.')),
        );
    },
  };
}
