// Finds a Chromium for the browser tests, launches it once to be sure, and records what it found.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { cacheFile, isProgram } from './cache.mjs';

/**
 * @typedef {object} LaunchOptions
 * @property {string} [executablePath] absent for the browser that Playwright installs and finds itself
 * @property {Record<string, string>} [env] variables that this browser needs besides those of the process
 */

/**
 * @typedef {LaunchOptions & { version: string, source: string }} FoundBrowser
 * `source` says for people where it was found
 */

const recordFile = cacheFile('browser.json');
const playwrightCli = join(
  dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
  'cli.js',
);
const downloadMs = 20_000;
const installMs = 180_000;
/** The folder of the npm package that ships a Chromium for Linux x64. */
const packageFolder = join(import.meta.dirname, 'chromium');

// The shell without a window comes first: a full Chromium also paints its own window, which takes a fifth of the time of these tests.
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
function recordedBrowser() {
  if (!existsSync(recordFile)) return undefined;
  return /** @type {FoundBrowser} */ (JSON.parse(readFileSync(recordFile, 'utf8')));
}

/**
 * Options of `chromium.launch` for the browser recorded by the last successful search.
 * @returns {{ executablePath?: string, env?: NodeJS.ProcessEnv }}
 */
export function launchOptions() {
  const { executablePath, env } = recordedBrowser() ?? {};
  return {
    ...(executablePath ? { executablePath } : {}),
    ...(env ? { env: { ...process.env, ...env } } : {}),
  };
}

/**
 * Launches a browser once and paints a page. Returns its version, or why it does not work.
 * @param {LaunchOptions} options
 * @returns {Promise<{ version: string } | { failure: string }>}
 */
async function launchOnce({ executablePath, env }) {
  try {
    const browser = await chromium.launch({
      timeout: 30_000,
      ...(executablePath ? { executablePath } : {}),
      ...(env ? { env: { ...process.env, ...env } } : {}),
    });
    try {
      const page = await browser.newPage();
      await page.setContent('<p>Text needs a font.</p>');
      await page.screenshot();
      return { version: browser.version() };
    } finally {
      await browser.close();
    }
  } catch (error) {
    return { failure: String(error).split('\n')[0] ?? 'unknown failure' };
  }
}

/**
 * @param {string} source
 * @param {LaunchOptions} options
 * @returns {Promise<FoundBrowser | undefined>} undefined if the browser does not start
 */
async function tryLaunch(source, options) {
  const result = await launchOnce(options);
  return 'version' in result ? { ...options, version: result.version, source } : undefined;
}

/**
 * Runs a program without its output; kills it and its children when it takes too long.
 * @param {string} program
 * @param {string[]} args
 * @param {number} limitMs
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [cwd]
 * @returns {Promise<boolean>} whether it ended with 0
 */
function runQuietly(program, args, limitMs, env = {}, cwd = process.cwd()) {
  return new Promise((resolve) => {
    const ownGroup = process.platform !== 'win32';
    const child = spawn(program, args, {
      stdio: 'ignore',
      detached: ownGroup,
      cwd,
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

async function trySystem() {
  for (const executablePath of systemBrowsers()) {
    const found = await tryLaunch('system', { executablePath });
    if (found) return found;
  }
  return undefined;
}

async function tryDownload() {
  const args = [playwrightCli, 'install', '--only-shell', 'chromium'];
  const done = await runQuietly(process.execPath, args, downloadMs, {
    PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '5000',
  });
  return done ? tryLaunch('downloaded by Playwright', {}) : undefined;
}

/** The Chromium inside an npm package, installed and unpacked below `packageFolder`. */
async function tryPackage() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const unpacked = join(packageFolder, 'node_modules', '.unpacked');
  const options = {
    executablePath: join(unpacked, 'chromium'),
    env: {
      LD_LIBRARY_PATH: join(unpacked, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(unpacked, 'fonts.conf'),
    },
  };
  const npm = ['ci', '--prefix', packageFolder, '--no-audit', '--no-fund'];
  if (!(await runQuietly('npm', npm, installMs))) return undefined;
  mkdirSync(unpacked);
  // The configuration in the package names /tmp/fonts; without any font Chromium crashes.
  writeFileSync(
    options.env.FONTCONFIG_FILE,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${join(unpacked, 'fonts', 'fonts')}</dir><cachedir>${join(unpacked, 'fonts-cache')}</cachedir></fontconfig>\n`,
  );
  // The package unpacks into the temporary folder and takes any `chromium` there for its own. It unpacks its system libraries only in AWS Lambda.
  const unpack = await runQuietly(
    process.execPath,
    ['--input-type=module', '-e', unpackCode],
    installMs,
    { TMPDIR: unpacked, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
    packageFolder,
  );
  return unpack ? tryLaunch('npm package @sparticuz/chromium', options) : undefined;
}

const unpackCode =
  "const { default: chromium } = await import('@sparticuz/chromium'); await chromium.executablePath();";

/**
 * The browser to test with: E2E_CHROMIUM, else the one found last, else Playwright's own, one that it downloads, the system's, the npm package's.
 * Throws an error of one sentence if none starts.
 * @returns {Promise<FoundBrowser>}
 */
async function findBrowser() {
  const wanted = process.env['E2E_CHROMIUM'];
  if (wanted) {
    const result = await launchOnce({ executablePath: wanted });
    if ('version' in result)
      return { executablePath: wanted, version: result.version, source: 'E2E_CHROMIUM' };
    throw new Error(`E2E_CHROMIUM names ${wanted}, which does not start: ${result.failure}`);
  }
  const recorded = recordedBrowser();
  if (recorded) {
    const result = await launchOnce(recorded);
    if ('version' in result) return { ...recorded, version: result.version };
  }
  for (const attempt of [
    () => tryLaunch('installed by Playwright', {}),
    tryDownload,
    trySystem,
    tryPackage,
  ]) {
    const found = await attempt();
    if (found) return found;
  }
  throw new Error(
    'No browser for the tests starts on this machine: run `npx playwright install --with-deps --only-shell chromium`.',
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
