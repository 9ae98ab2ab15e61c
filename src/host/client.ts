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

/** What a playground tells on its own. */
export interface PlaygroundEvents {
  readonly stateChanged: PlaygroundState;
  readonly violation: ViolationReport;
  /** Height in CSS pixels that suits the content. */
  readonly resize: number;
  readonly focusExit: undefined;
}

/** A playground in a frame. Every command resolves with the state after it and rejects with the playground's message. */
export interface PlaygroundClient {
  readonly load: (what: LoadTarget) => Promise<PlaygroundState>;
  /** Steps forward, or back where negative; 1 where left out. */
  readonly step: (count?: number) => Promise<PlaygroundState>;
  readonly seek: (to: number) => Promise<PlaygroundState>;
  /** `speed` in steps per second. */
  readonly play: (speed?: number) => Promise<PlaygroundState>;
  readonly pause: () => Promise<PlaygroundState>;
  readonly setTheme: (theme: Theme) => Promise<PlaygroundState>;
  readonly getState: () => Promise<PlaygroundState>;
  /** Calls back on an event; returns what ends that. */
  readonly on: <K extends keyof PlaygroundEvents>(
    type: K,
    listener: (detail: PlaygroundEvents[K]) => void,
  ) => () => void;
  /** Lets go of the frame; commands that are under way reject. */
  readonly close: () => void;
}

const PING_INTERVAL_MS = 250;
const RESPONSE_TIMEOUT_MS = 10_000;

/** Repeats `ping` until the playground in a frame answers; rejects after `timeout` milliseconds (15,000 where left out). */
export function connect(frame: HTMLIFrameElement, timeout = 15_000): Promise<PlaygroundClient> {
  return new Promise((resolve, reject) => {
    const channels: MessageChannel[] = [];
    const ping = (): void => {
      // A frame without an origin can only be posted to with `*`: so nothing but the ping is, and all else goes through its port.
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
    const timer = setInterval(ping, PING_INTERVAL_MS);
    const limit = setTimeout(() => {
      stop();
      for (const { port1 } of channels) port1.close();
      reject(new Error(`no answer from the playground within ${timeout} ms`));
    }, timeout);
    const stop = (): void => {
      clearInterval(timer);
      clearTimeout(limit);
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
  let count = 0;
  const tell = <K extends keyof PlaygroundEvents>(type: K, detail: PlaygroundEvents[K]): void => {
    for (const listener of listeners.get(type) ?? [])
      (listener as (detail: PlaygroundEvents[K]) => void)(detail);
  };
  const settle = (id: number, how: (waiting: PendingRequest) => void): void => {
    const waiting = pending.get(id);
    if (!waiting) return;
    pending.delete(id);
    clearTimeout(waiting.timer);
    how(waiting);
  };
  const hear = (report: Report & { readonly id?: number | string }): void => {
    const id = Number(report.id);
    switch (report.type) {
      case 'state':
        return settle(id, ({ resolve }) => resolve(report.state));
      case 'error':
        return settle(id, ({ reject }) => reject(new Error(report.message)));
      case 'stateChanged':
        return tell('stateChanged', report.state);
      case 'violation':
        return tell('violation', report.violation);
      case 'resize':
        return tell('resize', report.height);
      case 'focusExit':
        return tell('focusExit', undefined);
      default:
    }
  };
  port.addEventListener('message', ({ data }) => {
    const report = parseReport(data);
    if (report) hear(report);
  });
  const ask = (request: Request): Promise<PlaygroundState> =>
    new Promise((resolve, reject) => {
      const id = ++count;
      const timer = setTimeout(
        () =>
          settle(id, (waiting) =>
            waiting.reject(
              new Error(`no answer to ${request.type} within ${RESPONSE_TIMEOUT_MS} ms`),
            ),
          ),
        RESPONSE_TIMEOUT_MS,
      );
      pending.set(id, { resolve, reject, timer });
      port.postMessage(makeMessage(request, id));
    });
  return {
    load: (what) => ask({ type: 'load', ...what }),
    step: (count) => ask({ type: 'step', ...(count === undefined ? {} : { count }) }),
    seek: (to) => ask({ type: 'seek', to }),
    play: (speed) => ask({ type: 'play', ...(speed === undefined ? {} : { speed }) }),
    pause: () => ask({ type: 'pause' }),
    setTheme: (theme) => ask({ type: 'setTheme', theme }),
    getState: () => ask({ type: 'getState' }),
    on: (type, listener) => {
      const set = listeners.get(type) ?? new Set();
      listeners.set(type, set.add(listener));
      return () => void set.delete(listener);
    },
    close: () => {
      port.close();
      for (const id of pending.keys())
        settle(id, ({ reject }) => reject(new Error('the playground was closed')));
    },
  };
}
