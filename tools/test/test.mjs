// `npm test`: every check, one stage after the other, up to the first that fails.
// `npm run test:fast` (`--fast`): types, lint and the unit tests without the long searches (`*.slow.test.ts`) and those that need modules loaded for them alone.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NOT_RUN, cacheFile, root } from './cache.mjs';

/** @typedef {{ passed: number, failed: number, notRun?: boolean }} Count */

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {string} script file under the checkout, run with this node
 * @property {string[]} args
 * @property {boolean} [step] prepares a later stage, so that only its failure counts
 * @property {boolean} [optional] may say that it cannot run here, by the exit code NOT_RUN
 * @property {string} [report] JSON report that the stage writes
 * @property {(report: any) => Count} [count] reads the report
 */

const unitReport = cacheFile('vitest.json');
const componentReport = cacheFile('vitest-components.json');
const browserReport = cacheFile('playwright.json');

const fast = process.argv.includes('--fast');

/** @param {any} report @returns {Count} */
function vitestCount(report) {
  return { passed: report.numPassedTests, failed: report.numFailedTests };
}

/** @type {Stage[]} */
const fastStages = [
  { name: 'types', script: 'node_modules/typescript/bin/tsc', args: ['-b'] },
  { name: 'lint', script: 'node_modules/oxlint/bin/oxlint', args: ['--deny-warnings'] },
  {
    name: 'format',
    script: 'node_modules/prettier/bin/prettier.cjs',
    args: ['--check', '--cache', '--log-level', 'warn', '.'],
  },
  {
    name: 'unit',
    script: 'node_modules/vitest/vitest.mjs',
    args: [
      'run',
      ...(fast ? ['--project', 'unit'] : ['--project', 'unit*']),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${unitReport}`,
    ],
    report: unitReport,
    count: vitestCount,
  },
];

/** @type {Stage[]} */
const otherStages = [
  { name: 'spin', script: 'tools/spin/verify.mjs', args: ['--quick'], optional: true },
  { name: 'build', script: 'tools/build/site.mjs', args: [], step: true },
  { name: 'cli', script: 'tools/build/cli.mjs', args: [], step: true },
  { name: 'browser', script: 'tools/test/browser.mjs', args: [], step: true },
  {
    name: 'components',
    script: 'node_modules/vitest/vitest.mjs',
    args: [
      'run',
      '--project',
      'components',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${componentReport}`,
    ],
    report: componentReport,
    count: vitestCount,
  },
  {
    name: 'e2e',
    script: 'node_modules/@playwright/test/cli.js',
    args: ['test'],
    report: browserReport,
    count: (report) => ({
      passed: report.stats.expected,
      failed: report.stats.unexpected + report.stats.flaky,
    }),
  },
];

const stages = fast ? fastStages : [...fastStages, ...otherStages];

/** @param {Stage} stage @returns {Promise<number>} the exit code */
function run(stage) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, stage.script), ...stage.args], {
      cwd: root,
      stdio: 'inherit',
    });
    child.on('error', (error) => {
      console.error(`${stage.name} did not start: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** What a finished stage adds to the sum; a failure is at least one. @param {Stage} stage @param {number} code @returns {Count} */
function countOf(stage, code) {
  if (stage.optional && code === NOT_RUN) return { passed: 0, failed: 0, notRun: true };
  if (!stage.count || !stage.report) {
    if (code !== 0) return { passed: 0, failed: 1 };
    return { passed: stage.step ? 0 : 1, failed: 0 };
  }
  if (!existsSync(stage.report)) {
    console.error(`${stage.name} wrote no report`);
    return { passed: 0, failed: 1 };
  }
  const count = stage.count(JSON.parse(readFileSync(stage.report, 'utf8')));
  if (count.passed + count.failed === 0) console.error(`${stage.name} ran no tests`);
  const failed =
    code !== 0 || count.passed + count.failed === 0 ? Math.max(1, count.failed) : count.failed;
  return { passed: count.passed, failed };
}

const total = { passed: 0, failed: 0 };
const lines = [];
for (const stage of stages) {
  if (total.failed > 0) {
    lines.push(`${stage.name}: not run`);
    continue;
  }
  console.log(`\n== ${stage.name}`);
  if (stage.report) rmSync(stage.report, { force: true });
  const started = performance.now();
  const count = countOf(stage, await run(stage));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  total.passed += count.passed;
  total.failed += count.failed;
  const tests = stage.count ? `, ${count.passed} passed, ${count.failed} failed` : '';
  lines.push(
    count.notRun
      ? `${stage.name}: not run, 0 passed, 0 failed (what it lacks is said above)`
      : `${stage.name}: ${count.failed > 0 ? 'FAILED' : 'ok'} (${seconds} s${tests})`,
  );
}

console.log(`\n${lines.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
