import { expect, it } from 'vitest';
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
