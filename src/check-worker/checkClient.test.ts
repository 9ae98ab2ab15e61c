import { describe, expect, it } from 'vitest';
import { libraryEntry } from '../scenario/library/library';
import { runCheck } from '../explore/check';
import { compileRequest } from '../explore/checkRequest';
import type { CheckRequest } from '../explore/checkRequest';
import type { CheckProgress } from './runCheckInSlices';
import { nextStepBudget } from './runCheckInSlices';
import { makeCheckClient } from './checkClient';
import type { WorkerLike } from './checkClient';
import { workerFactories } from './workerFactories';
import type { WorkerFactory } from './workerFactories';
import { serveChecks } from './serveChecks';
import type { WorkerResponse, WorkerRequest } from './serveChecks';

const smallRequest: CheckRequest = { scenario: libraryEntry('hot-unplug')!.scenario };
/** Four processes that each do much: too many states to finish while a test waits. */
const largeRequest: CheckRequest = {
  scenario: {
    ...smallRequest.scenario,
    world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['a', 'b', 'c', 'd'] },
    calls: ['a', 'b', 'c', 'd'].flatMap((by) => [
      { by, call: 'open_cdev' as const, device: 'vfio0', as: `f${by}` },
      { by, call: 'open_iommufd' as const, as: `i${by}` },
      { by, call: 'bind_iommufd' as const, fd: `f${by}`, iommufd: `i${by}` },
      { by, call: 'close' as const, fd: `f${by}` },
    ]),
  },
};

/** A worker in this thread, with a real event target and the real protocol. */
class FakeWorker extends EventTarget {
  terminated = false;
  private readonly receive: ((message: WorkerRequest) => void) | undefined;

  constructor(
    private readonly behaviour: 'works' | 'never ready' | 'dies' | 'silent' | 'busy',
    private readonly told?: CheckProgress,
  ) {
    super();
    if (behaviour === 'works') this.receive = serveChecks((message) => this.say(message));
    else if (behaviour !== 'never ready') this.say({ type: 'ready' });
    else setTimeout(() => this.dispatchEvent(new Event('error')), 0);
  }

  postMessage(message: WorkerRequest): void {
    if (this.behaviour === 'dies')
      this.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
    if (this.told && message.type === 'check')
      this.say({ type: 'progress', id: message.id, progress: this.told });
    this.receive?.(structuredClone(message));
  }

  terminate(): void {
    this.terminated = true;
  }

  private say(message: WorkerResponse): void {
    const data = structuredClone(message);
    const send = (): unknown => this.dispatchEvent(Object.assign(new Event('message'), { data }));
    // A search in slices leaves this thread's timers no turn.
    if (data.type === 'ready') setTimeout(send, 0);
    else queueMicrotask(send);
  }
}

type Behaviour = ConstructorParameters<typeof FakeWorker>[0];
const fakeFactory = (behaviour: Behaviour): WorkerFactory => ({
  thread: 'worker',
  create: () => new FakeWorker(behaviour) as unknown as WorkerLike,
});
const throwingFactory: WorkerFactory = {
  thread: 'worker',
  create: () => {
    throw new DOMException('not in a sandbox', 'SecurityError');
  },
};
/** The main thread. */
const [page] = workerFactories() as [WorkerFactory];

describe('a check client', () => {
  const expected = { ...runCheck(compileRequest(smallRequest)), seconds: 0 };

  it.each([
    ['in a worker', [fakeFactory('works')], 'worker'],
    ['in the second kind of worker', [throwingFactory, fakeFactory('works')], 'worker'],
    ['in the page when a worker never gets ready', [fakeFactory('never ready'), page], 'page'],
    ['in the page where workers are forbidden', [throwingFactory, throwingFactory, page], 'page'],
  ] as const)('answers the same %s', async (_, starters, place) => {
    const client = makeCheckClient(starters);
    const answer = await client.check(smallRequest, () => undefined).answer;
    expect(answer.ok && { ...answer.result, seconds: 0 }).toEqual(expected);
    expect(client.thread()).toBe(place);
  });

  it.each([
    ['in a worker', [fakeFactory('works')]],
    ['in the page', [page]],
  ] as const)('tells progress and keeps what it found when cancelled, %s', async (_, starters) => {
    const client = makeCheckClient(starters);
    const news: CheckProgress[] = [];
    const running = client.check(largeRequest, (each) => {
      news.push(each);
      if (news.length === 2) running.cancel();
    });
    const answer = await running.answer;
    expect(answer).toMatchObject({
      ok: true,
      result: { coverage: 'stopped', stoppedBy: 'cancel', verdict: 'incomplete' },
    });
    expect(news[1]!.states).toBeGreaterThan(news[0]!.states);
    expect(news[1]!.statesPerSecond).toBeGreaterThan(0);
  });

  it('cancels a check when the next one begins', async () => {
    const client = makeCheckClient([fakeFactory('works')]);
    const first = client.check(largeRequest, () => undefined);
    const second = client.check(smallRequest, () => undefined);
    expect(await first.answer).toMatchObject({ ok: true, result: { stoppedBy: 'cancel' } });
    expect(await second.answer).toMatchObject({ ok: true, result: { coverage: 'complete' } });
  });

  it('says so when the worker dies or falls silent, and starts a new one for the next check', async () => {
    const kinds = ['dies', 'silent', 'works'] as const;
    let started = 0;
    const client = makeCheckClient(
      [
        {
          thread: 'worker',
          create: () => new FakeWorker(kinds[started++]!) as unknown as WorkerLike,
        },
      ],
      { startMs: 1000, silenceMs: 20, cancelMs: 20 },
    );
    expect(await client.check(smallRequest, () => undefined).answer).toEqual({
      ok: false,
      message:
        'The search worker died (out of memory). Nothing else is lost: the check can be started again.',
    });
    expect(await client.check(smallRequest, () => undefined).answer).toMatchObject({
      ok: false,
      message: expect.stringContaining('has not been heard of') as string,
    });
    expect(started).toBe(2);
  });

  it('ends a worker that does not answer a cancel, keeps what it told, and starts a new one', async () => {
    const told = {
      phase: 'explore',
      states: 500,
      frontier: 3,
      transitions: 900,
      depth: 7,
      bytes: 1,
      violated: ['memory'],
      engine: 'bytecode',
      seconds: 1,
      statesPerSecond: 500,
    } as const;
    const kinds = ['busy', 'works'] as const;
    const workers: FakeWorker[] = [];
    const start = (): WorkerLike => {
      workers.push(new FakeWorker(kinds[workers.length]!, told));
      return workers.at(-1) as unknown as WorkerLike;
    };
    const client = makeCheckClient([{ thread: 'worker', create: start }]);
    const answer = await new Promise<Awaited<ReturnType<typeof client.check>['answer']>>(
      (resolve) => {
        const running = client.check(smallRequest, () => running.cancel());
        void running.answer.then(resolve);
      },
    );
    expect(answer).toMatchObject({
      ok: true,
      result: {
        coverage: 'stopped',
        stoppedBy: 'cancel',
        verdict: 'violated',
        states: 500,
        transitions: 900,
        depth: 7,
        engine: 'bytecode',
      },
    });
    expect(answer.ok && answer.result.properties.filter((p) => p.status === 'violated')).toEqual([
      { id: 'memory', status: 'violated' },
    ]);
    expect(workers.map((w) => w.terminated)).toEqual([true, false]);
    expect(await client.check(smallRequest, () => undefined).answer).toMatchObject({
      ok: true,
      result: { coverage: 'complete' },
    });
  });

  it('goes on with the next check in a new worker when the one before does not let go', async () => {
    const kinds = ['busy', 'works'] as const;
    let started = 0;
    const client = makeCheckClient([
      {
        thread: 'worker',
        create: () => new FakeWorker(kinds[started++]!) as unknown as WorkerLike,
      },
    ]);
    const first = client.check(smallRequest, () => undefined);
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
    const second = client.check(smallRequest, () => undefined);
    expect(await first.answer).toMatchObject({ ok: true, result: { stoppedBy: 'cancel' } });
    expect(await second.answer).toMatchObject({ ok: true, result: { coverage: 'complete' } });
  });

  it('says so where no search can be started', async () => {
    expect(
      await makeCheckClient([throwingFactory]).check(smallRequest, () => undefined).answer,
    ).toMatchObject({
      ok: false,
      message: expect.stringContaining('Reload the page') as string,
    });
  });
});

describe('the slices', () => {
  it('come to the wanted length from either side', () => {
    let budget = 64;
    for (let i = 0; i < 20; i++) budget = nextStepBudget(budget, budget / 500, 16);
    expect(budget).toBe(8000);
    for (let i = 0; i < 20; i++) budget = nextStepBudget(budget, budget / 10, 16);
    expect(budget).toBe(160);
  });
});
