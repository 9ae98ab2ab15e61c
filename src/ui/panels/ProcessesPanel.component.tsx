import { expect, it } from 'vitest';
import { dispatch } from '../../session/actions/dispatch';
import { currentSnapshot } from '../../session/trace/replay';
import { renderWithSession } from '../testing/renderWithSession';
import { ProcessesPanel } from './ProcessesPanel';

it('runs a call and lists the file that it opened', async () => {
  const { getByRole, session } = await renderWithSession(<ProcessesPanel />, 'bind-race');
  await getByRole('region', { name: 'dpdk' }).getByRole('button', { name: 'Open vfio0' }).click();
  await expect
    .element(getByRole('list', { name: 'Open files of dpdk' }))
    .toHaveTextContent('vfio0');
  expect(session.getState().run.cursor).toBeGreaterThan(0);
});

it('starts a call without running it, and steps it', async () => {
  const { getByRole, session } = await renderWithSession(<ProcessesPanel />, 'bind-race');
  await getByRole('radio', { name: 'Start calls, then step them manually' }).click({ force: true });
  await getByRole('region', { name: 'qemu' }).getByRole('button', { name: 'Open vfio0' }).click();
  const before = session.getState().run.cursor;
  await getByRole('button', { name: 'Step qemu' }).click();
  expect(session.getState().run.cursor).toBe(before + 1);
  expect(currentSnapshot(session.getState()).step?.id).toBeDefined();
});

it('says why a call is unavailable', async () => {
  const { getByRole } = await renderWithSession(<ProcessesPanel />, 'bind-race');
  const qemu = getByRole('region', { name: 'qemu' });
  await qemu.getByText(/^Unavailable/).click();
  await expect.element(qemu).toHaveTextContent('Needs an open device and an open /dev/iommu.');
});

it('does not show a call that waits for another one to be made as blocked by a lock', async () => {
  const { getByRole } = await renderWithSession(<ProcessesPanel />, 'fd-passing');
  const rows = getByRole('group', { name: /^Task / }).elements();
  const waiting = rows.filter((row) => row.textContent.includes('a result of'));
  expect(waiting.length).toBeGreaterThan(0);
  expect(waiting.map((row) => row.getAttribute('data-state'))).toEqual(waiting.map(() => 'next'));
});

it('names and marks each thread of a process', async () => {
  const { getByRole } = await renderWithSession(<ProcessesPanel />, 'double-bind');
  const rows = getByRole('region', { name: 'qemu' }).getByRole('group', { name: /^Task / });
  await expect.element(rows.nth(0)).toHaveTextContent(/^qemu(?!\/2)/);
  await expect.element(rows.nth(1)).toHaveTextContent(/^qemu\/2/);
  const marks = rows.elements().map((row) => row.querySelector('svg')?.innerHTML);
  expect(new Set(marks).size).toBe(2);
});

it('brings the card of a selected process into view', async () => {
  const { getByRole, session } = await renderWithSession(
    <div style={{ height: 240, overflow: 'auto' }}>
      <ProcessesPanel />
    </div>,
    'bind-race',
  );
  const dpdk = getByRole('region', { name: 'dpdk' });
  await expect.element(dpdk.getByRole('heading')).not.toBeInViewport();
  dispatch(session, 'select', { name: 'dpdk' });
  await expect.element(dpdk.getByRole('heading')).toBeInViewport();
});

it('leaves the button under the pointer where it is, whatever its call makes available', async () => {
  const { getByRole } = await renderWithSession(
    <div style={{ width: '240px', height: '600px', overflow: 'auto' }}>
      <ProcessesPanel />
    </div>,
    'bind-race',
  );
  const qemu = getByRole('region', { name: 'qemu' });
  const clickInPlace = async (name: string, result: string): Promise<void> => {
    const button = qemu.getByRole('button', { name, exact: true });
    await expect.element(button).toBeInTheDocument();
    button.element().scrollIntoView({ block: 'center' });
    await button.hover();
    const { top } = button.element().getBoundingClientRect();
    await button.click();
    await expect.element(qemu).toHaveTextContent(result);
    const moved = button.element().getBoundingClientRect().top - top;
    expect(Math.abs(moved), name).toBeLessThan(1);
  };
  await clickInPlace('Open vfio0', 'fd1 vfio0');
  await clickInPlace('Open /dev/iommu', 'iommufd1 iommufd');
  await clickInPlace('Close iommufd1', 'Unavailable (17)');
  await getByRole('radio', { name: 'Start calls, then step them manually' }).click({ force: true });
  await clickInPlace('Start: Open /dev/iommu', 'open_iommufd');
});
