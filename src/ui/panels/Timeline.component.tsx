import { expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { renderWithSession } from '../testing/renderWithSession';
import { Timeline } from './Timeline';

it('has a lane per task with its calls', async () => {
  const { getByRole } = await renderWithSession(<Timeline />, 'bind-race');
  for (const task of ['qemu', 'dpdk'])
    await expect
      .element(getByRole('group', { name: `Calls of ${task}` }))
      .toHaveTextContent('bind_iommufd');
});

it('seeks with the slider and with a mark', async () => {
  const { getByRole, session } = await renderWithSession(<Timeline />, 'bind-race');
  await getByRole('slider', { name: 'Step position' }).fill('12');
  expect(session.getState().run.cursor).toBe(12);
  await userEvent.keyboard('{ArrowRight}');
  expect(session.getState().run.cursor).toBe(13);
  const refused = getByRole('button', { name: /EINVAL/ }).first();
  await refused.click();
  expect(session.getState().run.cursor).toBeGreaterThan(13);
});

it('hides the future while a quiz question is open', async () => {
  const { getByRole, session } = await renderWithSession(<Timeline />, 'bind-race');
  const calls = getByRole('group', { name: 'Calls of dpdk' });
  await expect.element(calls).toHaveTextContent('bind_iommufd');
  session.setState({ dialog: 'quiz' });
  await expect
    .poll(() =>
      calls
        .elements()
        .map((lane) => lane.textContent)
        .join(''),
    )
    .not.toContain('bind_iommufd');
});
