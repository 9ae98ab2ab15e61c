import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { accessBeforeBind } from '../../kernel/language/accessBeforeBind';
import { libraryEntry } from '../../scenario/library/library';
import { scenarioVariant } from '../../scenario/library/builtInScenario';
import { branchPath, currentSnapshot } from '../trace/replay';
import { openScenario } from '../trace/openScenario';
import { createSession, type SessionState } from '../store/session';
import { fopsUsers } from './fopsUsers';
import { fopsSwitchesOf } from './fopsSwitches';

/** Two processes race to bind one device, at the end of their story. */
function racedSession(design: string, options = {}): Pick<SessionState, 'run'> {
  const entry = libraryEntry('bind-race');
  const told = entry && scenarioVariant(entry, design, options);
  const opened = told?.ok ? openScenario(told.scenario, undefined) : undefined;
  if (!opened?.ok) throw new Error(`${design} does not open`);
  const { run } = createSession(opened.run.setup, opened.run).getState();
  return { run: { ...run, cursor: run.branches[0]?.tip.depth ?? 0 } };
}

const switchTexts = (design: string, options = {}): readonly string[] =>
  fopsSwitchesOf(currentSnapshot(racedSession(design, options)).program).switches.map(
    ({
      call,
      stepId: at,
      location: place,
      value,
      storeRelease: release,
      locks,
      createsFile: made,
      perFile: ofFile,
    }) =>
      `${call} ${at}: ${place}=${value}${release ? ' release' : ''}${made ? ' made' : ''} under ${locks.join(', ') || 'nothing'}${ofFile ? '' : ', all files'}`,
  );

describe('fopsSwitchesOf', () => {
  // The locks held when each design grants access.
  it.each([
    [
      'parked-shim',
      {},
      [
        'bind_iommufd BIND.8: file.f_op=1 under device.lock',
        'get_device_fd GDF.4i: file.f_op=1 under group.group_lock, device.lock',
      ],
      false,
    ],
    [
      'parked-split',
      { groupFdStartsParked: 'true' },
      [
        'bind_iommufd BIND.8: file.f_op=1 under device.lock',
        'get_device_fd GDF.9: file.f_op=1 under group.group_lock',
      ],
      false,
    ],
    [
      'parked-split',
      { groupFdStartsParked: 'false' },
      [
        'bind_iommufd BIND.8: file.f_op=1 under device.lock',
        'get_device_fd GDF.5b: file.f_op=1 made under group.group_lock',
      ],
      false,
    ],
    [
      'upstream',
      {},
      [
        'bind_iommufd BIND.16: df.access_granted=1 release under dev_set.lock',
        'get_device_fd GDF.10: df.access_granted=1 release under group.group_lock, dev_set.lock',
      ],
      false,
    ],
    [
      'rfc-opened',
      {},
      [
        'open_cdev OPEN.6b: pci.block_access=0 under pci.reflck.lock, all files',
        'bind_iommufd BIND.6a: pci.block_access=0 under pci.videv_lock, all files',
        'get_device_fd GDF.5b: pci.block_access=0 under pci.reflck.lock, all files',
      ],
      true,
    ],
  ] as const)('is read from the rows of %s', (design, options, expected, back) => {
    expect(switchTexts(design, options).toSorted()).toEqual([...expected].toSorted());
    expect(fopsSwitchesOf(currentSnapshot(racedSession(design, options)).program).reversible).toBe(
      back,
    );
  });
});

describe('access before bind', () => {
  it.each([
    ['rfc-opened', ['ioctl'], 'ENODEV GATE.2'],
    ['parked-shim', [], 'EINVAL GATE.1'],
    ['parked-split', [], 'EINVAL GATE.1'],
    ['upstream', [], 'EINVAL GATE.1'],
  ] as const)('in %s', (id, reaches, refusal) => {
    const model = DESIGNS.find((each) => each.id === id)?.model({});
    if (!model) throw new Error(`no ${id}`);
    const shut = accessBeforeBind(model);
    expect(shut.reachableOps).toEqual(reaches);
    expect(`${shut.refusal?.errno} ${shut.refusal?.step}`).toBe(refusal);
  });
});

describe('fopsUsers', () => {
  it('lists each file with its openers and the step that installed its fops', () => {
    const state = racedSession('upstream');
    const snapshot = currentSnapshot(state);
    const normal = fopsUsers(snapshot, branchPath(state), 'normal');
    const parked = fopsUsers(snapshot, branchPath(state), 'parked');
    expect(normal).toMatchObject([
      { file: 'fd1', openers: [{ process: 'qemu', fd: 'fd1' }], since: { by: 'qemu BIND.16' } },
    ]);
    expect(parked).toMatchObject([
      { file: 'fd2', openers: [{ process: 'dpdk', fd: 'fd2' }], since: { by: 'dpdk OPEN.4' } },
    ]);
    const at = normal[0]?.since?.depth ?? 0;
    const before = { run: { ...state.run, cursor: at - 1 } };
    expect(fopsUsers(currentSnapshot(before), branchPath(before), 'normal')).toEqual([]);
    expect(
      fopsUsers(currentSnapshot(before), branchPath(before), 'parked').map(({ file }) => file),
    ).toEqual(['fd1', 'fd2']);
  });

  it('is empty before any file is open', () => {
    const state = racedSession('parked-shim');
    const first = { run: { ...state.run, cursor: 0 } };
    expect(fopsUsers(currentSnapshot(first), branchPath(first), 'parked')).toEqual([]);
  });
});
