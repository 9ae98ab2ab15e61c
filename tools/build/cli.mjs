// Builds src/cli.ts into one plain Node file, dist-cli/cli.js.
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { isProgram, root } from '../test/cache.mjs';

/** Absolute path of the built command. */
export const cliFile = join(root, 'dist-cli', 'cli.js');

/** Builds the command; the file appears in one move, so that runs at the same time see a whole one. */
export async function buildCli() {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: 'src/cli.ts',
      target: 'node20',
      write: false,
      rolldownOptions: {
        checks: { bundlerTimings: false },
        output: { format: 'es', codeSplitting: false },
      },
    },
  });
  if (!('output' in result)) throw new Error('vite built the command more than once');
  const chunks = result.output.filter((file) => file.type === 'chunk');
  const [chunk] = chunks;
  if (!chunk || chunks.length !== 1)
    throw new Error(`the command is ${chunks.length} files, not one`);
  mkdirSync(join(root, 'dist-cli'), { recursive: true });
  const fresh = `${cliFile}.${process.pid}`;
  const code = chunk.code.startsWith('#!') ? chunk.code : `#!/usr/bin/env node\n${chunk.code}`;
  writeFileSync(fresh, code);
  chmodSync(fresh, 0o755);
  renameSync(fresh, cliFile);
}

if (isProgram(import.meta.filename)) await buildCli();
