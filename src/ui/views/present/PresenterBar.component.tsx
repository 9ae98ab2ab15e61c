import { expect, it } from 'vitest';
import { present } from '../../../session/actions/presentation';
import { seekTo } from '../../../session/actions/stepping';
import { branchCaptions } from '../../../session/queries/captions';
import { renderWithSession } from '../../testing/renderWithSession';
import { PresenterBar } from './PresenterBar';

it('counts the end of the run as the last stop', async () => {
  const { getByRole, session } = await renderWithSession(<PresenterBar />, 'split-race');
  present(session, true);
  const bar = getByRole('region', { name: 'Caption' });
  seekTo(
    session,
    branchCaptions(session.getState()).findLastIndex((each) => each !== undefined),
  );
  await expect.element(bar).toHaveTextContent('5 of 6');
  seekTo(session, 1e6);
  await expect.element(bar).toHaveTextContent('6 of 6');
});
