import { expect, it } from 'vitest';
import { notify } from '../../session/store/notifications';
import { dispatch } from '../../session/actions/dispatch';
import { renderWithSession } from '../testing/renderWithSession';
import { Notifications } from './Notifications';

const openDevice = {
  title: 'Open vfio0',
  call: { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd9' },
} as const;

it('shows a repeated message once, and removes it with the next change', async () => {
  const { getByRole, session } = await renderWithSession(<Notifications />, 'bind-race');
  notify(session, 'error', 'Close fd9 is not possible now.', ['first']);
  notify(session, 'error', 'Close fd9 is not possible now.', ['second']);
  await expect.element(getByRole('alert')).toHaveTextContent('second');
  dispatch(session, 'run-call', openDevice);
  await expect.element(getByRole('alert')).not.toBeInTheDocument();
});

it('keeps a message about the scenario until another one opens', async () => {
  const { getByRole, session } = await renderWithSession(<Notifications />, 'bind-race');
  notify(session, 'error', 'The link could be restored only in part.', [], { lasting: true });
  dispatch(session, 'run-call', openDevice);
  await expect.element(getByRole('alert')).toBeInTheDocument();
  dispatch(session, 'open-scenario', { id: 'cdev-path' });
  await expect.element(getByRole('alert')).not.toBeInTheDocument();
});

it('shows at most three messages', async () => {
  const { getByRole, session } = await renderWithSession(<Notifications />, 'bind-race');
  for (const name of ['a', 'b', 'c', 'd', 'e']) notify(session, 'error', name);
  await expect.poll(() => getByRole('alert').elements().length).toBe(3);
});
