import { describe, expect, it } from 'vitest';
import { runCli } from './cli';
import { EXPORTS } from './export/exports';
import { SNIPPETS } from './export/snippets';
import { openLink } from './scenario/link/openLink';

async function cli(...words: string[]) {
  const said = { status: 0, out: '', err: '', files: new Map<string, string>() };
  said.status = await runCli(words, {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    read: () => {
      throw new Error('no such file');
    },
    write: (file, text) => {
      if (file.includes('missing/')) throw new Error('no such folder');
      said.files.set(file, text);
    },
  });
  return said;
}

describe('export', () => {
  it.each(EXPORTS.map(({ id }) => id))('writes %s to standard output or to a file', async (to) => {
    const shown = await cli('export', 'bind-race', '--to', to);
    expect(shown).toMatchObject({ status: 0, err: '' });
    expect(shown.out.length).toBeGreaterThan(40);
    const kept = await cli('export', 'bind-race', '--to', to, '-o', 'out');
    expect(kept).toMatchObject({ status: 0, out: '' });
    expect(kept.files.get('out')).toBe(shown.out);
  });

  it('names what it does not know', async () => {
    expect((await cli('export', 'bind-race')).err).toContain(
      '--to: nothing stood here; accepted: text, ',
    );
    expect((await cli('export', 'bind-race', '--to', 'pdf')).status).toBe(2);
    expect((await cli('export', 'bind-race', '--to', 'svg', '--theme', 'pink')).err).toContain(
      'light, dark, auto',
    );
    expect(await cli('export', 'bind-race', '--to', 'text', '-o', 'missing/x')).toMatchObject({
      status: 2,
      err: 'missing/x cannot be written: no such folder\n',
    });
  });

  it('puts the base in front of the link', async () => {
    expect(
      (await cli('export', 'bind-race', '--to', 'text', '--base', 'https://example.org/p/')).out,
    ).toContain('\nLink: https://example.org/p/#v1.');
  });
});

describe('link', () => {
  it('prints a link that opens at the end of the run', async () => {
    const { out, status } = await cli(
      'link',
      'hot-unplug',
      '--base',
      'https://example.org/p/',
      '--schedule',
      'random:7',
    );
    expect(status).toBe(0);
    const opened = openLink(out.trim());
    if (!opened.ok) throw new Error(opened.message);
    expect(opened.dropped).toEqual([]);
    expect(opened.cursor).toBe(opened.trace.steps.length);
    expect(opened.id).toBe('hot-unplug');
  });

  it.each(SNIPPETS.map(({ id }) => id))('gives the snippet %s', async (as) => {
    const { out, status } = await cli(
      'link',
      'bind-race',
      '--embed',
      '--as',
      as,
      '--base',
      'https://example.org/p/',
    );
    expect(status).toBe(0);
    expect(out).toContain('#v1.');
    expect(out).toContain('https://example.org/p/');
  });

  it('takes --as only with --embed', async () => {
    expect(await cli('link', 'bind-race', '--as', 'html')).toMatchObject({
      status: 2,
      err: '--as is for --embed\n',
    });
  });
});
