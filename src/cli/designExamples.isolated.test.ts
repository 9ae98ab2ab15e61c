import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from './runCli';

const docs = join(import.meta.dirname, '../../docs');
const example = readFileSync(join(docs, 'examples/counter.design'), 'utf8');
const scenario = readFileSync(join(docs, 'examples/counter.scenario.json'), 'utf8');

async function run(command: string, design = example, file = scenario) {
  let out = '';
  let err = '';
  const status = await runCli(command.split(' '), {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    read: (name) => (name.endsWith('.design') ? design : file),
    write: () => {},
    version: '0.0.0',
  });
  return { status, out, err };
}

it('shows the example of the manual as it is in its file', () => {
  expect(readFileSync(join(docs, 'design-language.md'), 'utf8')).toContain(example);
});

it('checks a design without VFIO, with its own call', async () => {
  const { out, err } = await run('check a.json --json --design counter.design');
  expect(err).toBe('');
  expect(JSON.parse(out)).toMatchObject({ design: 'counter', verdict: 'holds', states: 20 });
});

it('finds the race without the lock', async () => {
  const unlocked = example
    .replace('LOCK:\tmutex_lock(&stats->lock);\n', '')
    .replace('UNLOCK:\tmutex_unlock(&stats->lock);', 'UNLOCK:');
  const { out, err, status } = await run('check a.json --design counter.design', unlocked);
  expect(err).toBe('');
  expect(status).toBe(1);
  expect(out).toContain('app/2 increments stats.inside above its bound 1');
});

it('runs, exports and prints it', async () => {
  expect((await run('run a.json --design counter.design')).out).toContain('app/2: add()');
  expect((await run('export a.json --to mermaid --design counter.design')).err).toBe('');
  expect((await run('matrix a.json --design counter.design')).err).toBe('');
  expect((await run('design counter.design')).out).toContain('call add() = stats_add;');
});

it('knows the calls of the design only while it is used', async () => {
  const unknown = scenario.replace('"call": "add"', '"call": "ad"');
  expect((await run('run a.json --design counter.design', example, unknown)).err).toContain('"ad"');
  const other = await run('run a.json --design upstream');
  expect(other.status).toBe(2);
  expect(other.err).toContain('expected "open_cdev"');
});

it('says which call a design lacks', async () => {
  const { err, status } = await run(
    'check a.json --design counter.design',
    example,
    scenario.replace('"call": "add"', '"call": "open_iommufd"'),
  );
  expect(err).toContain('calls[0].call: expected a call of counter, got "open_iommufd"');
  expect(status).toBe(2);
});
