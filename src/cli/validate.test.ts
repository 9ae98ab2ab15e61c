import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { parseScenario } from '../scenario/format/parseScenario';
import { libraryEntry } from '../scenario/library/library';
import { runScenario } from '../scenario/run/runScenario';
import { kernelFtrace } from '../scenario/testing/kernelFtrace';
import { runInMemory } from './testing/runInMemory';

const outcome = runScenario(libraryEntry('group-first')?.scenario ?? expect.fail('group-first'));
if (!outcome.ok) throw new Error(outcome.errors[0]?.message);
const good = kernelFtrace(outcome.trace, 'report');
const bad = kernelFtrace(outcome.trace, 'trace').replace('-> 0xfffffffffffffff0', '-> 0x0');

describe('validate', () => {
  it('explains a trace with a schedule that runs, exit status 0', async () => {
    const { status, out } = await runInMemory('validate - --design upstream --json', good);
    const result = JSON.parse(out) as Record<string, unknown>;
    expect(status).toBe(0);
    expect(result).toMatchObject({
      format: 'vfio-playground/validate@1',
      verdict: 'explained',
      accepted: result['events'],
    });
    const again = parseScenario(result['scenario']);
    expect(again.ok && runScenario(again.scenario, { endsWithSchedule: true }).ok).toBe(true);
  });

  it('names the line, the event and the reason of a rejected trace, exit status 1', async () => {
    const { status, out } = await runInMemory('validate - --design upstream', bad);
    expect(status).toBe(1);
    expect(out).toMatch(/^rejected: \d+ of \d+ events of 6 calls, upstream, \d+ states visited\n/);
    expect(out).toMatch(/\nline \d+: dpdk-\d+: sys_ioctl -> 0x0\n/);
    expect(out).toContain('but -EBUSY is expected at BIND.4 (group 12: the group is open)');
    const json = JSON.parse((await runInMemory('validate - --json', bad)).out) as object;
    expect(json).toMatchObject({ why: [{ by: 'dpdk', call: 'bind_iommufd' }] });
  });

  it('reads the ftrace export of a run, and rejects it in another design', async () => {
    const { out } = await runInMemory('export bind-race --to ftrace');
    expect((await runInMemory('validate -', out)).status).toBe(0);
    expect((await runInMemory('validate - --design parked-shim', out)).status).toBe(1);
  });

  it('writes the schedule as a scenario, and as a link', async () => {
    const { files, out } = await runInMemory(
      'validate - --export scenario -o t.json --base https://e.org/p',
      good,
    );
    expect(parseScenario(files.get('t.json')).ok).toBe(true);
    expect(out).toContain('Link: https://e.org/p/#v1.');
  });

  it.each([
    ['validate missing', '', 'missing: expected a readable trace, got no such file\n'],
    ['validate - --design nope', good, '--design: expected rfc-opened, '],
    [
      'validate - --option linux=9',
      good,
      'standard input: options: expected an option of upstream',
    ],
    ['validate - -o x', good, '-o: expected --export with it, got it alone\n'],
    ['validate -', `${good}torn line`, 'standard input: line '],
    ['validate - --world nowhere', good, 'nowhere: expected a readable file'],
  ])('refuses bad input: %s', async (command, input, message) => {
    const { status, err } = await runInMemory(command, input);
    expect([status, err.slice(0, message.length)]).toEqual([2, message]);
  });

  it('judges the part before lost events, and calls the answer incomplete, exit status 3', async () => {
    const lines = good.split('\n');
    const text = lines.toSpliced(lines.length - 6, 0, 'CPU:3 [12 EVENTS DROPPED]').join('\n');
    const { status, out } = await runInMemory('validate -', text);
    expect(status).toBe(3);
    expect(out).toMatch(/^incomplete: (\d+) of \1 events of \d calls/);
    expect(out).toMatch(/\nlost: Line \d+: CPU 3 lost 12 events after line \d+\.\n/);
    expect(out).toContain('the answer is about the first part only');
    const torn = await runInMemory('validate -', bad.replace(/\n$/, '\nCPU:3 [LOST EVENTS]\n'));
    expect(torn.status).toBe(1);
  });

  it('stops at its limit, exit status 3', async () => {
    expect((await runInMemory('validate - --max-states 5', good)).status).toBe(3);
  });
});

describe('record', () => {
  it('prints a shell script with a probe on each function, and the devices', async () => {
    const { status, out } = await runInMemory('record hot-unplug');
    expect(status).toBe(0);
    expect(out).toContain(
      "echo 'r:vfio_playground/vfio_unregister_group_dev__ret vfio_unregister_group_dev ret=$retval:s32' >> kprobe_events\n",
    );
    expect(out).toContain("-e 'lock:contention_begin'");
    expect(out).toContain('vfio-playground world {"devices":[');
    expect(spawnSync('sh', ['-n'], { input: out }).status).toBe(0);
  });
});
