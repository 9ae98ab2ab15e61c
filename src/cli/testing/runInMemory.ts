import type { Terminal } from '../command';
import { runCli } from '../runCli';

/** The result of a command line: exit status, both outputs, and the files it wrote. */
interface CommandResult {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  readonly files: ReadonlyMap<string, string>;
}

/** Runs a command line without touching the disk. `-` reads `input`; no other file exists. `terminal` adds to it. */
export async function runInMemory(
  commandLine: string,
  input = '',
  terminal: Partial<Terminal> = {},
): Promise<CommandResult> {
  let out = '';
  let err = '';
  const files = new Map<string, string>();
  const status = await runCli(commandLine.split(' '), {
    version: '1.2.3',
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
    write: (file, text) => {
      if (file.includes('missing/')) throw new Error('no such folder');
      files.set(file, text);
    },
    ...terminal,
  });
  return { status, out, err, files };
}
