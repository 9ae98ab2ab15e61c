import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { defineConfig, devices } from '@playwright/test';
import { launchOptions } from './tools/test/browser.mjs';
import { cacheFile } from './tools/test/cache.mjs';

const usualPort = 4319;
const firefox = '/usr/bin/firefox-esr';

/** The wanted port of 127.0.0.1, or any free one while another run holds it. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' && wanted !== 0) resolve(freePort(0));
      else reject(error);
    });
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : wanted));
    });
  });
}

// The workers load this file too and inherit the port from the main process.
process.env['E2E_PORT'] ??= String(await freePort(usualPort));
const origin = `http://127.0.0.1:${process.env['E2E_PORT']}`;

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  snapshotPathTemplate: 'e2e/screenshots/{arg}{ext}',
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  retries: 0,
  // The machines are shared and noisy: a test is stopped only when it hangs.
  timeout: 180_000,
  expect: { timeout: 45_000 },
  reporter: [['list'], ['json', { outputFile: cacheFile('playwright.json') }]],
  use: {
    baseURL: `${origin}/`,
    video: 'off',
    serviceWorkers: 'block',
  },
  projects: [
    {
      name: 'chromium',
      // Letters as wide as on most screens, in every kind of Chromium.
      use: {
        ...devices['Desktop Chrome'],
        launchOptions: {
          args: ['--font-render-hinting=none'],
          ...launchOptions(),
        },
      },
    },
    ...(existsSync(firefox)
      ? [
          {
            name: 'firefox',
            testMatch: 'smoke.spec.ts',
            use: {
              ...devices['Desktop Firefox'],
              channel: 'moz-firefox',
              launchOptions: { executablePath: firefox },
            },
          },
        ]
      : []),
  ],
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --host 127.0.0.1 --port ${process.env['E2E_PORT']} --strictPort`,
    url: `${origin}/`,
    reuseExistingServer: false,
    timeout: 30_000,
  },
});
