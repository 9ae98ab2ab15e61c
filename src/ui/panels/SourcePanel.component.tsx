import { expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
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

it('follows the task that makes the call, not one that waits in the same call', async () => {
  const { getByRole, session } = await renderWithSession(
    <div style={{ display: 'grid', height: 300 }}>
      <SourcePanel />
    </div>,
    'bind-race',
  );
  seekTo(session, 33);
  const { program, step } = currentSnapshot(session.getState());
  expect(program.tasks[program.calls[step?.call ?? -1]?.task ?? -1]?.name).toBe('qemu');
  const next = getByRole('region', { name: 'Source' }).getByText('BIND.12:IBIND.4').first();
  await expect.element(next).toBeInViewport();
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

it('has one tab stop for the buttons of all steps, and arrow keys between them', async () => {
  const { getByRole, session } = await renderWithSession(<SourcePanel />, 'bind-race');
  seekTo(session, 15);
  await expect.element(getByRole('region', { name: 'Source' })).toHaveTextContent('BIND.2');
  const toolbar = getByRole('toolbar', { name: /^Disable or swap steps/ });
  const buttons = toolbar.getByRole('button').elements();
  expect(buttons.length).toBeGreaterThan(20);
  const tabStops = (): (string | null)[] =>
    toolbar
      .getByRole('button')
      .elements()
      .flatMap((button) =>
        button instanceof HTMLElement && button.tabIndex === 0 ? [button.ariaLabel] : [],
      );
  expect(tabStops()).toHaveLength(1);
  // It opens at the step that runs next.
  const [first] = tabStops();
  const current = [...document.querySelectorAll('[aria-current="step"] button')];
  expect(current.map(({ ariaLabel }) => ariaLabel)).toContain(first);
  const press = async (key: string): Promise<string | null | undefined> => {
    await userEvent.keyboard(`{${key}}`);
    return document.activeElement?.ariaLabel;
  };
  await userEvent.click(getByRole('region', { name: 'Source' }), { position: { x: 2, y: 2 } });
  await userEvent.keyboard('{Tab}');
  expect(document.activeElement?.ariaLabel).toBe(first);
  expect(await press('Home')).toBe(buttons[0]?.ariaLabel);
  expect(await press('ArrowUp')).toBe(buttons[0]?.ariaLabel);
  expect(await press('ArrowRight')).toBe(buttons[1]?.ariaLabel);
  expect(await press('ArrowDown')).toBe(buttons[3]?.ariaLabel);
  expect(await press('ArrowLeft')).toBe(buttons[2]?.ariaLabel);
  expect(await press('End')).toMatch(/^Disable /);
  expect(tabStops()).toEqual([document.activeElement?.ariaLabel]);
  await userEvent.keyboard('{Tab}');
  expect(toolbar.element().contains(document.activeElement)).toBe(false);
  const { cursor } = session.getState().run;
  expect(cursor).toBe(15);
});
