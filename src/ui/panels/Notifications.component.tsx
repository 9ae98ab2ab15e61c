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

it('shows one message about the moment, and at most three in all', async () => {
  const { getByRole, session } = await renderWithSession(<Notifications />, 'bind-race');
  const titles = (): readonly (string | null | undefined)[] =>
    getByRole('alert')
      .elements()
      .map((each) => each.querySelector('strong')?.textContent);
  for (const name of ['a', 'b', 'c', 'd']) notify(session, 'error', name, [], { lasting: true });
  await expect.poll(titles).toEqual(['b', 'c', 'd']);
  notify(session, 'error', 'Close fd9 is not possible now.');
  notify(session, 'error', 'Open vfio0 is not possible now.');
  await expect.poll(titles).toEqual(['c', 'd', 'Open vfio0 is not possible now.']);
});
