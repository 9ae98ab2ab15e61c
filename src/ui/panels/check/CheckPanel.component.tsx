import { expect, it } from 'vitest';
import { renderWithSession } from '../../testing/renderWithSession';
import { CheckPanel } from './CheckPanel';

it('finds a violation and plays its counterexample', async () => {
  const { getByRole, session } = await renderWithSession(<CheckPanel />, 'open-before-bind');
  await getByRole('button', { name: 'Check all interleavings' }).click();
  const panel = getByRole('region', { name: 'Check' });
  await expect.element(panel).toHaveTextContent('no-ops-before-bind');
  const play = panel.getByRole('button', { name: /counterexample/i }).first();
  await expect
    .element(play)
    .toHaveTextContent(/^Play the counterexample \(\d+ steps, (no|\d+) task switch(es)?\)$/);
  await play.click();
  expect(session.getState().run.branches.length).toBeGreaterThan(1);
});

it('reports that every property holds', async () => {
  const { getByRole } = await renderWithSession(<CheckPanel />, 'bind-race');
  await getByRole('button', { name: 'Check all interleavings' }).click();
  await expect
    .element(getByRole('region', { name: 'Check' }))
    .toHaveTextContent(/Holds in all [\d,]+ states/);
});

it('lists outcomes in the words of the design', async () => {
  const { getByRole } = await renderWithSession(<CheckPanel />, 'bind-race');
  await getByRole('button', { name: 'Check all interleavings' }).click();
  const outcomes = getByRole('list', { name: 'Outcomes' });
  await expect.element(outcomes).toHaveTextContent('fd1 of qemu (access granted)');
  await expect.element(outcomes).not.toHaveTextContent('fops');
});
