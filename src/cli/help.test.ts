import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from './runCli';
import { dashed, optionNames } from './optionHelp';
import { runInMemory } from './testing/runInMemory';

describe.each(COMMANDS.map((command) => ({ id: command.id, command })))(
  '$id --help',
  ({ id, command }) => {
    it('explains every option', async () => {
      const { status, out, err } = await runInMemory(`${id} --help`);
      expect([status, err]).toEqual([0, '']);
      for (const option of optionNames(command))
        expect(out).toMatch(new RegExp(`^  ${dashed(option)}( [A-Z=,]+)? {2,}\\S.{10,}$`, 'm'));
    });

    it('is in docs/cli.md, with every option', () => {
      const docs = readFileSync('docs/cli.md', 'utf8');
      expect(docs).toContain(`| \`${id}`);
      const absent = optionNames(command).filter(
        (option) => !new RegExp(`\`${dashed(option)}[ \`[]`).test(docs),
      );
      expect(absent).toEqual([]);
    });
  },
);

describe('the command line', () => {
  it('prints its version and its commands', async () => {
    expect(await runInMemory('--version')).toMatchObject({ status: 0, out: '1.2.3\n', err: '' });
    const { out } = await runInMemory('--help');
    for (const { id } of COMMANDS) expect(out).toContain(`\n  ${id}`);
  });

  it('colours what a person reads, and nothing else', async () => {
    const coloured = { hasColours: true };
    const plain = await runInMemory('check unregister-starved');
    const { out } = await runInMemory('check unregister-starved', '', coloured);
    expect(out).toContain('\u001b[31munregister-live is violated');
    const bare = (text: string): string => stripVTControlCharacters(text).replace(/[\d.]+ s\)/, '');
    expect(bare(out)).toBe(bare(plain.out));
    expect((await runInMemory('run bind-race', '', coloured)).out).toContain('\u001b[33m');
    for (const command of ['run bind-race --json', 'export bind-race --to text'])
      expect((await runInMemory(command, '', coloured)).out).not.toContain('\u001b');
  });

  it('shows the progress of a long check, and removes it', async () => {
    const shown: string[] = [];
    const progress = (text: string): void => {
      shown.push(text);
    };
    await runInMemory('check bind-race --engine bytecode', '', { progress });
    expect(shown.at(-1)).toBe('');
  });
});

describe('completion', () => {
  const complete = (script: string, words: readonly string[]): readonly string[] => {
    const { stdout, stderr } = spawnSync('bash', ['--norc'], {
      input: `${script}\nCOMP_WORDS=(${words.map((w) => `'${w}'`).join(' ')})\nCOMP_CWORD=${words.length - 1}\n_vfio_playground\nprintf '%s\\n' "\${COMPREPLY[@]}"\n`,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return stdout.trim().split('\n');
  };

  it.skipIf(spawnSync('bash', ['--version']).error)('works in bash', async () => {
    const script = (await runInMemory('completion bash')).out;
    expect(complete(script, ['vfio-playground', 'ch'])).toEqual(['check']);
    expect(complete(script, ['vfio-playground', 'check', '--exp'])).toEqual(['--export']);
    expect(complete(script, ['vfio-playground', 'check', 'bind-r'])).toEqual(['bind-race']);
    expect(complete(script, ['vfio-playground', 'export', 'bind-race', '--to', 'markd'])).toEqual([
      'markdown',
    ]);
    expect(complete(script, ['vfio-playground', 'run', 'x', '--design', 'up'])).toEqual([
      'upstream',
    ]);
    expect(complete(script, ['vfio-playground', 'completion', 'z'])).toEqual(['zsh']);
  });

  it('prints a script for zsh and fish, and says what it expects', async () => {
    expect((await runInMemory('completion zsh')).out).toMatch(/^#compdef vfio-playground\n/);
    const fish = (await runInMemory('completion fish')).out;
    for (const { id } of COMMANDS) expect(fish).toContain(` -f -a ${id} -d '`);
    expect((await runInMemory('completion tcsh')).err).toBe(
      'completion: expected bash, zsh, fish, got "tcsh"\n',
    );
  });
});
