import { seededRandom } from '../scenario/run/seededRandom';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  makeMessage,
  MAX_TEXT_CHARACTERS,
  parseReport,
  parseRequest,
  type Report,
  type Request,
} from './protocol';
import { MAX_SCENARIO_CHARACTERS } from '../scenario/format/parseScenario';
import { libraryEntry } from '../scenario/library/library';
import { makeScenario } from '../scenario/format/makeScenario';
import { startPortAdapter } from './portAdapter';
import { openScenario } from '../session/trace/openScenario';
import { createSession } from '../session/store/session';

type Listener = (event: {
  source: unknown;
  origin: string;
  data: unknown;
  ports: readonly unknown[];
}) => void;

/** A frame whose parent records the messages that it receives. */
function fakeFrame() {
  const entry = libraryEntry('bind-race');
  const opened = entry && openScenario(entry.scenario, 'bind-race');
  if (!opened?.ok) throw new Error('bind-race does not open');
  const session = createSession(opened.run.setup, opened.run);
  const sent: { message: unknown; target: string }[] = [];
  const parent = {
    postMessage: (message: unknown, target: string) => void sent.push({ message, target }),
  };
  let listener: Listener = () => undefined;
  const port = startPortAdapter(session, {
    parent,
    addEventListener: (_: string, added: Listener) => void (listener = added),
  } as unknown as Window);
  const post = (
    data: unknown,
    { origin = 'https://host.example', source = parent as unknown, ports = [] as unknown[] } = {},
  ): void => listener({ source, origin, data, ports });
  const ask = (request: Request, id: number | string = 1): Report | undefined => {
    sent.length = 0;
    post(makeMessage(request, id));
    return parseReport(sent[0]?.message);
  };
  return { session, sent, parent, port, post, ask };
}

afterEach(() => void vi.useRealTimers());

describe('the port adapter', () => {
  it('answers ping with pong, and each request with the state after it', () => {
    const { ask, sent } = fakeFrame();
    expect(sent).toEqual([{ message: makeMessage({ type: 'ready' }), target: '*' }]);
    expect(ask({ type: 'ping' }, 'a')).toMatchObject({ type: 'pong', id: 'a' });
    expect(ask({ type: 'getState' })).toMatchObject({
      type: 'state',
      id: 1,
      state: { scenario: 'bind-race', cursor: 0, playing: false, theme: 'auto' },
    });
    expect(sent[0]?.target).toBe('https://host.example');
    expect(ask({ type: 'step', count: 3 })).toMatchObject({ state: { cursor: 3 } });
    expect(ask({ type: 'step', count: -2 })).toMatchObject({ state: { cursor: 1 } });
    expect(ask({ type: 'seek', to: 99_999 })).toMatchObject({ type: 'state' });
    expect(ask({ type: 'step', count: 50 })).toMatchObject({ type: 'state' });
    expect(ask({ type: 'setTheme', theme: 'dark' })).toMatchObject({ state: { theme: 'dark' } });
    expect(ask({ type: 'load', scenario: 'hot-unplug' })).toMatchObject({
      state: { scenario: 'hot-unplug', cursor: 0 },
    });
    const state = ask({ type: 'seek', to: 5 });
    if (state?.type !== 'state') throw new Error('no state');
    expect(ask({ type: 'load', scenario: 'cdev-path' })).toMatchObject({
      state: { scenario: 'cdev-path' },
    });
    expect(ask({ type: 'load', link: state.state.link })).toMatchObject({
      state: { ...state.state, theme: 'dark' },
    });
    const file = makeScenario(libraryEntry('double-bind')?.scenario ?? expect.fail());
    expect(ask({ type: 'load', file })).toMatchObject({
      state: { scenario: undefined, title: libraryEntry('double-bind')?.scenario.title },
    });
    expect(ask({ type: 'load', file: JSON.parse(file) as object })).toMatchObject({
      type: 'state',
    });
  });

  it('plays, pauses and reports changes', () => {
    vi.useFakeTimers();
    const { ask, sent, port } = fakeFrame();
    ask({ type: 'ping' });
    expect(ask({ type: 'play', speed: 10 })).toMatchObject({ state: { playing: true } });
    vi.advanceTimersByTime(1000);
    expect(ask({ type: 'pause' })).toMatchObject({ state: { playing: false, cursor: 10 } });
    vi.advanceTimersByTime(200);
    expect(sent.map(({ message }) => parseReport(message))).toContainEqual(
      expect.objectContaining({ type: 'stateChanged' }),
    );
    sent.length = 0;
    port.resize(300);
    port.resize(300);
    port.focusExit();
    expect(sent.map(({ message }) => parseReport(message)?.type)).toEqual(['resize', 'focusExit']);
  });

  it('ignores other senders and foreign messages, and names the field that is wrong', () => {
    const { post, sent, session, ask } = fakeFrame();
    sent.length = 0;
    const { run } = session.getState();
    post(makeMessage({ type: 'seek', to: 3 }, 1), { source: {} });
    for (const data of [
      undefined,
      null,
      'ping',
      7,
      {},
      { source: 'vfio-playground' },
      { ...makeMessage({ type: 'ping' }), v: 2 },
      { ...makeMessage({ type: 'ping' }), type: 'shutdown' },
    ])
      post(data);
    expect(sent).toEqual([]);
    post({ ...makeMessage({ type: 'seek', to: 0 }, 7), to: -1 });
    expect(parseReport(sent[0]?.message)).toMatchObject({
      type: 'error',
      id: 7,
      message: expect.stringContaining('to: expected an integer from 0 to 100000, got -1'),
    });
    expect(ask({ type: 'load', scenario: 'nope' })).toMatchObject({ type: 'error' });
    expect(ask({ type: 'load', link: '#v1.AAAA' })).toMatchObject({ type: 'error' });
    expect(ask({ type: 'load', file: '{' })).toMatchObject({ type: 'error' });
    expect(session.getState().run).toBe(run);
  });

  it('gives no data to a parent without an origin unless it sends a port', async () => {
    const { post, sent } = fakeFrame();
    sent.length = 0;
    post(makeMessage({ type: 'ping' }, 1), { origin: 'null' });
    post(makeMessage({ type: 'getState' }, 2), { origin: 'null' });
    expect(sent.map(({ message, target }) => [parseReport(message)?.type, target])).toEqual([
      ['pong', '*'],
      ['error', '*'],
    ]);
    const { port1, port2 } = new MessageChannel();
    const received: unknown[] = [];
    const answered = new Promise((resolve) => {
      port1.addEventListener('message', ({ data }) => {
        received.push(parseReport(data)?.type);
        if (received.length === 2) resolve(undefined);
      });
    });
    port1.start();
    post(makeMessage({ type: 'ping' }, 3), { origin: 'null', ports: [port2] });
    port1.postMessage(makeMessage({ type: 'getState' }, 4));
    await answered;
    port1.close();
    expect(received).toEqual(['pong', 'state']);
  });
});

it('accepts a scenario file as long as the parser does', () => {
  expect(MAX_TEXT_CHARACTERS).toBe(MAX_SCENARIO_CHARACTERS);
});

describe('20,000 damaged messages', () => {
  it('throw nothing, reach no prototype, and are ignored or rejected with a message', () => {
    const random = seededRandom(404);
    const values: readonly unknown[] = [
      undefined,
      null,
      true,
      -1,
      1.5,
      NaN,
      Infinity,
      1e9,
      '',
      'x',
      '__proto__',
      'constructor',
      [],
      {},
      { a: { b: [] } },
      'y'.repeat(300_000),
      JSON.parse('{"__proto__":{"seen":1}}'),
      '#v1.',
      '<script>',
    ];
    const keys = [
      'source',
      'v',
      'id',
      'type',
      'to',
      'count',
      'speed',
      'theme',
      'scenario',
      'link',
      'file',
      '__proto__',
      'constructor',
    ];
    const valid: readonly Request[] = [
      { type: 'ping' },
      { type: 'step', count: 2 },
      { type: 'seek', to: 2 },
      { type: 'play', speed: 2 },
      { type: 'setTheme', theme: 'dark' },
      { type: 'load', scenario: 'bind-race' },
      { type: 'load', file: '{}' },
      { type: 'getState' },
    ];
    const { post, session } = fakeFrame();
    for (let round = 0; round < 20_000; round++) {
      const message: Record<string, unknown> = {
        ...makeMessage(valid[random(valid.length)] ?? { type: 'ping' }, random(9)),
      };
      for (let edits = 1 + random(2); edits > 0; edits--) {
        Object.defineProperty(message, keys[random(keys.length)] ?? '', {
          value: values[random(values.length)],
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
      const parsed = parseRequest(message);
      if (parsed && !parsed.ok) expect(parsed.message).not.toBe('');
      if (round % 40 === 0) post(message);
    }
    expect(({} as Record<string, unknown>)['seen']).toBeUndefined();
    expect(session.getState().run.setup.scenario.title).not.toBe('');
  });
});
