import { expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { renderWithSession } from '../testing/renderWithSession';
import { PaletteDialog } from './PaletteDialog';

it('narrows its list while one types, and runs the first match on Enter', async () => {
  const { getByRole, session } = await renderWithSession(<PaletteDialog />, 'bind-race');
  const field = getByRole('combobox', { name: 'Find a command, call or object' });
  await field.fill('open vfio0');
  await expect.element(getByRole('option').first()).toHaveTextContent('Open vfio0');
  await userEvent.keyboard('{Enter}');
  await expect.poll(() => session.getState().run.cursor).toBeGreaterThan(0);
});

it('says that nothing matches', async () => {
  const { getByRole } = await renderWithSession(<PaletteDialog />, 'bind-race');
  await getByRole('combobox', { name: 'Find a command, call or object' }).fill('zzzz');
  await expect.poll(() => getByRole('option').elements().length).toBe(0);
});
