// `npm run bench [-- FILTER]`: runs every *.bench.mjs and *.bench.ts beside this file, prints a table and writes JSON.
// A bench file exports `bench = { title, run }`, where run() gives rows `{ name, value, unit }`.
import { readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { runnerImport } from 'vite';
import { cacheFile } from '../test/cache.mjs';

/**
 * @typedef {{ name: string, value: number, unit: string }} Row
 * @typedef {{ title: string, run: () => Row[] | Promise<Row[]> }} Bench
 */

const filter = process.argv[2] ?? '';
const files = readdirSync(import.meta.dirname)
  .filter((name) => /\.bench\.(mjs|ts)$/.test(name) && name.includes(filter))
  .sort();
if (files.length === 0) throw new Error(`no bench matches "${filter}"`);

const results = [];
for (const file of files) {
  /** @type {{ module: { bench: Bench } }} */
  const { module } = await runnerImport(join(import.meta.dirname, file), {
    configFile: false,
    logLevel: 'warn',
  });
  const rows = await module.bench.run();
  if (rows.length === 0) throw new Error(`${file} measured nothing`);
  results.push({ file, title: module.bench.title, rows });
  console.log(`\n${module.bench.title}`);
  const width = Math.max(...rows.map((row) => row.name.length));
  for (const row of rows) {
    const value = row.value.toLocaleString('en-US', { maximumFractionDigits: 2 });
    console.log(`  ${row.name.padEnd(width)}  ${value.padStart(14)} ${row.unit}`);
  }
}

const output = cacheFile('bench.json');
const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
writeFileSync(output, `${JSON.stringify({ machine, results }, undefined, 2)}\n`);
console.log(`\nwritten to ${output}`);
