import { expect, it } from 'vitest';
import { openScenarioText } from '../../session/actions/openScenarioFile';
import { renderWithSession } from '../testing/renderWithSession';
import { DialogHost } from './DialogHost';

/** A program opens group 12 and asks for its status; `code` is what that returns. */
const traceThatReturns = (code: string, ...more: readonly string[]): string =>
  [
    '# tracer: nop',
    'qemu-70 [000] ..... 1.000001: sys_openat(dfd: ffffff9c, filename: 7f "/dev/vfio/12", flags: 2, mode: 0)',
    'qemu-70 [000] ..... 1.000002: sched_waking: comm=qemu pid=70',
    'qemu-70 [000] ..... 1.000003: sys_openat -> 0xb',
    'qemu-70 [000] ..... 1.000004: sys_ioctl(fd: b, cmd: 3b67, arg: 7ffc0003efaf)',
    `qemu-70 [000] ..... 1.000005: sys_ioctl -> ${code}`,
    ...more,
    '',
  ].join('\n');

it('says what a trace shows and how it fits, until it is closed, and plays the run', async () => {
  const { getByRole, session } = await renderWithSession(<DialogHost />, 'bind-race');
  openScenarioText(session, 'trace.txt', traceThatReturns('0x0'));
  const dialog = getByRole('dialog', { name: 'upstream explains trace.txt' });
  await expect.element(dialog).toHaveTextContent('5 events; 4 of them belong to 2 calls of 1 task');
  await expect.element(dialog.getByRole('row').nth(2)).toHaveTextContent(/5.*qemu.*group_status/);
  await dialog.getByRole('button', { name: 'Play the run' }).click();
  await expect.element(dialog).not.toBeInTheDocument();
  expect(session.getState().settings.playing).toBe(true);
  await expect.poll(() => session.getState().run.cursor).toBeGreaterThan(0);

  openScenarioText(
    session,
    'part.txt',
    traceThatReturns('0x0', 'CPU:0 [LOST 7 EVENTS]', 'qemu-70 [000] ..... 1.000006: x: y'),
  );
  await expect
    .element(getByRole('dialog', { name: 'upstream explains the complete part of part.txt' }))
    .toHaveTextContent('Line 7: CPU 0 lost 7 events after line 6.');
});

it('names the line that does not fit, or that cannot be read', async () => {
  const { getByRole, session } = await renderWithSession(<DialogHost />, 'bind-race');
  openScenarioText(session, 'trace.txt', traceThatReturns('0xfffffffffffffff0'));
  const rejected = getByRole('dialog', { name: 'trace.txt does not fit upstream at line 6' });
  await expect.element(rejected).toHaveTextContent(/returned -EBUSY, but 0 is expected/);
  await expect.element(rejected.getByRole('row').nth(2)).toHaveTextContent(/-EBUSY, does not fit$/);
  openScenarioText(session, 'torn.txt', traceThatReturns('0x0', 'torn'));
  await expect
    .element(getByRole('dialog', { name: 'torn.txt cannot be read' }))
    .toHaveTextContent('Line 7: expected an event, TASK-PID [CPU] TIME: EVENT, got "torn"');
});
