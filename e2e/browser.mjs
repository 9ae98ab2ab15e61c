// Finds a Chromium for the browser tests, launches it once to be sure, and records what it found.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { cacheFile, isProgram } from './cache.mjs';

/**
 * @typedef {object} FoundBrowser
 * @property {string} [executablePath] absent for the browser that Playwright installs and finds itself
 * @property {string} version
 * @property {string} source what found it, for people
 */

const recordFile = cacheFile('browser.json');
const playwrightCli = join(
  dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
  'cli.js',
);
const downloadMs = 20_000;
const aptMs = 300_000;

// The shell without a window comes first: a whole Chromium draws its own frame around every page, a fifth of the time of these tests.
const chromeNames = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
];
const chromePaths = [
  '/usr/lib/chromium/chromium-headless-shell',
  '/usr/lib/chromium/chromium',
  '/usr/bin/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser recorded by the last successful search. @returns {FoundBrowser | undefined} */
export function recordedBrowser() {
  if (!existsSync(recordFile)) return undefined;
  return /** @type {FoundBrowser} */ (JSON.parse(readFileSync(recordFile, 'utf8')));
}

/**
 * Version of a browser that starts, or why it does not.
 * @param {string | undefined} executablePath
 * @returns {Promise<{ version: string } | { failure: string }>}
 */
async function launchOnce(executablePath) {
  try {
    const browser = await chromium.launch({
      timeout: 30_000,
      ...(executablePath ? { executablePath } : {}),
    });
    const version = browser.version();
    await browser.close();
    return { version };
  } catch (error) {
    return { failure: String(error).split('\n')[0] ?? 'unknown failure' };
  }
}

/**
 * Runs a program without its output; kills it and its children when it takes too long.
 * @param {string} program
 * @param {string[]} args
 * @param {number} limitMs
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<boolean>} whether it ended with 0
 */
export function runQuietly(program, args, limitMs, env = {}) {
  return new Promise((resolve) => {
    const ownGroup = process.platform !== 'win32';
    const child = spawn(program, args, {
      stdio: 'ignore',
      detached: ownGroup,
      env: { ...process.env, ...env },
    });
    const timer = setTimeout(() => {
      if (child.pid === undefined) return;
      process.kill(ownGroup ? -child.pid : child.pid, 'SIGKILL');
    }, limitMs);
    child.on('error', () => {
      clearTimeout(timer);
      resolve(false);
    });
    child.on('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

/** Chrome and Chromium executables that exist on this machine. */
function systemBrowsers() {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const onPath = chromeNames.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...new Set([...chromePaths, ...onPath])].filter((path) => existsSync(path));
}

/** @returns {Promise<FoundBrowser | undefined>} */
async function trySystem() {
  for (const executablePath of systemBrowsers()) {
    const result = await launchOnce(executablePath);
    if ('version' in result) return { executablePath, version: result.version, source: 'system' };
  }
  return undefined;
}

/** @param {string} source @returns {Promise<FoundBrowser | undefined>} */
async function tryOwn(source) {
  const result = await launchOnce(undefined);
  return 'version' in result ? { version: result.version, source } : undefined;
}

async function tryDownload() {
  const args = [playwrightCli, 'install', '--only-shell', 'chromium'];
  const done = await runQuietly(process.execPath, args, downloadMs, {
    PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '5000',
  });
  return done ? tryOwn('downloaded by Playwright') : undefined;
}

async function tryApt() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runQuietly('apt-get', ['update'], aptMs, env);
  for (const name of ['chromium-headless-shell', 'chromium']) {
    if (await runQuietly('apt-get', ['install', '-y', name], aptMs, env)) return trySystem();
  }
  return undefined;
}

/**
 * The browser to test with, in the order: E2E_CHROMIUM, the last find, Playwright's own, a download, the system's, apt.
 * Throws one clear sentence when there is none.
 * @returns {Promise<FoundBrowser>}
 */
async function findBrowser() {
  const wanted = process.env['E2E_CHROMIUM'];
  if (wanted) {
    const result = await launchOnce(wanted);
    if ('version' in result)
      return { executablePath: wanted, version: result.version, source: 'E2E_CHROMIUM' };
    throw new Error(`E2E_CHROMIUM names ${wanted}, which does not start: ${result.failure}`);
  }
  const recorded = recordedBrowser();
  if (recorded) {
    const result = await launchOnce(recorded.executablePath);
    if ('version' in result) return { ...recorded, version: result.version };
  }
  for (const attempt of [() => tryOwn('installed by Playwright'), tryDownload, trySystem, tryApt]) {
    const found = await attempt();
    if (found) return found;
  }
  throw new Error(
    'No browser for the tests: install Chromium or Chrome, or name one in E2E_CHROMIUM (a download, the system and apt were tried).',
  );
}

async function recordBrowser() {
  try {
    const found = await findBrowser();
    writeFileSync(recordFile, `${JSON.stringify(found, undefined, 2)}\n`);
    const place = found.executablePath ? `, ${found.executablePath}` : '';
    console.log(`browser: Chromium ${found.version} (${found.source}${place})`);
  } catch (error) {
    rmSync(recordFile, { force: true });
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

if (isProgram(import.meta.filename)) await recordBrowser();
