import { userEvent } from 'vitest/browser';
import { expect, it } from 'vitest';
import { editedText } from '../../../session/queries/designDraft';
import { renderWithSession } from '../../testing/renderWithSession';
import { EditPanel } from './EditPanel';

/** Puts the cursor at the end of the first line that starts with this text. */
async function goTo(label: string): Promise<void> {
  document.querySelector<HTMLElement>('.cm-content')!.focus();
  await userEvent.keyboard('{Control>}{Home}f{/Control}');
  await userEvent.keyboard(`${label}{Enter}{Escape}{End}`);
}

it('checks each change, says where a text is wrong and mends it', async () => {
  const { getByRole, session } = await renderWithSession(<EditPanel />, 'bind-race');
  const panel = getByRole('region', { name: 'Edit' });
  await goTo('BIND.10: /');
  await userEvent.keyboard(
    '{ArrowDown}{ArrowDown}{Home}{Shift>}{End}{/Shift}mutex_lok(&dev_set->lock);',
  );
  await expect.element(panel).toHaveTextContent(/Line \d+ expected a statement, got "mutex_lok"/);
  await expect.poll(() => document.querySelector('.cm-lintRange-error')).not.toBe(null);
  await userEvent.hover(document.querySelector('.cm-lintRange-error')!);
  await expect.element(getByRole('button', { name: 'Change to mutex_lock' })).toBeVisible();
  await userEvent.keyboard('{Home}{Shift>}{End}{/Shift}model_only {{ }');
  await expect.element(panel).toHaveTextContent(/Counters match their holders/);
  await expect.poll(() => session.getState().run.setup.mutations?.length).toBe(1);
  expect(editedText(session.getState())).toContain(
    'model_only { }\n\tif (device->open_count != 1)',
  );
  await expect.element(getByRole('button', { name: 'Changes +1 −1' })).toBeEnabled();
  await getByRole('button', { name: 'Discard' }).click();
  await expect.poll(() => session.getState().run.setup.mutations).toBe(undefined);
  await expect
    .poll(() => document.querySelector('.cm-content')?.textContent)
    .toContain('device->open_count++;');
  await expect.element(panel).toHaveTextContent(/Holds/);
  await expect.element(panel).not.toHaveTextContent(/Violated/);
});

it('completes fields and labels', async () => {
  const { getByRole } = await renderWithSession(<EditPanel />, 'bind-race');
  await goTo('BIND.10: /');
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{Home}device->open_c');
  await expect.element(getByRole('option', { name: /open_count/ })).toBeVisible();
  await userEvent.keyboard('{Escape}{Home}goto BIND.U1');
  await expect.element(getByRole('option', { name: /BIND\.U11/ })).toBeVisible();
});
