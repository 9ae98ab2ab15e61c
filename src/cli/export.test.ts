import { describe, expect, it } from 'vitest';
import { EXPORTS } from '../export/exports';
import { SNIPPETS } from '../export/snippets';
import { openLink } from '../scenario/link/openLink';
import { runInMemory } from './testing/runInMemory';

describe('export', () => {
  it.each(EXPORTS.map(({ id }) => id))('writes %s to standard output or to a file', async (to) => {
    const printed = await runInMemory(`export bind-race --to ${to}`);
    expect(printed).toMatchObject({ status: 0, err: '' });
    expect(printed.out.length).toBeGreaterThan(40);
    const written = await runInMemory(`export bind-race --to ${to} -o out`);
    expect(written).toMatchObject({ status: 0, out: '' });
    expect(written.files.get('out')).toBe(printed.out);
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

  it('takes --as only with --embed', async () => {
    expect(await runInMemory('link bind-race --as html')).toMatchObject({
      status: 2,
      err: '--as: expected --embed with it, got --as alone\n',
    });
  });
});
