// Runs the command from the checkout, building it first when it is missing or older than its sources.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildCli, cliFile } from './cli.mjs';
import { root } from '../test/cache.mjs';

/** Milliseconds of the newest change below a file or folder. @param {string} path @returns {number} */
function newestChange(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce(
    (newest, name) => Math.max(newest, newestChange(join(path, name))),
    stat.mtimeMs,
  );
}

const sources = ['src', 'package.json', 'package-lock.json', 'tools/build/cli.mjs'].map((name) =>
  join(root, name),
);
const stale =
  !existsSync(cliFile) || Math.max(...sources.map(newestChange)) > statSync(cliFile).mtimeMs;
if (stale) await buildCli();

process.argv[1] = cliFile;
await import(pathToFileURL(cliFile).href);
