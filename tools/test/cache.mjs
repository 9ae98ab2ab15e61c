import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Absolute path of one file of the tools' cache, which `npm ci` empties. @param {string} name */
export function cacheFile(name) {
  const folder = join(root, 'node_modules', '.cache', 'vfio-playground');
  mkdirSync(folder, { recursive: true });
  return join(folder, name);
}

/** Whether a module is the program that runs, not imported by another. @param {string} filename its import.meta.filename */
export function isProgram(filename) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === realpathSync(filename);
}

/** Exit code of a stage of `npm test` that cannot run on this machine: neither a pass nor a failure. */
export const NOT_RUN = 77;
