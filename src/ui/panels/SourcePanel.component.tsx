import { expect, it } from 'vitest';
import { dispatch } from '../../session/actions/dispatch';
import { seekTo } from '../../session/actions/stepping';
import { switchDesign } from '../../session/actions/switchDesign';
import { currentSnapshot } from '../../session/trace/replay';
import { renderWithSession } from '../testing/renderWithSession';
import { SourcePanel } from './SourcePanel';

it('keeps most of the width for the code of a derived step', async () => {
  const { getByRole, session } = await renderWithSession(<SourcePanel />, 'bind-race');
  switchDesign(session, 'parked-split');
  const panel = getByRole('region', { name: 'Source' });
  await expect.element(panel).toHaveTextContent('derived');
  const width = panel.element().clientWidth;
  for (const code of panel.element().querySelectorAll('pre'))
    expect(code.clientWidth).toBeGreaterThan(0.55 * width);
});

it('checks the design again when a step is disabled and enabled', async () => {
  const { getByRole, session } = await renderWithSession(<SourcePanel />, 'same-iommufd-twice');
  const panel = getByRole('region', { name: 'Source' });
  seekTo(session, Number.MAX_SAFE_INTEGER);
  await expect
    .poll(() => {
      dispatch(session, 'back');
      return panel.element().textContent;
    })
    .toContain('BIND.9');
  await getByRole('button', { name: 'Disable BIND.9', exact: true }).click();
  await expect.element(panel).toHaveTextContent(/Violated: .*Play the counterexample/);
  await getByRole('button', { name: 'Enable BIND.9', exact: true }).click();
  await expect.element(panel).not.toHaveTextContent('Violated');
});

it('marks the last step at the end of a run', async () => {
  const { getByRole, session } = await renderWithSession(<SourcePanel />, 'bind-race');
  seekTo(session, Number.MAX_SAFE_INTEGER);
  const { step } = currentSnapshot(session.getState());
  await expect.element(getByRole('region', { name: 'Source' })).toHaveTextContent('last step');
  const marked = document.querySelectorAll('[aria-current="step"]');
  expect(marked).toHaveLength(1);
  expect(marked[0]?.textContent).toContain(step?.id);
});
