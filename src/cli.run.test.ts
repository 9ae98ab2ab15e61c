import { describe, expect, it } from 'vitest';
import { runCli } from './cli';
import { DESIGNS } from './designs/designs';
import { PROPERTY_IDS } from './kernel/language/propertyId';
import { makeScenario } from './scenario/format/makeScenario';
import { LIBRARY } from './scenario/library/library';

const scenarioFile = (id: string): string =>
  makeScenario(LIBRARY.find((entry) => entry.id === id)!.scenario);
const RACE = scenarioFile('bind-race');
const DOUBLE = scenarioFile('double-bind');

/** What a command prints and its exit status; `-` reads `input`. */
async function cli(
  words: string,
  input = '',
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  let out = '';
  let err = '';
  const status = await runCli(words.split(' '), {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    read: (file) => {
      if (file === '-') return input;
      throw new Error('no such file');
    },
    write: () => {
      throw new Error('writes nothing');
    },
  });
  return { status, out, err };
}

const without = (key: string): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(JSON.parse(RACE) as object).filter(([k]) => k !== key)),
  );
const changed = (change: object): string =>
  JSON.stringify({ ...(JSON.parse(RACE) as object), ...change });

describe('run', () => {
  it('prints a run as formats.md says', async () => {
    const { status, out, err } = await cli('run bind-race --json');
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
      steps: 13,
    });
    expect(result['files']).toEqual([
      { name: 'fd1', by: 'qemu', kind: 'cdev', device: 'vfio0', fops: 'normal', refs: 1 },
      { name: 'fd2', by: 'dpdk', kind: 'cdev', device: 'vfio0', fops: 'parked', refs: 1 },
      { name: 'iommufd1', by: 'qemu', kind: 'iommufd', fops: 'normal', refs: 3 },
      { name: 'iommufd2', by: 'dpdk', kind: 'iommufd', fops: 'normal', refs: 1 },
    ]);
  });

  it('shows a violation at the step where it arises', async () => {
    const { status, out } = await cli('run split-race --json');
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
  ])('%s ends with %i', async (words, status) => {
    expect((await cli(words)).status).toBe(status);
  });

  it('reads a file and tells what differs from its expectation', async () => {
    expect(await cli('run - --verify', RACE)).toMatchObject({ status: 0, err: '' });
    const wrong = changed({
      expect: { calls: [{ by: 'dpdk', call: 'bind_iommufd', returns: '-EBUSY' }] },
    });
    expect(await cli('run - --verify', wrong)).toMatchObject({
      status: 1,
      err: 'dpdk: bind_iommufd is expected to return -EBUSY, but returns -EINVAL\n',
    });
  });

  it('runs sequentially where a change makes the schedule of the file impossible', async () => {
    const { status, err } = await cli('run - --option kvm=false', DOUBLE);
    expect([status, err.replace(/\(.*\)/, '()')]).toEqual([
      0,
      "the file's schedule does not fit what was changed (); running sequentially\n",
    ]);
  });

  it.each([
    [
      'run nosuch',
      '',
      /^nosuch cannot be read: .*it is no built-in scenario either \(there are cdev-path, /,
    ],
    [
      'run bind-race --design nope',
      '',
      /^design: "nope" stood here; accepted: "rfc-opened", "parked-shim", "parked-split", "upstream"\n$/,
    ],
    [
      'run bind-race --option kvm=maybe',
      '',
      /^options\.kvm: "maybe" stood here; accepted: "true", "false"\n$/,
    ],
    [
      'run bind-race --option foo=1',
      '',
      /^options\.foo: "1" stood here; accepted: the options "kvm" of upstream\n$/,
    ],
    ['run bind-race --option kvm', '', /^--option: "kvm" stood here; accepted: k=v\n$/],
    ['run bind-race --bogus', '', /^run has no option --bogus; usage: /],
    ['run bind-race --design', '', /^--design needs a value; usage: /],
    ['run', '', /^usage: vfio-playground run FILE/],
    ['run a b', '', /^usage: vfio-playground run FILE/],
    ['bogus', '', /^no command "bogus"; there are run, /],
    [
      'run bind-race --schedule random:x',
      '',
      /^--schedule: "random:x" stood here; accepted: sequential, random:SEED/,
    ],
    [
      'run bind-race --schedule qemu,nobody',
      '',
      /^schedule\[1\]: "nobody" stood here: at step 1 of 1, nobody makes no call; accepted: a task that can move \(now qemu, dpdk\)\n$/,
    ],
    [
      'run bind-race --schedule qemu*999',
      '',
      /^schedule\[0\]: "qemu\*999" stood here: at step \d+ of 999, qemu has made all its calls; accepted: a task that can move \(now dpdk\)\n$/,
    ],
    [
      'run double-bind --schedule qemu*13,qemu/2*9',
      '',
      /^schedule\[1\]: "qemu\/2\*9" stood here: at step \d of 9, qemu\/2 waits for devset vfio0\.lock, held by qemu; accepted: a task that can move \(now qemu\)\n$/,
    ],
    [
      'run -',
      without('world'),
      /^standard input: world: nothing stood here; accepted: the key "world", which is required\n$/,
    ],
    [
      'run -',
      changed({ extra: 1 }),
      /^standard input: extra: the key "extra" stood here; accepted: only the keys /,
    ],
    [
      'run -',
      changed({ calls: [{ by: 'qemu', call: 'opn' }] }),
      /^standard input: calls\[0\]\.call: "opn" stood here; accepted: "open_cdev", /,
    ],
    [
      'run -',
      changed({ calls: [{ by: 'qemu', call: 'device_io', fd: 'x' }], expect: {}, beats: [] }),
      /^standard input: calls\[0\]\.fd: "x" stood here; accepted: an fd named by "as" of a call: nothing \(there is none\)\n$/,
    ],
    [
      'run -',
      `{"a":${'['.repeat(9)}${'1'.repeat(10_000_000)}`,
      /^standard input: \$: 1000\d+ characters stood here; accepted: a scenario of at most 262144 characters\n$/,
    ],
    [
      'run -',
      '['.repeat(200_000),
      /^standard input: \$: "\[+"… stood here; accepted: JSON \(.*\)\n$/,
    ],
    [
      'run -',
      String.fromCodePoint(...Array.from({ length: 256 }, (_, i) => i)),
      /^standard input: \$: [\x20-\x7e\xa0-\xff…]* stood here; accepted: JSON \([\x20-\x7e\xa0-\xff…]*\)\n$/,
    ],
    ['run -', '', /^standard input: \$: "" stood here; accepted: JSON/],
  ])('refuses %s with status 2 and says what is accepted', async (words, input, message) => {
    const { status, out, err } = await cli(words, input);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });
});

describe('the lists', () => {
  it('have every design, scenario and property', async () => {
    expect(JSON.parse((await cli('scenarios --json')).out)).toEqual(
      LIBRARY.map(({ id, title, group, designs }) => ({ id, title, group, designs })),
    );
    expect(
      (JSON.parse((await cli('designs --json')).out) as { id: string }[]).map((d) => d.id),
    ).toEqual(DESIGNS.map((d) => d.id));
    expect(
      (JSON.parse((await cli('properties --json')).out) as { id: string }[]).map((p) => p.id),
    ).toEqual(PROPERTY_IDS);
    for (const list of ['designs', 'scenarios', 'properties'])
      expect(await cli(list)).toMatchObject({ status: 0, err: '' });
    expect((await cli('designs x')).status).toBe(2);
  });
});
