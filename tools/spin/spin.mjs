// Finds SPIN and a C compiler, and runs one model to its end.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

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

/** Why no model can be run on this machine; undefined if `spin` and `gcc` start. @returns {Promise<string | undefined>} */
export async function missingSpin() {
  if ((await starts('spin', ['-V'])) && (await starts('gcc', ['--version']))) return undefined;
  return 'spin or gcc is not installed (Debian: apt-get install spin gcc libc6-dev)';
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
  const broken = [...output.matchAll(/^violated: (\S+)/gm)].map(([, name]) => name ?? '');
  return {
    states: number(/(\d+) states, stored/),
    transitions: number(/(\d+) transitions/),
    broken,
  };
}
