import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../designs/designs';
import { PROPERTY_IDS } from '../kernel/properties/properties';
import { makeScenario } from '../scenario/format/makeScenario';
import { parseScenario } from '../scenario/format/parseScenario';
import { parseScheduleText } from '../scenario/format/scheduleText';
import { LIBRARY, libraryEntry } from '../scenario/library/library';
import { runInMemory } from './testing/runInMemory';

/** A built-in scenario as file text. */
const fileOf = (id: string): string => {
  const entry = libraryEntry(id);
  if (!entry) throw new Error(`no scenario ${id}`);
  return makeScenario(entry.scenario);
};
const RACE = fileOf('bind-race');

const without = (key: string): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(JSON.parse(RACE) as object).filter(([k]) => k !== key)),
  );
const changed = (change: object): string =>
  JSON.stringify({ ...(JSON.parse(RACE) as object), ...change });

describe('run', () => {
  it('prints JSON in the published format, keys in their order', async () => {
    const { status, out, err } = await runInMemory('run bind-race --json');
    expect([status, err]).toEqual([0, '']);
    const result = JSON.parse(out) as Record<string, never>;
    expect(Object.keys(result)).toEqual([
      'format',
      'design',
      'options',
      'calls',
      'blocked',
      'skipped',
      'files',
      'objects',
      'violations',
      'steps',
    ]);
    expect(result).toMatchObject({
      format: 'vfio-playground/run@1',
      design: 'upstream',
      options: {},
      blocked: [],
      skipped: [],
      violations: [],
      objects: { vfio0: { refcount: 3, open_count: 1 }, 'group 12': { cdev_device_open_cnt: 1 } },
    });
    expect(result['calls']).toContainEqual({
      by: 'dpdk',
      call: 'bind_iommufd',
      returns: '-EINVAL',
      waited: [{ for: 'devset vfio0.lock', heldBy: ['qemu'] }],
      steps: 13,
    });
    expect(result['files']).toEqual([
      { name: 'fd1', by: 'qemu', kind: 'cdev', device: 'vfio0', fops: 'normal', refs: 1 },
      { name: 'fd2', by: 'dpdk', kind: 'cdev', device: 'vfio0', fops: 'parked', refs: 1 },
      { name: 'iommufd1', by: 'qemu', kind: 'iommufd', fops: 'normal', refs: 3 },
      { name: 'iommufd2', by: 'dpdk', kind: 'iommufd', fops: 'normal', refs: 1 },
    ]);
  });

  it('tells that a call waited, and what blocked and skipped calls return', async () => {
    const calls = async (commandLine: string, input = ''): Promise<unknown[]> =>
      (JSON.parse((await runInMemory(commandLine, input)).out) as { calls: unknown[] }).calls;
    expect(await calls('run hot-unplug --json')).toContainEqual({
      by: 'driver',
      call: 'unregister_device',
      returns: 0,
      waited: [{ for: 'vfio0.comp', heldBy: ['fd1'] }],
      steps: expect.any(Number) as number,
    });
    const stuck = changed({
      calls: [
        { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
        { by: 'qemu', call: 'open_iommufd', as: 'i1' },
        { by: 'qemu', call: 'bind_iommufd', fd: 'fd1', iommufd: 'i1' },
        { by: 'driver', call: 'unregister_device', device: 'vfio0' },
        { by: 'driver', call: 'register_device', device: 'vfio0' },
        { by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
        { by: 'dpdk', call: 'close', fd: 'fd2' },
      ],
      schedule: 'sequential',
      beats: [],
      expect: {
        calls: [
          { by: 'qemu', call: 'open_cdev', returns: 'fd' },
          { by: 'driver', call: 'unregister_device', returns: 'blocked' },
          { by: 'driver', call: 'register_device', returns: 'blocked' },
          { by: 'dpdk', call: 'close', returns: 'skipped' },
        ],
      },
    });
    expect(await runInMemory('run - --verify', stuck)).toMatchObject({ status: 0, err: '' });
    expect(await calls('run - --json', stuck)).toMatchObject([
      { returns: 3 },
      { returns: 4 },
      { returns: 0 },
      { returns: 'blocked', waited: [{ for: 'vfio0.comp', heldBy: ['fd1'] }] },
      { returns: 'blocked', steps: 0 },
      { returns: expect.stringMatching(/^-E/) as string },
      { returns: 'skipped' },
    ]);
  });

  it('runs a task until its next step is the one of the schedule', async () => {
    const text = async (schedule: string): Promise<string> => {
      const { out, err } = await runInMemory(
        'run - --json',
        changed({ schedule: schedule.split(','), beats: [], expect: {} }),
      );
      return err === '' ? out.slice(out.indexOf('"steps"')) : err;
    };
    const counted = await text('qemu*9,dpdk*4');
    const steps = JSON.parse((await runInMemory('run bind-race --json')).out) as {
      steps: { by: string; at: string }[];
    };
    const stop = steps.steps.filter((s) => s.by === 'qemu')[9]?.at ?? '';
    expect(await text(`qemu until ${stop},dpdk*4`)).toBe(counted);
    // Where it already is, it does not move.
    expect(await text(`qemu until ${stop},qemu until ${stop},dpdk*4`)).toBe(counted);
    expect(await text('qemu until BIND.99')).toMatch(
      /^schedule\[0\]: expected a task that can run \(dpdk\), got "qemu until BIND\.99": after \d+ steps without BIND\.99, qemu has made all its calls\n$/,
    );
  });

  it('takes a schedule with a step to stop before', async () => {
    const { scenario } = libraryEntry('bind-race') ?? expect.fail();
    expect(parseScheduleText('qemu until OPEN.2,dpdk*3')).toEqual({
      ok: true,
      schedule: ['qemu until OPEN.2', 'dpdk*3'],
    });
    expect(parseScenario(makeScenario({ ...scenario, schedule: ['qemu until OPEN.2'] })).ok).toBe(
      true,
    );
  });

  it('names the step that violates a property', async () => {
    const { status, out } = await runInMemory('run split-race --json');
    expect(status).toBe(1);
    const { violations, steps } = JSON.parse(out) as {
      violations: { property: string; step: number; by: string; at: string }[];
      steps: { by: string; at: string }[];
    };
    expect(violations.map((v) => v.property)).toEqual([
      'dma-owner',
      'owner-exclusive',
      'path-exclusive',
    ]);
    for (const v of violations) expect(steps[v.step]).toMatchObject({ by: v.by, at: v.at });
  });

  it.each([
    ['run bind-race', 0],
    ['run split-race', 1],
    ['run split-race --verify', 0],
    ['run bind-race --design parked-shim --verify', 0],
    ['run group-first --design parked-split --option extraState=perGroup --verify', 0],
    ['run bind-race --schedule random:7', 0],
    ['run bind-race --schedule qemu*3,dpdk', 0],
  ])('%s exits with %i', async (commandLine, status) => {
    expect((await runInMemory(commandLine)).status).toBe(status);
  });

  it('prints the differences from the expected outcome', async () => {
    expect(await runInMemory('run - --verify', RACE)).toMatchObject({ status: 0, err: '' });
    const wrong = changed({
      expect: { calls: [{ by: 'dpdk', call: 'bind_iommufd', returns: '-EBUSY' }] },
    });
    expect(await runInMemory('run - --verify', wrong)).toMatchObject({
      status: 1,
      err: expect.stringMatching(/^dpdk.*bind_iommufd.*-EBUSY.*-EINVAL\n$/) as string,
    });
  });

  it('runs sequentially if an option makes the schedule of the file impossible', async () => {
    const { status, err } = await runInMemory('run - --option kvm=false', fileOf('double-bind'));
    expect([status, err.replace(/\(.*\)/, '()')]).toEqual([
      0,
      "the file's schedule does not fit the changed design (); running sequentially\n",
    ]);
  });

  it.each([
    ['run nosuch', '', /^nosuch: expected a readable file or the id of a built-in scenario, got /],
    ['run bind-rase', '', /\(did you mean "bind-race"\?\); see: vfio-playground scenarios\n$/],
    [
      'run bind-race --design nope',
      '',
      /^design: expected one of "rfc-opened", "parked-shim", "parked-split", "upstream", got "nope"\n$/,
    ],
    [
      'run bind-race --option kvm=maybe',
      '',
      /^options\.kvm: expected one of "true", "false", got "maybe"\n$/,
    ],
    [
      'run bind-race --option foo=1',
      '',
      /^options\.foo: expected one of the options of upstream: "linux", "kvm", "kvmFix", got "foo"\n$/,
    ],
    ['run bind-race --option kvm', '', /^--option: expected k=v, got "kvm"\n$/],
    [
      'run bind-race --bogus',
      '',
      /^run: expected an option of this command, got --bogus; usage: vfio-playground run FILE/,
    ],
    ['run bind-race --design', '', /^--design: expected a value, got nothing; usage: /],
    ['run', '', /^run: expected 1 file, got 0; usage: vfio-playground run FILE/],
    ['run a b', '', /^run: expected 1 file, got 2; usage: /],
    ['bogus', '', /^expected a command \(run, .*\), got "bogus"\n$/],
    ['run bind-race --schedule random:x', '', /^--schedule: .*"random:x"/],
    [
      'run bind-race --schedule qemu,other',
      '',
      /^schedule\[1\]: expected a task that can run \(qemu, dpdk\), got "other": other makes no call\n$/,
    ],
    [
      'run bind-race --schedule qemu*999',
      '',
      /^schedule\[0\]: expected a task that can run \(dpdk\), got "qemu\*999": at step \d+ of 999, qemu has made all its calls\n$/,
    ],
    [
      'run double-bind --schedule qemu*13,qemu/2*9',
      '',
      /^schedule\[1\]: expected a task that can run \(qemu\), got "qemu\/2\*9": at step \d of 9, qemu\/2 waits for devset vfio0\.lock, held by qemu\n$/,
    ],
    [
      'run -',
      without('world'),
      /^standard input: world: expected the required key "world", got nothing\n$/,
    ],
    [
      'run -',
      changed({ extra: 1 }),
      /^standard input: extra: expected only the keys .*, got the key "extra"\n$/,
    ],
    [
      'run -',
      changed({ calls: [{ by: 'qemu', call: 'opn' }] }),
      /^standard input: calls\[0\]\.call: expected "open_cdev", .*, got "opn"\n$/,
    ],
    [
      'run -',
      changed({
        calls: [{ by: 'qemu', call: 'device_io', fd: 'x' }],
        schedule: 'sequential',
        expect: {},
        beats: [],
      }),
      /^standard input: calls\[0\]\.fd: expected the name of a file descriptor, got "x" \(there is none\)\n$/,
    ],
    [
      'run -',
      `{"a":${'['.repeat(9)}${'1'.repeat(10_000_000)}`,
      /^standard input: \$: expected a scenario of at most 262144 characters, got 1000\d+ characters\n$/,
    ],
    ['run -', '['.repeat(200_000), /^standard input: \$: expected JSON, got "\[+"… \(.*\)\n$/],
    [
      'run -',
      String.fromCodePoint(...Array.from({ length: 256 }, (_, i) => i)),
      /^standard input: \$: [\x20-\x7e\xa0-\xff…]*\n$/,
    ],
    ['run -', '', /^standard input: \$: expected JSON, got ""/],
  ])('%s exits with 2 and says what was expected', async (commandLine, input, message) => {
    const { status, out, err } = await runInMemory(commandLine, input);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });
});

describe('the lists', () => {
  it('contain every design, scenario and property', async () => {
    expect(JSON.parse((await runInMemory('scenarios --json')).out)).toEqual(
      LIBRARY.map(({ id, title, group, designs }) => ({ id, title, group, designs })),
    );
    expect(
      (JSON.parse((await runInMemory('designs --json')).out) as { id: string }[]).map((d) => d.id),
    ).toEqual(DESIGNS.map((d) => d.id));
    expect(
      (JSON.parse((await runInMemory('properties --json')).out) as { id: string }[]).map(
        (p) => p.id,
      ),
    ).toEqual(PROPERTY_IDS);
    for (const list of ['designs', 'scenarios', 'properties'])
      expect(await runInMemory(list)).toMatchObject({ status: 0, err: '' });
    expect((await runInMemory('designs x')).status).toBe(2);
  });
});

describe('a fault that no step reaches', () => {
  const file = changed({
    schedule: 'sequential',
    calls: [
      { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
      { by: 'qemu', call: 'open_iommufd', as: 'iommufd1' },
      { by: 'qemu', call: 'bind_iommufd', fd: 'fd1', iommufd: 'iommufd1' },
      { by: 'qemu', call: 'bind_iommufd', fd: 'fd1', iommufd: 'iommufd1', fault: 'BIND.13' },
    ],
    beats: [],
    expect: { verdict: 'holds' },
  });
  const error = 'calls[3].fault: expected a step that bind_iommufd of qemu reaches in ';

  it.each([
    ['run -', 'this run'],
    ['run - --json', 'this run'],
    ['run - --verify', 'this run'],
    ['run - --schedule random:3', 'this run'],
    ['export - --to text', 'this run'],
    ['link -', 'this run'],
    ['check -', 'some interleaving'],
    ['check - --json', 'some interleaving'],
    ['check - --reduce=both', 'some interleaving'],
    ['matrix - --design upstream', 'some interleaving'],
  ])('is an input error of %s', async (command, where) => {
    const { status, out, err } = await runInMemory(command, file);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(`${error}${where}, got "BIND.13"`);
  });

  it('is only printed for a modified design, whose steps may cause it', async () => {
    const without = 'run - --without upstream/bind_iommufd/BIND.5';
    const { status, out, err } = await runInMemory(without, file);
    expect([status, out === '']).toEqual([1, false]);
    expect(err).toContain(error);
  });
});
