import { describe, expect, it } from 'vitest';
import { libraryEntry } from '../scenario/library';
import { runCheck } from '../explore/check';
import { programOf } from '../explore/checkRequest';
import type { CheckRequest } from '../explore/checkRequest';
import type { CheckNews } from './checkDriver';
import { nextBudget } from './checkDriver';
import { makeCheckClient } from './checkClient';
import type { WorkerLike } from './checkClient';
import { serveChecks } from './checkProtocol';
import type { FromWorker, ToWorker } from './checkProtocol';

const small: CheckRequest = { scenario: libraryEntry('hot-unplug')!.scenario };
/** Four processes that each do much: too many states to finish while a test waits. */
const large: CheckRequest = { scenario: {
  ...small.scenario,
  world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['a', 'b', 'c', 'd'] },
  calls: ['a', 'b', 'c', 'd'].flatMap((by) => [
    { by, call: 'open_cdev' as const, device: 'vfio0', as: `f${by}` }, { by, call: 'open_iommufd' as const, as: `i${by}` },
    { by, call: 'bind_iommufd' as const, fd: `f${by}`, iommufd: `i${by}` }, { by, call: 'close' as const, fd: `f${by}` },
  ]),
} };

/** A worker in this thread, with a real event target and the real protocol. */
class FakeWorker extends EventTarget {
  terminated = false;
  private readonly receive: ((message: ToWorker) => void) | undefined;

  constructor(private readonly behaviour: 'works' | 'never ready' | 'dies' | 'silent') {
    super();
    if (behaviour === 'works') this.receive = serveChecks((message) => this.say(message));
    else if (behaviour !== 'never ready') this.say({ type: 'ready' });
    else queueMicrotask(() => this.dispatchEvent(new Event('error')));
  }

  postMessage(message: ToWorker): void {
    if (this.behaviour === 'dies') this.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
    this.receive?.(structuredClone(message));
  }

  terminate(): void {
    this.terminated = true;
  }

  private say(message: FromWorker): void {
    queueMicrotask(() => this.dispatchEvent(Object.assign(new Event('message'), { data: structuredClone(message) })));
  }
}

const starter = (behaviour: ConstructorParameters<typeof FakeWorker>[0]) => () => new FakeWorker(behaviour) as unknown as WorkerLike;
const forbidden = (): never => { throw new DOMException('not in a sandbox', 'SecurityError'); };

describe('a check client', () => {
  const expected = { ...runCheck(programOf(small)), seconds: 0 };

  it.each([
    ['in a worker', [starter('works')], 'worker'], ['in the second kind of worker', [forbidden, starter('works')], 'worker'],
    ['in the page when a worker never gets ready', [starter('never ready')], 'page'], ['in the page where workers are forbidden', [forbidden, forbidden], 'page'],
  ] as const)('answers the same %s', async (_, starters, place) => {
    const client = makeCheckClient(starters);
    const answer = await client.check(small, () => undefined).answer;
    expect(answer.ok && { ...answer.result, seconds: 0 }).toEqual(expected);
    expect(client.place()).toBe(place);
  });

  it.each([['in a worker', [starter('works')]], ['in the page', []]] as const)('tells progress and keeps what it found when cancelled, %s', async (_, starters) => {
    const client = makeCheckClient(starters);
    const news: CheckNews[] = [];
    const running = client.check(large, (each) => {
      news.push(each);
      if (news.length === 2) running.cancel();
    });
    const answer = await running.answer;
    expect(answer).toMatchObject({ ok: true, result: { coverage: 'stopped', stoppedBy: 'cancel', verdict: 'incomplete' } });
    expect(news[1]!.states).toBeGreaterThan(news[0]!.states);
    expect(news[1]!.statesPerSecond).toBeGreaterThan(0);
  });

  it('cancels a check when the next one begins', async () => {
    const client = makeCheckClient([starter('works')]);
    const first = client.check(large, () => undefined);
    const second = client.check(small, () => undefined);
    expect(await first.answer).toMatchObject({ ok: true, result: { stoppedBy: 'cancel' } });
    expect(await second.answer).toMatchObject({ ok: true, result: { coverage: 'complete' } });
  });

  it('says so when the worker dies or falls silent, and starts a new one for the next check', async () => {
    const kinds = ['dies', 'silent', 'works'] as const;
    let started = 0;
    const client = makeCheckClient([() => starter(kinds[started++]!)()], { startMs: 1000, silenceMs: 20, cancelMs: 20 });
    expect(await client.check(small, () => undefined).answer).toEqual({ ok: false, message: 'The search worker died (out of memory). Nothing else is lost: the check can be started again.' });
    expect(await client.check(small, () => undefined).answer).toMatchObject({ ok: false, message: expect.stringContaining('has not been heard of') as string });
    expect(started).toBe(2);
  });
});

describe('the slices', () => {
  it('come to the wanted length from either side', () => {
    let budget = 64;
    for (let i = 0; i < 20; i++) budget = nextBudget(budget, budget / 500, 16);
    expect(budget).toBe(8000);
    for (let i = 0; i < 20; i++) budget = nextBudget(budget, budget / 10, 16);
    expect(budget).toBe(160);
  });
});
