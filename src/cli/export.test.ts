import { describe, expect, it } from 'vitest';
import { EXPORTS } from '../export/exports';
import { SNIPPETS } from '../export/snippets';
import { openLink } from '../scenario/link/openLink';
import { runInMemory } from './testing/runInMemory';

describe('export', () => {
  it.each(EXPORTS.map(({ id }) => id))('writes %s to standard output or to a file', async (to) => {
    const printed = await runInMemory(`export bind-race --to ${to}`);
    const picture = 'two-processes-race-to-bind-one-device.svg';
    const hasPicture = to.startsWith('rst');
    expect(printed).toMatchObject({
      status: 0,
      err: hasPicture ? `${picture} is not written: -o OUT writes it beside OUT\n` : '',
    });
    expect(printed.out.length).toBeGreaterThan(40);
    const written = await runInMemory(`export bind-race --to ${to} -o docs/out`);
    expect(written).toMatchObject({ status: 0, out: '', err: '' });
    expect(written.files.get('docs/out')).toBe(printed.out);
    expect([...written.files.keys()]).toEqual(
      hasPicture ? ['docs/out', `docs/${picture}`] : ['docs/out'],
    );
    if (hasPicture) {
      expect(printed.out).toContain(`figure:: ${picture}\n`);
      expect(written.files.get(`docs/${picture}`)).toBe(
        (await runInMemory('export bind-race --to svg')).out,
      );
    }
  });

  it('records between two points', async () => {
    const part = await runInMemory('export bind-race --to animation --from 36 --until 50');
    expect(part.out).toContain('After step 36');
    const whole = await runInMemory('export bind-race --to animation');
    expect(whole.out).toContain('Before the first step');
    expect(part.out.length).toBeLessThan(whole.out.length);
    for (const [args, message] of [
      ['--to animation --from 57', '--from: expected a step from 0 to 56, got "57"'],
      ['--to animation --from 9 --until 9', '--until: expected a step from 10 to 57, got "9"'],
      ['--to svg --until 9', '--until: expected --to animation, got --to svg'],
    ])
      expect(await runInMemory(`export bind-race ${args}`)).toMatchObject({
        status: 2,
        err: expect.stringContaining(message ?? ''),
      });
  });

  it('argues the property of the title, and says what is blocked', async () => {
    const { out } = await runInMemory('export unregister-starved --to text');
    expect(out).toContain('\nProperty: unregister-live ');
    expect(out).toContain('\nAlso violated in this run: no-ops-before-bind.\n');
    expect(out).toContain('/* still blocked */');
    expect(out.replaceAll('\n', ' ')).toContain(
      "driver's unregister_device(vfio0) never returns here: it waits for vfio0.comp, held by fd3.",
    );
    for (const to of ['rst', 'rst-figure', 'markdown']) {
      const text = (await runInMemory(`export unregister-starved --to ${to}`)).out;
      expect(text).toContain('Property: unregister-live ');
    }
  });

  it('tells a blocked call from one that only has not returned yet', async () => {
    const { out } = await runInMemory('check unregister-starved --export markdown');
    const text = out.replaceAll(/\s+/g, ' ');
    expect(text).toContain('driver calls unregister device, which is still blocked.');
    expect(text).toContain('dpdk calls open cdev, which has not returned yet.');
  });

  it('is about the property that is asked for', async () => {
    const { out } = await runInMemory(
      'export unregister-starved --to text --property no-ops-before-bind',
    );
    expect(out).toContain('\nProperty: no-ops-before-bind ');
    expect(out).toContain('\nAlso violated in this run: unregister-live.\n');
    expect(
      (await runInMemory('export bind-race --to text --property memory')).out.replaceAll(
        /\s+/g,
        ' ',
      ),
    ).toContain('It is not violated on this schedule.');
    expect((await runInMemory('export bind-race --to text --property x')).status).toBe(2);
  });

  it('has the other violations at their steps with --full', async () => {
    const lines = (await runInMemory('export unregister-starved --to text --full')).out.split('\n');
    const row = (text: string): number => lines.findIndex((line) => line.startsWith(text));
    const first = row('/* no-ops-before-bind: qemu');
    const live = row('/* unregister-live: dpdk');
    expect(first).toBeGreaterThan(3);
    expect(live - first).toBeGreaterThan(10);
    expect(lines.slice(live + 5).filter((l) => l.startsWith('/* no-ops')).length).toBeGreaterThan(
      0,
    );
  });

  it('names the scenario and the schedule where it has no address for a link', async () => {
    for (const to of ['text', 'markdown', 'rst']) {
      const { out } = await runInMemory(`export hot-unplug --to ${to} --design parked-shim`);
      expect(out).not.toContain('#v1');
      expect(out).toContain('Scenario: hot-unplug, parked-shim\n');
      const schedule = /Schedule: (\S+)\n/.exec(out)?.[1] ?? '';
      const again = await runInMemory(
        `export hot-unplug --to ${to} --design parked-shim --schedule ${schedule}`,
      );
      expect(again.out).toBe(out);
    }
    const markdown = await runInMemory('export hot-unplug --to markdown --base https://x.org/p/');
    expect(markdown.out).toMatch(
      /\n```\n\n\[Open this run in the playground\]\(https:\/\/x\.org\/p\/#v1\.[\w-]+\)\n$/,
    );
  });

  it('exports modified designs, with a link that opens them', async () => {
    const without = '--without upstream/bind_iommufd/BIND.6';
    const { out } = await runInMemory(
      `export bind-race --to text ${without} --base https://x.org/p/`,
    );
    const opened = openLink(/Link: (\S+)/.exec(out)?.[1] ?? '');
    expect(opened.ok && opened.mutations).toEqual([
      { kind: 'without', step: 'upstream/bind_iommufd/BIND.6' },
    ]);
    expect((await runInMemory(`export bind-race --to text ${without}`)).out).toContain(
      `Scenario: bind-race, upstream ${without}`,
    );
    expect(await runInMemory(`export bind-race --to scenario ${without}`)).toMatchObject({
      status: 2,
      out: '',
    });
  });

  it('says what each option expects', async () => {
    expect((await runInMemory('export bind-race')).err).toContain('--to: expected text, ');
    expect((await runInMemory('export bind-race --to pdf')).status).toBe(2);
    expect((await runInMemory('export bind-race --to svg --theme pink')).err).toContain(
      'light, dark, auto',
    );
    expect(await runInMemory('export bind-race --to text -o missing/x')).toMatchObject({
      status: 2,
      err: '-o: expected a writable file, got missing/x: no such folder\n',
    });
  });

  it('starts the link with the base', async () => {
    expect(
      (await runInMemory('export bind-race --to text --base https://example.org/p/')).out,
    ).toContain('\nLink: https://example.org/p/#v1.');
  });
});

describe('an SVG that export wrote', () => {
  it('is read as the scenario that it contains', async () => {
    const svg = (await runInMemory('export hot-unplug --to svg')).out;
    const run = await runInMemory('run - --json', svg);
    expect(run).toMatchObject({ status: 0, err: '' });
    const steps = (text: string): unknown => (JSON.parse(text) as { steps: unknown }).steps;
    expect(steps(run.out)).toEqual(steps((await runInMemory('run hot-unplug --json')).out));
    expect((await runInMemory('export - --to svg', svg)).out).toBe(svg);
  });
});

describe('check --export', () => {
  it('writes the counterexample that it found, and how it was found', async () => {
    const { out, files, status } = await runInMemory(
      'check unregister-starved --export text -o out',
    );
    expect(status).toBe(1);
    expect(out).toContain('unregister-live is violated');
    const text = files.get('out') ?? '';
    expect(text).toContain('Property: unregister-live ');
    const states = /([\d ]+) states,/.exec(out)?.[1]?.replaceAll(' ', '');
    expect(text).toContain(`(shortest of all schedules, ${states} states explored)\n`);
    const schedule = /Schedule: (\S+)/.exec(text)?.[1] ?? '';
    expect(out).toContain(`--schedule ${schedule}\n`);
  });

  it('writes to standard output without -o, another property if it is asked for', async () => {
    const { out } = await runInMemory(
      'check unregister-starved --property no-ops-before-bind --export text',
    );
    expect(out).toContain('Property: no-ops-before-bind ');
    expect(out).not.toContain(' transitions');
  });

  it('says that it found none, and what it expects', async () => {
    expect(await runInMemory('check bind-race --export text -o out')).toMatchObject({
      status: 0,
      err: '--export: no counterexample was found (holds), so nothing was written\n',
      files: new Map(),
    });
    expect((await runInMemory('check bind-race -o out')).err).toBe(
      '-o: expected --export with it, got it alone\n',
    );
    expect((await runInMemory('check bind-race --export text --json')).status).toBe(2);
  });
});

describe('link', () => {
  it('prints a link that opens at the end of the run', async () => {
    const { out, status } = await runInMemory(
      'link hot-unplug --base https://example.org/p/ --schedule random:7',
    );
    expect(status).toBe(0);
    const opened = openLink(out.trim());
    if (!opened.ok) throw new Error(opened.message);
    expect(opened.dropped).toEqual([]);
    expect(opened.cursor).toBe(opened.trace.steps.length);
    expect(opened.id).toBe('hot-unplug');
  });

  it.each(SNIPPETS.map(({ id }) => id))('prints the snippet %s', async (as) => {
    const { out, status } = await runInMemory(
      `link bind-race --embed --as ${as} --base https://example.org/p/`,
    );
    expect(status).toBe(0);
    expect(out).toContain('#v1.');
    expect(out).toContain('https://example.org/p/');
  });

  it('takes the address with and without a slash, and refuses one that runs code', async () => {
    const slash = await runInMemory('link bind-race --base https://example.org/p/');
    expect(await runInMemory('link bind-race --base https://example.org/p')).toEqual(slash);
    for (const command of [
      'link bind-race',
      'export bind-race --to text',
      'link bind-race --embed',
    ])
      expect(await runInMemory(`${command} --base javascript:alert(1)`)).toMatchObject({
        status: 2,
        out: '',
        err: '--base: expected an address with http, https, file or no protocol, got "javascript:alert(1)"\n',
      });
    const snippet = await runInMemory('link bind-race --embed --base https://example.org/p');
    expect(snippet.out).toContain('src="https://example.org/p/vfio-playground.js"');
  });

  it('takes the step, and the parameters of an embed', async () => {
    const { out } = await runInMemory('link bind-race --step 3');
    const opened = openLink(out.trim());
    expect(opened.ok && opened.cursor).toBe(3);
    expect((await runInMemory('link bind-race --step 999')).err).toMatch(
      /^--step: expected an integer from 0 to \d+, the steps of the run, got "999"\n$/,
    );
    const options = '--view both --theme dark --ro --base https://example.org/p';
    expect((await runInMemory(`link bind-race ${options}`)).out).toMatch(
      /^https:\/\/example\.org\/p\/embed\.html\?view=both&theme=dark&ro=1#v1\.[\w-]+\n$/,
    );
    expect((await runInMemory(`link bind-race --embed ${options}`)).out).toContain(
      ' view="both" theme="dark" ro="1">',
    );
    expect((await runInMemory('link bind-race --view 3d')).err).toContain(
      '--view: expected graph, ',
    );
  });

  it('takes --as only with --embed', async () => {
    expect(await runInMemory('link bind-race --as html')).toMatchObject({
      status: 2,
      err: '--as: expected --embed with it, got --as alone\n',
    });
  });
});
