// Finds SPIN and a C compiler, and runs one model to its end.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runQuietly } from './browser.mjs';

const run = promisify(execFile);
const aptMs = 300_000;

/**
 * What SPIN found in one model.
 * @typedef {object} SpinRun
 * @property {number} states states stored, the initial one included
 * @property {number} transitions as SPIN counts them: stored and matched
 * @property {string[]} broken properties by their ids
 */

/** @param {string} program @param {string[]} args */
async function starts(program, args) {
  try {
    await run(program, args);
    return true;
  } catch {
    return false;
  }
}

async function hasBoth() {
  return (await starts('spin', ['-V'])) && (await starts('gcc', ['--version']));
}

/** Makes sure that `spin` and `gcc` can be called, with Debian's packages where this may install them. @returns {Promise<string | undefined>} why not */
export async function missingSpin() {
  if (await hasBoth()) return undefined;
  if (process.getuid?.() !== 0)
    return 'spin or gcc is not installed, and only root can install them (Debian: apt-get install spin gcc)';
  if (!existsSync('/usr/bin/apt-get'))
    return 'spin or gcc is not installed, and there is no apt-get to install them with';
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runQuietly('apt-get', ['update'], aptMs, env);
  await runQuietly(
    'apt-get',
    ['install', '-y', '--no-install-recommends', 'spin', 'gcc', 'libc6-dev'],
    aptMs,
    env,
  );
  return (await hasBoth())
    ? undefined
    : 'spin or gcc is not installed, and apt-get could not install them';
}

/**
 * Generates, compiles and runs a model over all its states, with no reduction. Throws when it does not come to its end.
 * @param {string} text the model
 * @param {boolean} large whether the run is long enough to be worth the optimiser
 * @returns {Promise<SpinRun>}
 */
export async function runSpin(text, large) {
  const folder = await mkdtemp(join(tmpdir(), 'vfio-spin-'));
  try {
    const options = { cwd: folder, maxBuffer: 2 ** 26 };
    await writeFile(join(folder, 'model.pml'), text);
    await run('spin', ['-a', '-DALL', 'model.pml'], options);
    const flags = ['-w', '-DSAFETY', '-DNOREDUCE', '-DVECTORSZ=4096', '-DMEMLIM=6000'];
    await run('gcc', [large ? '-O2' : '-O0', ...flags, '-o', 'pan', 'pan.c'], options);
    const { stdout } = await run('./pan', ['-c0', '-m100000', large ? '-w24' : '-w18'], options);
    return readRun(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} output @returns {SpinRun} */
function readRun(output) {
  const number = (/** @type {RegExp} */ pattern) => {
    const [, digits] = pattern.exec(output) ?? [];
    if (digits === undefined) throw new Error(`SPIN did not say ${String(pattern)}:\n${output}`);
    return Number(digits);
  };
  if (/Search not completed|max search depth too small|out of memory/.test(output))
    throw new Error(`SPIN did not finish:\n${output}`);
  if (number(/errors: (\d+)/) !== 0)
    throw new Error(`SPIN found an error that the model does not name:\n${output}`);
  const broken = [...output.matchAll(/^broken: (\S+)/gm)].map(([, name]) => name ?? '');
  return {
    states: number(/(\d+) states, stored/),
    transitions: number(/(\d+) transitions/),
    broken,
  };
}
