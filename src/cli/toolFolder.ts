import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToolFolder } from './command';

/** A temporary folder, removed by `remove`. */
export function makeToolFolder(): ToolFolder {
  return folderAt(mkdtempSync(join(tmpdir(), 'vfio-playground-')), new Set());
}

function folderAt(path: string, running: Set<ChildProcess>): ToolFolder {
  return {
    write: (name, text) => writeFileSync(join(path, name), text),
    take: (pattern) => {
      const name = readdirSync(path).find((each) => pattern.test(each));
      if (name === undefined) return undefined;
      const text = readFileSync(join(path, name), 'utf8');
      rmSync(join(path, name));
      return text;
    },
    subfolder: (name) => {
      mkdirSync(join(path, name), { recursive: true });
      return folderAt(join(path, name), running);
    },
    run: (program, args, { seconds = Infinity, onOutput }) =>
      new Promise((resolve, reject) => {
        const child = spawn(program, args, { cwd: path, stdio: ['ignore', 'pipe', 'pipe'] });
        running.add(child);
        let output = '';
        let timedOut = false;
        const timer =
          seconds === Infinity
            ? undefined
            : setTimeout(() => {
                timedOut = true;
                child.kill('SIGINT');
              }, seconds * 1000);
        const onData = (data: Buffer): void => {
          const text = data.toString();
          output += text;
          onOutput?.(text);
        };
        child.stdout.on('data', onData);
        child.stderr.on('data', onData);
        const end = (status: number | undefined): void => {
          clearTimeout(timer);
          running.delete(child);
          resolve({ status, output, timedOut });
        };
        child.on('error', (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') end(undefined);
          else reject(error);
        });
        child.on('close', (code) => end(code ?? 1));
      }),
    interrupt: () => {
      for (const child of running) child.kill('SIGINT');
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
