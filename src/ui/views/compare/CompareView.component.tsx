import { expect, it } from 'vitest';
import { dispatch } from '../../../session/actions/dispatch';
import { comparisonPart } from '../../../session/actions/lazyParts';
import { renderWithSession } from '../../testing/renderWithSession';
import { CompareView } from './CompareView';

it('speaks of open files in the words of each design', async () => {
  const { container } = await renderWithSession(<CompareView />, 'bind-race');
  const cells = (design: string): string =>
    [...container.querySelectorAll(`[data-design="${design}"]`)]
      .map((cell) => cell.textContent)
      .join('\n');
  expect(cells('upstream')).toContain('fd1 access granted');
  expect(cells('upstream')).toContain('fd2 access not granted');
  expect(cells('upstream')).not.toContain('fops');
  expect(cells('parked-shim')).toContain('fd1 fops normal');
  expect(cells('parked-shim')).toContain('fd2 fops parked');
  expect(cells('rfc-opened')).not.toContain('access');
});

it('names fds as such and gives the cause of a failure', async () => {
  const { container } = await renderWithSession(<CompareView />, 'bind-race');
  const rowOf = (text: string): HTMLTableRowElement | undefined =>
    [...container.querySelectorAll('tr')].find((row) => row.textContent.includes(text));
  const open = rowOf('fd1 = open_cdev');
  expect([...(open?.cells ?? [])].slice(1).map((cell) => cell.textContent)).toEqual(
    Array(4).fill('fd 3'),
  );
  // dpdk gets fd 3 where its open failed and fd 4 elsewhere: numbers of fds are no difference.
  expect(rowOf('iommufd2 = open_iommufd')?.dataset['differs']).toBeUndefined();
  const bind = rowOf('bind_iommufd(fd2');
  expect(bind?.dataset['differs']).toBe('');
  expect(bind?.textContent).toContain('-EINVALBIND.9: the device is already open');
});

it('says above each stage how its run ends, with the title of the design first', async () => {
  const { container } = await renderWithSession(<CompareView />, 'first-race');
  const heads = [
    ...container.querySelectorAll('section[aria-label^="Stage of"] > div:first-child'),
  ];
  expect(heads.map((head) => head.textContent.replaceAll(/\s+/g, ' '))).toEqual([
    'The RFC as posted rfc-openeddpdk open_cdev: -EBUSY No driver op before bind',
    'Parked fops, type1 as a shim parked-shimdpdk open_cdev: succeeds, dpdk bind_iommufd: -EBUSY no violation',
    'Parked fops, type1 kept separate parked-splitdpdk open_cdev: succeeds, dpdk bind_iommufd: -EBUSY no violation',
    'Linux v6.12 upstreamdpdk open_cdev: succeeds, dpdk bind_iommufd: -EINVAL no violation',
  ]);
});

it('keeps two columns, and takes the others out of the stages and the table', async () => {
  const { container, session } = await renderWithSession(<CompareView />, 'bind-race');
  await comparisonPart.load();
  const stages = (): number => container.querySelectorAll('section[aria-label^="Stage of"]').length;
  expect(stages()).toBe(4);
  for (const name of ['parked-split', 'parked-shim', 'upstream'])
    dispatch(session, 'compare-column', { name });
  await expect.poll(stages).toBe(2);
  expect(container.querySelectorAll('thead th')).toHaveLength(3);
});

it('names its play button by the text on it', async () => {
  const { getByRole } = await renderWithSession(<CompareView />, 'bind-race');
  await expect.element(getByRole('button', { name: /^Play until results differ/ })).toBeVisible();
});

it('says the whole sentence of a violation in the pane whose step violates, and its title once', async () => {
  const { container, session } = await renderWithSession(<CompareView />, 'open-before-bind');
  const { stepComparison } = await comparisonPart.load();
  const pane = (): Element | null => container.querySelector('section[aria-label^="Stage of"]');
  const line = (): HTMLElement | null | undefined =>
    pane()?.querySelector('[data-violated] > span');
  for (let step = 0; step < 12 && !line(); step++) {
    stepComparison(session, 1);
    await new Promise(requestAnimationFrame);
  }
  await expect.poll(() => line()?.textContent).toContain("runs the driver's open op through fd1");
  expect(pane()?.textContent.split('No driver op before bind')).toHaveLength(2);
  expect(line()?.scrollWidth).toBeLessThanOrEqual(line()?.clientWidth ?? 0);
});
