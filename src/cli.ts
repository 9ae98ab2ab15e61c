import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { runCli } from './cli/runCli';
import { makeToolFolder } from './cli/toolFolder';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A closed pipe (`| head`) is not an error.
  if (error.code !== 'EPIPE') throw error;
});
/** The version of the package that this file belongs to. */
function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

process.exitCode = await runCli(process.argv.slice(2), {
  version: packageVersion(),
  ...(process.stderr.isTTY
    ? { progress: (text: string) => process.stderr.write(`\r\u001b[K${text}`) }
    : {}),
  hasColours: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  read: (file) => readFileSync(file === '-' ? 0 : file, 'utf8'),
  write: (file, text) => writeFileSync(file, text),
  tools: { cores: availableParallelism(), makeFolder: makeToolFolder },
  onInterrupt: (stop) => {
    process.once('SIGINT', stop);
    return () => process.off('SIGINT', stop);
  },
});
