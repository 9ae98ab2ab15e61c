import { describe, expect, it } from 'vitest';
import { libraryEntry } from '../scenario/library/library';
import { runCheck } from '../explore/check';
import { compileRequest } from '../explore/checkRequest';
import type { CheckRequest } from '../explore/checkRequest';
import type { CheckProgress } from './runCheckInSlices';
import { nextStepBudget } from './runCheckInSlices';
import { makeCheckClient } from './checkClient';
import type { WorkerLike, WorkerRequest, WorkerResponse } from './protocol';
import { workerFactories } from './workerFactories';
import type { WorkerFactory } from './workerFactories';
import { serveChecks } from './serveChecks';

const smallRequest: CheckRequest = { scenario: libraryEntry('hot-unplug')!.scenario };
/** Too many states to finish during a test. */
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

/** A worker on this thread, with a real event target and the real protocol. */
class FakeWorker extends EventTarget {
  terminated = false;
  private readonly receive: ((message: WorkerRequest) => void) | undefined;

  constructor(
    private readonly behaviour: 'works' | 'never ready' | 'crashes' | 'silent' | 'busy',
    private readonly progress?: CheckProgress,
  ) {
    super();
    if (behaviour === 'works') this.receive = serveChecks((message) => this.respond(message));
    else if (behaviour !== 'never ready') this.respond({ type: 'ready' });
    else setTimeout(() => this.dispatchEvent(new Event('error')), 0);
  }

  postMessage(message: WorkerRequest): void {
    if (this.behaviour === 'crashes')
      this.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
    if (this.progress && message.type === 'check')
      this.respond({ type: 'progress', id: message.id, progress: this.progress });
    this.receive?.(structuredClone(message));
  }

  terminate(): void {
    this.terminated = true;
  }

  private respond(message: WorkerResponse): void {
    const data = structuredClone(message);
    const send = (): unknown => this.dispatchEvent(Object.assign(new Event('message'), { data }));
    // A check in slices starves the timers of this thread.
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
const [mainThread] = workerFactories() as [WorkerFactory];

describe('a check client', () => {
  const expected = { ...runCheck(compileRequest(smallRequest)), seconds: 0 };

  it.each([
    ['in a worker', [fakeFactory('works')], 'worker'],
    ['in the worker of the second factory', [throwingFactory, fakeFactory('works')], 'worker'],
    [
      'on the main thread if a worker never gets ready',
      [fakeFactory('never ready'), mainThread],
      'main',
    ],
    [
      'on the main thread if workers are forbidden',
      [throwingFactory, throwingFactory, mainThread],
      'main',
    ],
  ] as const)('answers the same %s', async (_, factories, thread) => {
    const client = makeCheckClient(factories);
    const answer = await client.check(smallRequest, () => undefined).answer;
    expect(answer.ok && { ...answer.result, seconds: 0 }).toEqual(expected);
    expect(client.thread()).toBe(thread);
  });

  it.each([
    ['in a worker', [fakeFactory('works')]],
    ['on the main thread', [mainThread]],
  ] as const)(
    'reports progress and keeps what it found when cancelled, %s',
    async (_, factories) => {
      const client = makeCheckClient(factories);
      const reports: CheckProgress[] = [];
      const running = client.check(largeRequest, (each) => {
        reports.push(each);
        if (reports.length === 2) running.cancel();
      });
      const answer = await running.answer;
      expect(answer).toMatchObject({
        ok: true,
        result: { coverage: 'stopped', stoppedBy: 'cancel', verdict: 'incomplete' },
      });
      expect(reports[1]!.states).toBeGreaterThan(reports[0]!.states);
      expect(reports[1]!.statesPerSecond).toBeGreaterThan(0);
    },
  );

  it('cancels a check when the next one begins', async () => {
    const client = makeCheckClient([fakeFactory('works')]);
    const first = client.check(largeRequest, () => undefined);
    const second = client.check(smallRequest, () => undefined);
    expect(await first.answer).toMatchObject({ ok: true, result: { stoppedBy: 'cancel' } });
    expect(await second.answer).toMatchObject({ ok: true, result: { coverage: 'complete' } });
  });

  it('does not let a check wait for other work, which it cancels', async () => {
    const workers: FakeWorker[] = [];
    const client = makeCheckClient([
      {
        thread: 'worker',
        create: () => {
          workers.push(new FakeWorker(workers.length === 0 ? 'busy' : 'works'));
          return workers.at(-1) as unknown as WorkerLike;
        },
      },
    ]);
    const { scenario } = smallRequest;
    const removals = client.unnoticedRemovals({
      scenario: libraryEntry('hot-unplug')!.scenario,
      text: '',
    });
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
    const { answer } = client.check({ scenario }, () => undefined);
    expect(await removals).toMatchObject({ ok: false, cancelled: true });
    expect(await answer).toMatchObject({ ok: true, result: { coverage: 'complete' } });
    expect(workers.map((w) => w.terminated)).toEqual([false, false]);
  });

  it('stops a check that is replaced before its search begins', async () => {
    const client = makeCheckClient([fakeFactory('works')]);
    await client.check(smallRequest, () => undefined).answer;
    const first = client.check(smallRequest, () => undefined);
    await Promise.resolve();
    const second = client.check(smallRequest, () => undefined);
    expect(await first.answer).toMatchObject({
      ok: true,
      result: { stoppedBy: 'cancel', states: 0 },
    });
    expect(await second.answer).toMatchObject({ ok: true, result: { coverage: 'complete' } });
  });

  it('reports a worker that crashes or stops responding, and starts a new one for the next check', async () => {
    const kinds = ['crashes', 'silent', 'works'] as const;
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
      message: 'The checker crashed (out of memory). Start the check again.',
    });
    expect(await client.check(smallRequest, () => undefined).answer).toMatchObject({
      ok: false,
      message: expect.stringContaining('stopped responding') as string,
    });
    expect(started).toBe(2);
  });

  it('terminates a worker that does not answer a cancel, keeps its progress, and starts a new one', async () => {
    const lastProgress = {
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
      workers.push(new FakeWorker(kinds[workers.length]!, lastProgress));
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

  it('runs the next check in a new worker if the old one does not stop', async () => {
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

  it('reports that no worker can be started', async () => {
    expect(
      await makeCheckClient([throwingFactory]).check(smallRequest, () => undefined).answer,
    ).toMatchObject({
      ok: false,
      message: expect.stringContaining('Reload the page') as string,
    });
  });
});

describe('nextStepBudget', () => {
  it('converges to the wanted slice length from both sides', () => {
    let budget = 64;
    for (let i = 0; i < 20; i++) budget = nextStepBudget(budget, budget / 500, 16);
    expect(budget).toBe(8000);
    for (let i = 0; i < 20; i++) budget = nextStepBudget(budget, budget / 10, 16);
    expect(budget).toBe(160);
  });
});
