import { describe, expect, it } from 'vitest';
import { errorText, parseScenario } from './parse';
import { runScenario } from './schedule';

/** Two processes open and close in turn while the driver waits. */
function relay(delBeforeWait: boolean): readonly string[] {
  const parsed = parseScenario({
    format: 'vfio-playground/scenario@1', title: 'relay', design: 'parked-shim', options: { delBeforeWait },
    world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['a', 'b'] },
    calls: [
      { by: 'a', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      { by: 'b', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
      { by: 'a', call: 'close', fd: 'fd1' },
      { by: 'b', call: 'close', fd: 'fd2' },
    ],
  });
  if (!parsed.ok) throw new Error(errorText(parsed.errors));
  const outcome = runScenario(parsed.scenario);
  if (!outcome.ok) throw new Error(errorText(outcome.errors));
  return outcome.trace.steps.flatMap(s => s.violations.map(v => `${v.property}: ${v.text}`));
}

describe('what a run shows of its past', () => {
  it('is an open that begins after the withdrawal and still keeps unregister waiting', () => {
    expect(relay(false)).toEqual(["unregister-live: b's open_cdev began after driver had withdrawn the registration, and raises vfio0.refcount: unregister can be put off for ever"]);
    expect(relay(true)).toEqual([]);
  });
});
