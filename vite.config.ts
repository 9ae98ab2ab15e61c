import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { moduleScript, pageTags } from './tools/build/pageTags.mjs';
import { launchOptions } from './tools/test/browser.mjs';

/** Long test files first, so that no core waits for the last one. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification): boolean => moduleId.includes('.slow.test.');
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

export default defineConfig({
  base: './',
  plugins: [
    react(),
    // In a build these pages get classic scripts: tools/build/site.mjs.
    {
      ...pageTags({
        'embed.html': [moduleScript('/src/embed.tsx')],
        'vfio-playground.html': [moduleScript('/src/singleFile.tsx')],
      }),
      apply: 'serve',
    },
  ],
  define: { 'import.meta.env.SITE_URL': JSON.stringify('./') },
  build: {
    target: 'es2022',
    // Browsers without modulepreload fetch a module when it is imported.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Build times depend on the load of the machine.
      checks: { bundlerTimings: false },
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            // One chunk: split at the parts that load later, the stage compresses worse.
            {
              name: 'stage',
              test: /src[\\/](graph|ui[\\/]stage)[\\/](?!FindList|EditMenus|LegendList|nodes[\\/]FoldedGroupNode|animation[\\/](animationModule|play|planEffects))/,
            },
            { name: 'graph', test: /node_modules[\\/](@xyflow|d3-[a-z]+)[\\/]/ },
          ],
        },
      },
    },
  },
  preview: { port: 4173, strictPort: false },
  test: {
    // The machines are shared and noisy: a test is stopped only if it hangs.
    testTimeout: 240_000,
    maxWorkers: '100%',
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.ts'],
          exclude: ['**/*.isolated.test.ts', '**/*.slow.test.ts'],
          // The rooms are pure: test files can share the modules that their worker has loaded.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'unit-slow',
          environment: 'node',
          include: ['src/**/*.slow.test.ts'],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'unit-isolated',
          environment: 'node',
          include: ['src/**/*.isolated.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'components',
          include: ['src/**/*.component.tsx'],
          browser: {
            enabled: true,
            headless: true,
            provider: playwright({ launchOptions: launchOptions() }),
            instances: [{ browser: 'chromium' }],
            screenshotFailures: false,
          },
        },
      },
    ],
  },
});
