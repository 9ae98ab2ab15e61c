import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { runInMemory } from './testing/runInMemory';
import { makeToolFolder } from './toolFolder';

const isInstalled =
  spawnSync('spin', ['-V']).status === 0 && spawnSync('gcc', ['--version']).status === 0;
if (!isInstalled) console.log('skipped: spin or gcc is not installed');

/** As small as possible: gcc takes most of the time. `verify:spin` compares the whole library. */
const SCENARIO = JSON.stringify({
  format: 'vfio-playground/scenario@1',
  title: 'A device is used before its bind',
  design: 'rfc-opened',
  world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu'] },
  calls: [{ by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' }],
});

it.skipIf(!isInstalled)(
  'finds with spin and gcc what our own search finds',
  async () => {
    const tools = { cores: 1, makeFolder: makeToolFolder };
    const command = 'check - --property no-ops-before-bind --json';
    const { status, out } = await runInMemory(`${command} --engine spin`, SCENARIO, { tools });
    const own = await runInMemory(command, SCENARIO);
    const shown = (text: string): unknown =>
      (
        JSON.parse(text) as {
          properties: { id: string; status: string; witness?: { text: string } }[];
        }
      ).properties.map(({ id, status: each, witness }) => [id, each, witness?.text]);
    expect(status).toBe(1);
    expect(own.status).toBe(1);
    expect(shown(out)).toEqual(shown(own.out));
  },
  60_000,
);
